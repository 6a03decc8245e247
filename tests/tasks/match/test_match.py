from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.errors import CatalogError, OptionError
from shelfspace.tasks.fit import fit
from shelfspace.tasks.match import match
from shelfspace.tasks.match import matcher as room
from shelfspace.tasks.match.match import threshold_of, two_shops_of
from shelfspace.tasks.match.matcher import fit_matcher, matcher_of_space


def pairs_of(found):
    return set(found.select("left_id", "right_id").rows())


def test_the_table_is_shaped_and_sorted_and_says_why(fast_space):
    found = match(fast_space)
    assert found.schema == {
        "left_id": pl.String,
        "right_id": pl.String,
        "probability": pl.Float64,
        "why": pl.String,
    }
    assert found["probability"].is_sorted(descending=True)
    assert found["probability"].is_between(0.5, 1).all()
    assert found["why"].str.contains("words? in both|no word").all()
    assert found["left_id"].is_unique().all()
    assert found["right_id"].is_unique().all()


@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [("fast_space", 0.5, 0.7), ("labelled_space", 0.7, 0.75), ("numbered_space", 0.8, 0.8)],
)
def test_matches_are_mostly_the_planted_ones(request, planted, name, precision, recall):
    found = planted.figures(match(request.getfixturevalue(name)))
    assert found[0] >= precision
    assert found[1] >= recall


def test_many_holds_all_of_one_to_one(fast_space):
    for threshold in ("auto", 0.1):
        single = match(fast_space, threshold=threshold)
        many = match(fast_space, threshold=threshold, one_to_one=False)
        assert pairs_of(single) < pairs_of(many)
        assert many["left_id"].is_duplicated().any()


def test_a_threshold_is_inclusive(fast_space):
    matcher = matcher_of_space(fast_space, "left", "right")
    pairs = matcher.desk.shortlist
    chances = np.sort(matcher.probabilities(pairs))
    cut = float(chances[-20])
    found = match(fast_space, threshold=cut, one_to_one=False)
    assert found.height == (chances >= cut).sum() >= 20
    assert match(fast_space, threshold=np.nextafter(cut, 2), one_to_one=False).height < found.height
    assert match(fast_space, threshold=str(cut), one_to_one=False).equals(found)
    assert match(fast_space, threshold=0, one_to_one=False).height == len(pairs)


def test_auto_is_the_matchers_own(labelled_space):
    matcher = matcher_of_space(labelled_space, "left", "right")
    assert threshold_of("auto", matcher) == matcher.threshold
    assert match(labelled_space).equals(match(labelled_space, threshold=matcher.threshold))


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan"), "high", "inf", ""])
def test_what_is_no_probability_is_refused(fast_space, threshold):
    with pytest.raises(OptionError, match="threshold is"):
        match(fast_space, threshold=threshold)


def test_nothing_above_the_threshold_is_an_empty_table(fast_space):
    found = match(fast_space, threshold=1.0)
    assert found.height == 0
    assert found.schema == match(fast_space).schema


@pytest.fixture
def quickly(monkeypatch):
    """Whatever is learned anew is learned without training."""
    monkeypatch.setattr(room, "fit_matcher", lambda *rows, **told: fit_matcher(*rows, preset="fast", **told))


def test_sides_turned_are_the_same_matches(fast_space, quickly):
    there = pairs_of(match(fast_space, "left", "right"))
    back = {(one, other) for other, one in pairs_of(match(fast_space, "right", "left"))}
    assert len(there & back) > 0.85 * max(len(there), len(back))


THREE = pl.DataFrame(
    {
        "shop": ["a", "b", "c"] * 2,
        "id": ["1", "1", "1", "2", "2", "2"],
        "title": ["bose qc45 headphones"] * 3 + ["makita ddf484 drill"] * 3,
    }
)


@pytest.fixture(scope="module")
def three_shops():
    return fit(Catalog.from_table(THREE), preset="fast")


def test_two_of_three_shops_are_to_be_named(three_shops, quickly):
    with pytest.raises(CatalogError, match="holds 3 shops: a, b, c"):
        match(three_shops)
    with pytest.raises(CatalogError, match="Name them"):
        match(three_shops, "a")
    assert pairs_of(match(three_shops, "c", "a")) == {("1", "1"), ("2", "2")}


def test_the_shops_that_are_meant(fast_space):
    assert two_shops_of(fast_space, None, None) == ("left", "right")
    assert two_shops_of(fast_space, "right", None) == ("right", "left")
    assert two_shops_of(fast_space, None, "left") == ("right", "left")
    assert two_shops_of(fast_space, "right", "left") == ("right", "left")


def test_shops_that_cannot_be_are_refused(fast_space):
    with pytest.raises(CatalogError, match="no shop 'north'"):
        match(fast_space, "left", "north")
    with pytest.raises(OptionError, match="both 'left'"):
        match(fast_space, "left", "left")


def test_listings_with_nothing_in_common_match_nothing_or_weakly():
    table = pl.DataFrame({"shop": ["a", "b"], "id": ["1", "2"], "title": ["kettle", "болт"]})
    found = match(fit(Catalog.from_table(table), preset="fast"), threshold=0)
    assert found.rows() == [("1", "2", 0.5, "no word in both")]


def test_one_shop_alone_has_nothing_to_be_matched_with():
    space = fit(Catalog.from_table(THREE.filter(pl.col("shop") == "a")), preset="fast")
    with pytest.raises(CatalogError, match="holds 1 shops"):
        match(space)
