from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfspace.tasks.match import labelled as room
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.labelled import (
    Fold,
    LabelledPairs,
    fit_scorer,
    folds_of,
    out_of_fold_columns,
    product_folds,
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 1), max_size=60), st.integers(1, 6), st.integers(0, 99))
def test_folds_are_disjoint_stratified_and_whole(labels, n, seed):
    labels = np.array(labels, np.int64)
    folds = folds_of(labels, n, seed)
    assert len(folds) == n
    assert sorted(np.concatenate(folds).tolist()) == list(range(len(labels)))
    for label in (0, 1):
        counts = [int((labels[fold] == label).sum()) for fold in folds]
        assert max(counts) - min(counts) <= 1


def test_folds_are_dealt_by_seed():
    labels = np.arange(60) % 2
    first, again, other = (np.concatenate(folds_of(labels, 3, seed)).tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_matches_are_the_pairs_with_label_one():
    pairs = LabelledPairs(PairRows(np.array([1, 2, 3]), np.array([7, 8, 9])), np.array([1, 0, 1]))
    assert pairs.matches.left.tolist() == [1, 3]
    assert pairs.take(np.array([1])).labels.tolist() == [0]


@pytest.fixture
def told(monkeypatch, desk):
    """Encoders that are numbers: the learned cosine of every pair is the number of the one asked."""
    n = len(desk.listings)

    def signals(encoder, bags, vectors=None):
        rows = np.zeros((n, 2), np.float32)
        rows[:, 0] = np.sqrt(encoder)
        return {"learned wording": rows, "learned meaning": rows}

    monkeypatch.setattr(room, "learned_signals", signals)


@pytest.mark.parametrize("context", ["pair", "table", "known"])
def test_each_training_pair_is_seen_by_the_fold_that_held_it_out(told, desk, labelled, context):
    train = labelled.take(np.arange(0, len(labelled.labels), 9))
    folds = [Fold(part, i + 1) for i, part in enumerate(folds_of(train.labels, 3, 0))]
    columns = out_of_fold_columns(desk, train, folds, context)
    for fold in folds:
        seen = columns["learned meaning"][fold.held_out]
        np.testing.assert_allclose(seen, fold.encoder, rtol=1e-5)
    whole = desk.columns(train.pairs, context, train.matches)
    assert set(columns) == set(whole)
    for name in set(columns) - {name for name in columns if "learned" in name}:
        np.testing.assert_array_equal(columns[name], whole[name], err_msg=name)


def test_what_an_encoder_has_learned_by_heart_does_not_reach_the_trees(monkeypatch, desk, labelled):
    """An encoder that knows the labels of the pairs it was taught says them aloud in its cosines."""
    train = labelled.take(np.random.default_rng(0).permutation(len(labelled.labels)))
    parts = folds_of(train.labels, 3, 0)
    n = len(desk.listings)

    def signals(taught, bags, vectors=None):
        rows = np.zeros((n, n), np.float32)
        known = train.take(taught)
        for left, right, label in zip(known.pairs.left, known.pairs.right, known.labels, strict=True):
            rows[left, left], rows[right, left] = 1, label
        return {"learned wording": rows, "learned meaning": rows}

    monkeypatch.setattr(room, "learned_signals", signals)
    everything = np.arange(len(train.labels))
    honest = [Fold(part, np.setdiff1d(everything, part)) for part in parts]
    leaking = [Fold(everything, everything)]
    told, leaked = (
        out_of_fold_columns(desk, train, folds, "pair")["learned meaning"] for folds in (honest, leaking)
    )
    assert np.array_equal(leaked, train.labels)
    assert not told.any()


def test_a_pairs_own_confirmation_tells_the_trees_nothing(desk, labelled):
    """Every left product here is in one match at most, so what is known is nothing but the label itself."""
    columns = desk.columns(labelled.pairs, "known", labelled.matches)
    mine = labelled.labels == 1
    assert columns["left known matches"][mine].max() == 0
    assert columns["left known matches"][~mine].max() == 1


def test_a_scorer_is_calibrated_on_pairs_it_has_not_seen(desk, study, labelled):
    parts = folds_of(labelled.labels, 5, 0)
    valid = labelled.take(parts[0])
    train = labelled.take(np.concatenate(parts[1:]))
    folds = [Fold(np.arange(len(train.labels)), study.encoder)]
    scorer = fit_scorer(desk, train, valid, folds, hidden=("gtin", "brand"))
    assert not {"gtin", "brand"} & set(scorer.columns)
    assert (scorer.slope, scorer.offset) != (1, 0)
    found = scorer.probabilities(desk.columns(valid.pairs, "known", train.matches))
    assert found[valid.labels == 1].mean() > found[valid.labels == 0].mean() + 0.4
    again = fit_scorer(desk, train, replace(valid, labels=valid.labels), folds, hidden=("gtin", "brand"))
    assert again.to_json() == scorer.to_json()


def test_pairs_of_one_product_share_a_fold_where_products_have_many_listings(desk):
    rows = np.arange(60).reshape(-1, 4)
    inside = [(a, b) for row in rows.tolist() for a in row for b in row if a < b]
    across = [(int(a), int(b)) for a, b in zip(rows[:, 0], np.roll(rows[:, 1], 1), strict=True)]
    pairs = PairRows(*np.array(inside + across, np.int64).T)
    train = LabelledPairs(pairs, np.repeat([1, 0], [len(inside), len(across)]))
    folds = product_folds(desk, train, 3, seed=0)
    assert sorted(np.concatenate(folds).tolist()) == list(range(len(train.labels)))
    assert all(len(fold) for fold in folds)
    for fold in folds:
        others = np.setdiff1d(np.arange(len(inside)), fold)
        assert not set(pairs.left[fold] // 4) & set(pairs.left[others] // 4)
    alone = train.take(np.flatnonzero(pairs.left % 4 == 0)[::3])
    assert [fold.tolist() for fold in product_folds(desk, alone, 3, 0)] == [
        fold.tolist() for fold in folds_of(alone.labels, 3, 0)
    ]
