import numpy as np
import polars as pl
import pytest

from shelfspace.encoders.rows import CategoryColumn, NumberColumn, RowSpace
from shelfspace.errors import FeedError

KINDS = {"id": "id", "price": "number", "weight": "number", "colour": "category", "same": "number"}


def table(n=200, seed=0):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "id": [str(i) for i in range(n)],
            "price": [f" {value:.2f}" for value in rng.lognormal(3, 1, n)],
            "weight": [None if i % 10 == 0 else str(value) for i, value in enumerate(rng.normal(0, 1, n))],
            "colour": rng.choice(["red", "blue", "green"], n).tolist(),
            "same": ["1"] * n,
        }
    )


def test_numbers_and_categories_weigh_alike():
    space = RowSpace.of(table(), KINDS)
    rows = space.rows(table())
    assert space.names() == ["price", "weight", "weight", "colour", "colour", "colour", "colour"]
    assert rows[:, 0].mean() == pytest.approx(0, abs=1e-5) and rows[:, 0].std() == pytest.approx(1, abs=1e-3)
    colours = rows[:, 3:]
    assert ((colours - colours.mean(0)) ** 2).sum(1).mean() == pytest.approx(1, abs=1e-3)


def test_skewed_numbers_above_zero_are_taken_as_logarithms_and_given_back():
    price, weight = RowSpace.of(table(), KINDS).columns[:2]
    assert isinstance(price, NumberColumn) and price.log and not weight.log
    assert price.number(float(price.rows(pl.Series(["25"]))[0, 0])) == pytest.approx(25, rel=1e-4)
    assert price.rows(pl.Series(["-3", "0"])).min() == -10


def test_gaps_are_told_and_values_never_seen_are_alike():
    space = RowSpace.of(table(), KINDS)
    new = pl.DataFrame({"price": ["x", "2"], "weight": [None, "0"], "colour": ["pink", "mauve"]})
    rows = space.rows(new)
    assert rows[0, 0] == 0 and rows[:, 2].tolist() == [1, 0]
    np.testing.assert_array_equal(rows[0, 3:], rows[1, 3:])
    colour = space.columns[2]
    assert isinstance(colour, CategoryColumn)
    assert [colour.value(place) for place in range(4)] == ["blue", "green", "red", "another"]


def test_nothing_that_differs_and_missing_columns_are_refused():
    with pytest.raises(FeedError, match="same: number"):
        RowSpace.of(table(), {"same": "number", "id": "id"})
    with pytest.raises(FeedError, match="lacks"):
        RowSpace.of(table(), KINDS).rows(table().drop("price"))
    assert RowSpace.of(table(), KINDS).rows(table()[:0]).shape == (0, 7)
