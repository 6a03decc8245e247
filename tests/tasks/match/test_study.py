from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.data.pairs import Pairs
from shelfspace.encoders.listing import Listings
from shelfspace.space.space import Space
from shelfspace.tasks.match import study as room
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.labelled import LabelledPairs, folds_of
from shelfspace.tasks.match.study import desk_of_space, gtin_labels, labels_of_pairs, study_match
from shelfspace.training.study import TextStudy

NO_LABELS = LabelledPairs(PairRows(np.empty(0, np.int64), np.empty(0, np.int64)), np.empty(0, np.int64))


@pytest.fixture
def lessons(monkeypatch):
    """The lessons that training was given, while it learns nothing."""
    given = []

    def learn(self, lesson, recipe, **options):
        given.append(lesson)
        return self.closed

    monkeypatch.setattr(TextStudy, "learn", learn)
    return given


def keys(rows):
    return {tuple(sorted(row)) for row in np.asarray(rows).reshape(-1, 2).tolist()}


def rows_of(labelled, label):
    pairs = labelled.pairs.take(labelled.labels == label)
    return keys(np.column_stack([pairs.left, pairs.right]))


def test_numbers_stand_in_for_labels(numbered):
    found = study_match(numbered.catalog, numbered.left, numbered.right, preset="fast")
    assert found.origin == "gtin"
    told = gtin_labels(found.desk, 0)
    numbers = numbered.catalog.table["gtin"].to_list()
    candidates = found.desk.lexical_candidates
    both = [
        (one, other)
        for one, other in zip(candidates.left.tolist(), candidates.right.tolist(), strict=True)
        if numbers[one] and numbers[other]
    ]
    assert rows_of(told, 1) == {tuple(sorted(p)) for p in both if numbers[p[0]] == numbers[p[1]]}
    assert rows_of(told, 0) == {tuple(sorted(p)) for p in both if numbers[p[0]] != numbers[p[1]]}


def test_too_few_numbers_are_no_labels(study, monkeypatch, numbered):
    assert study.origin == "none"
    assert study.train is None
    desk = study_match(numbered.catalog, numbered.left, numbered.right, preset="fast").desk
    monkeypatch.setattr(room, "_MOST_LABELS", 120)
    some = gtin_labels(desk, 3)
    assert len(some.labels) == 120
    monkeypatch.setattr(room, "_FEWEST_LABELS", 10_000)
    assert gtin_labels(desk, 3) is None


TABLE = pl.DataFrame(
    {"shop": ["a", "a", "b", "b", "c"], "id": ["1", "2", "1", "2", "1"], "title": ["x y"] * 5}
)


def test_pairs_are_turned_and_those_elsewhere_left_out():
    catalog = Catalog.from_table(TABLE)
    pairs = pl.DataFrame(
        [
            ("a", "1", "b", "2", 1),
            ("b", "1", "a", "2", 0),
            ("a", "1", "a", "2", 1),
            ("a", "1", "c", "1", 1),
            ("a", "1", "b", "unknown", 1),
        ],
        schema=["left_shop", "left_id", "right_shop", "right_id", "label"],
        orient="row",
    )
    table = Pairs.from_table(pairs).table
    found = labels_of_pairs(catalog, table, np.array([0, 1]), np.array([2, 3]))
    assert (found.pairs.left.tolist(), found.pairs.right.tolist()) == ([0, 1], [3, 2])
    assert found.labels.tolist() == [1, 0]
    back = labels_of_pairs(catalog, table, np.array([2, 3]), np.array([0, 1]))
    assert (back.pairs.left.tolist(), back.pairs.right.tolist()) == ([3, 2], [0, 1])


def test_a_fifth_of_the_labels_is_kept_for_calibration(planted, labelled):
    found = study_match(planted.catalog, planted.left, planted.right, train=labelled, preset="fast")
    assert found.origin == "labels"
    assert len(found.valid.labels) == pytest.approx(len(labelled.labels) / 5, abs=2)
    assert not found.train.pairs.within(found.valid.pairs).any()
    assert len(found.train.labels) + len(found.valid.labels) == len(labelled.labels)
    assert [fold.held_out.tolist() for fold in found.folds] == [list(range(len(found.train.labels)))]


