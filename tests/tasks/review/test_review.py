from __future__ import annotations

import polars as pl
import pytest

from shelfspace.data.pairs import Pairs
from shelfspace.errors import CatalogError, OptionError
from shelfspace.tasks.fit import fit
from shelfspace.tasks.match import match
from shelfspace.tasks.review import REVIEW_COLUMNS, review

KEY = ["left_id", "right_id"]


def test_the_pairs_are_doubtful_shown_in_full_and_open(planted, fast_space):
    found = review(fast_space, n=20)
    assert found.schema == pl.Schema(REVIEW_COLUMNS)
    assert found["asked"].to_list() == ["doubtful"] * 16 + ["random"] * 4
    assert found["label"].null_count() == 20
    assert not found.select(KEY).is_duplicated().any()
    for side in ("left", "right"):
        doubtful = found.filter(pl.col("asked") == "doubtful")
        assert doubtful[f"{side}_id"].is_unique().all()
        listed = planted.catalog.table.filter(pl.col("shop") == side).select(
            pl.col("id").alias(f"{side}_id"), "title"
        )
        shown = found.join(listed, on=f"{side}_id", how="left", maintain_order="left")
        assert shown["title"].equals(shown[f"{side}_title"])
    near = (found.filter(pl.col("asked") == "doubtful")["probability"] - 0.5).abs()
    everything = match(fast_space, threshold=0, one_to_one=False)
    assert near.mean() < (everything["probability"] - 0.5).abs().mean() / 2
    sure = found.filter(pl.col("asked") == "random")["probability"]
    assert (sure >= 0.5).sum() == 2


def test_it_is_the_same_each_time_and_either_way_round(fast_space):
    found = review(fast_space, n=6)
    assert review(fast_space, n=6).equals(found)
    turned = review(fast_space, "right", "left", n=6)
    swapped = turned.select(left_id="right_id", right_id="left_id", left_title="right_title")
    assert swapped.equals(found.select("left_id", "right_id", "left_title"))
    assert set(turned["left_shop"]) == {"right"}


def test_what_was_answered_is_not_asked_again(fast_space):
    first = fast_space.review(n=10)
    told = fast_space.with_labels(first.with_columns(pl.lit(0, pl.Int8).alias("label")))
    told.artifacts.update(fast_space.artifacts)  # the same scorer, so that the same pairs are doubtful
    assert first.join(told.review(n=10), on=KEY).is_empty()


def test_a_scorer_of_labels_is_asked_too(labelled_space):
    found = review(labelled_space, n=10)
    assert found.height == 10
    answered = labelled_space.pairs.table
    assert found.join(answered, on=KEY).is_empty()


def test_fewer_pairs_than_asked_for_are_all_there_is(planted, fast_space):
    two = fit(planted.catalog.take(planted.truth.take(slice(0, 2)).left), preset="fast")
    with pytest.raises(CatalogError, match="1 shops"):
        review(two)
    rows = [*planted.truth.left[:2], *planted.truth.right[:2]]
    tiny = fit(planted.catalog.take(pl.Series(rows).to_numpy()), preset="fast")
    found = review(tiny, n=50)
    assert 1 <= found.height <= 4
    pairs = found.select("left_shop", "left_id", "right_shop", "right_id")
    rest = review(tiny.with_labels(Pairs.from_table(pairs)), n=50)
    assert rest.join(found, on=KEY).is_empty()


def test_impossible_wishes_are_refused(fast_space):
    with pytest.raises(OptionError, match="At least one"):
        review(fast_space, n=0)
    with pytest.raises(OptionError, match="both 'left'"):
        review(fast_space, "left", "left")
    with pytest.raises(CatalogError, match="no shop 'north'"):
        review(fast_space, "north", "left")
