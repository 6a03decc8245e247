from __future__ import annotations

import polars as pl
import pytest

import shelfspace
from shelfspace.data.pairs import Pairs
from shelfspace.errors import PairsError
from shelfspace.tasks.match import match
from shelfspace.tasks.match import study as match_study
from shelfspace.tasks.review import relearned

KEY = ["left_id", "right_id"]


def said(label, *ids):
    left, right = zip(*ids, strict=True)
    n = len(ids)
    shops = {"left_shop": ["left"] * n, "right_shop": ["right"] * n}
    return Pairs.from_table(pl.DataFrame({**shops, "left_id": left, "right_id": right, "label": [label] * n}))


@pytest.fixture(autouse=True)
def no_training(monkeypatch):
    monkeypatch.setitem(match_study.STEPS, "balanced", 0)


def test_labels_are_kept_and_the_later_one_wins(fast_space, tmp_path):
    ids = match(fast_space).select(KEY).rows()[:3]
    once = fast_space.with_labels(said(1, *ids))
    twice = once.with_labels(said(0, ids[1]))
    assert twice.pairs.table.select("left_id", "label").rows() == [
        (ids[0][0], 1),
        (ids[2][0], 1),
        (ids[1][0], 0),
    ]
    assert set(twice.pairs.table["origin"]) == {"human"}
    assert len(fast_space.pairs) == 0
    twice.save(tmp_path / "space")
    assert shelfspace.load(tmp_path / "space").pairs.table.equals(twice.pairs.table)


def test_a_label_turned_round_is_about_the_same_pair(fast_space):
    left, right = match(fast_space).select(KEY).row(0)
    turned = pl.DataFrame(
        {"left_shop": ["right"], "left_id": [right], "right_shop": ["left"], "right_id": [left]}
    )
    both = fast_space.with_labels(said(0, (left, right))).with_labels(Pairs.from_table(turned))
    assert both.pairs.table["label"].to_list() == [1]


def test_what_was_learned_without_them_is_not_answered_from(fast_space):
    ids = match(fast_space).select(KEY).rows()[:1]
    told = fast_space.with_labels(said(1, *ids))
    matchers = [{n for n in space.artifacts if n.startswith("match-")} for space in (fast_space, told)]
    assert matchers[0]
    assert not matchers[1]
    assert told.vectors is fast_space.vectors
    other = Pairs.from_table(said(1, *ids).table.with_columns(right_shop=pl.lit("left"), right_id="left_id"))
    assert fast_space.with_labels(other).artifacts == fast_space.artifacts


def test_answers_are_final(planted, fast_space):
    best, second = match(fast_space).select(KEY).rows()[:2]
    never = (best[0], second[1])
    told = fast_space.with_labels(said(0, best)).with_labels(said(1, never))
    found = match(told)
    assert best not in found.select(KEY).rows()
    assert found.row(0, named=True)["probability"] == 1
    assert found.select(KEY).row(0) == never
    assert found["why"][0].startswith("labelled the same; ")
    assert found["why"].str.contains("labelled").sum() == 1
    without = match(told, labels="none")
    assert best in without.select(KEY).rows()
    assert not without["why"].str.contains("labelled").any()


def test_labels_as_a_table_are_read_and_open_ones_passed_over(fast_space):
    asked = fast_space.review(n=4)
    filled = asked.with_columns(pl.Series("label", [1, None, 0, None], dtype=pl.Int8))
    assert fast_space.with_labels(filled).pairs.table["label"].to_list() == [1, 0]
    assert len(fast_space.with_labels(asked).pairs) == 0


def test_products_that_are_not_there_are_refused(fast_space):
    with pytest.raises(PairsError, match=r"1 pairs .* 'left' 'nobody'"):
        fast_space.with_labels(said(1, ("nobody", "nothing")))


def test_it_learns_again_from_all_labels_as_it_was_made(planted, fast_space, labelled):
    told = fast_space.with_labels(planted.named(labelled.pairs, labelled.labels))
    again = relearned(told)
    assert again.figures["learned_from"] == "labels"
    assert again.figures["preset"] == "fast"
    assert again.seed == fast_space.seed
    assert again.artifacts
    assert again.pairs.table.equals(told.pairs.table)