@pytest.mark.parametrize("kind", ["labels", "gtin"])
def test_validation_pairs_are_in_no_lesson_and_folds_miss_theirs(numbered, labelled, lessons, kind):
    """Nor if the catalogue itself says the same of them: the numbers of true pairs are equal here."""
    train = valid = None
    if kind == "labels":
        parts = folds_of(labelled.labels, 5, 0)
        train, valid = labelled.take(np.concatenate(parts[1:])), labelled.take(parts[0])
    sides = numbered.left, numbered.right
    found = study_match(numbered.catalog, *sides, train=train, valid=valid, preset="balanced")
    assert found.origin == kind
    whole, *folds = lessons
    valid = rows_of(found.valid, 0) | rows_of(found.valid, 1)
    assert rows_of(found.train, 1) <= keys(whole.positives)
    assert keys(whole.negatives) == rows_of(found.train, 0)
    assert len(folds) == len(found.folds) == 3
    for lesson, fold in zip([whole, *folds], [None, *found.folds], strict=True):
        unseen = valid
        if fold is not None:
            held = found.train.take(fold.held_out)
            unseen = valid | rows_of(held, 0) | rows_of(held, 1)
        assert not unseen & (keys(lesson.positives) | keys(lesson.negatives))


def test_beside_few_labels_trade_item_numbers_are_learned_from_too(numbered, labelled):
    places = np.concatenate([np.flatnonzero(labelled.labels == label)[:6] for label in (1, 0)])
    said = LabelledPairs(labelled.pairs.take(places), np.repeat(np.array([0, 1]), 6))  # all are wrong
    found = study_match(numbered.catalog, numbered.left, numbered.right, train=said, preset="fast")
    assert found.origin == "gtin"
    both = (found.train, found.valid)
    told = {key: label for part in both for key, label in zip(part.pairs.keys(), part.labels, strict=True)}
    assert len(told) == sum(len(part.labels) for part in both) > 112
    assert [told[key] for key in said.pairs.keys().tolist()] == said.labels.tolist()  # yet people know better


def test_a_handful_of_labels_is_set_aside(planted, labelled):
    few = labelled.take(np.concatenate([np.arange(4), np.arange(-40, 0)]))
    found = study_match(planted.catalog, planted.left, planted.right, train=few, preset="fast")
    assert (found.origin, found.train, found.valid) == ("none", None, None)


def test_without_labels_mutual_bests_teach_and_the_gate_keeps_some(planted, lessons):
    found = study_match(planted.catalog, planted.left, planted.right, preset="balanced")
    assert found.origin == "none"
    assert found.verdict.name == "closed"
    (lesson,) = lessons
    truth = keys(np.column_stack([planted.truth.left, planted.truth.right]))
    taught = keys(lesson.positives)
    assert len(taught) > 40
    assert len(taught & truth) / len(taught) > 0.7
    assert len(lesson.negatives) == 0


def test_the_desk_of_a_space_is_that_of_the_study(planted, study):
    vectors = study.desk.learned_signals["learned meaning"]
    space = Space(planted.catalog, study.encoder, vectors)
    desk = desk_of_space(space, planted.left, planted.right)
    assert np.array_equal(desk.candidates.keys(), study.desk.candidates.keys())
    pairs = study.desk.candidates.take(slice(None, None, 50))
    there, here = (some.columns(pairs, "table", pairs) for some in (study.desk, desk))
    assert set(there) == set(here)
    for name, column in here.items():
        np.testing.assert_allclose(column, there[name], atol=1e-5, err_msg=name)


class Letters:
    """An encoder of another kind: how often each vowel occurs."""

    dim, kind = 5, "letters"

    def encode(self, listings):
        counts = np.array([[1 + name.count(c) for c in "aeiou"] for name in listings.names], np.float32)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


def test_another_encoder_gives_its_vectors_and_words_come_from_the_texts(planted):
    vectors = Letters().encode(Listings.of_catalog(planted.catalog))
    desk = desk_of_space(Space(planted.catalog, Letters(), vectors), planted.left, planted.right)
    assert set(desk.learned_signals) == {"learned meaning"}
    assert planted.truth.within(desk.candidates).mean() >= 0.95
