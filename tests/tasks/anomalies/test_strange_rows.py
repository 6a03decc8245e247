import numpy as np
import polars as pl
import pytest

from shelfspace.errors import FeedError, OptionError
from shelfspace.tasks.anomalies.strange_rows import strange_rows

KINDS = {"order": "id", "weight": "number", "price": "number", "colour": "category", "note": "text"}


def orders(n=300, seed=0):
    """A price that follows the weight, and a colour; the first order costs too much for what it weighs."""
    rng = np.random.default_rng(seed)
    weight = rng.normal(5, 1, n)
    price = 10 * weight + rng.normal(0, 0.5, n)
    price[0] = 75.0
    weight[0] = 3.5
    return pl.DataFrame(
        {
            "order": [f"o{i}" for i in range(n)],
            "weight": weight.round(3).astype(str),
            "price": price.round(2).astype(str),
            "colour": ["purple" if i == 1 else ["red", "blue"][i % 2] for i in range(n)],
            "note": ["thank you"] * n,
        }
    )


def test_strange_rows_come_first_with_what_is_odd_about_them():
    found = strange_rows(orders(), KINDS)
    rows = found.rows(0.01)
    assert rows.height == 300 and set(rows["row"][:2]) == {"o0", "o1"}
    assert rows["verdict"].to_list().count("strange") < 15
    told = dict(zip(rows["row"].to_list(), rows["why"].to_list(), strict=True))
    assert "price 75.0 (expected" in told["o0"] and "colour purple" in told["o1"]
    near = rows.filter(pl.col("row") == "o0")["nearest"][0].split(", ")
    assert len(near) == 5 and "o0" not in near
    assert rows["why"].to_list().count(None) == rows["verdict"].to_list().count("ordinary")


def test_another_share_needs_no_new_fit():
    found = strange_rows(orders(), KINDS, steps=0)
    few, many = (found.rows(share)["verdict"].to_list().count("strange") for share in (0.01, 0.2))
    assert few < many < 120
    with pytest.raises(OptionError, match="false alarms"):
        found.rows(1.0)


def test_known_ordinary_rows_calibrate():
    found = strange_rows(orders(200, 1), KINDS, orders(400, 2)[2:], steps=0)
    rows = found.rows(0.05)
    strange = rows.filter(pl.col("verdict") == "strange")["row"].to_list()
    assert strange[0] == "o0" and "o1" in strange and len(strange) < 30


def test_rows_without_an_id_have_numbers_and_duplicates_are_no_matter():
    table = pl.concat([orders(60).drop("order"), orders(60).drop("order")])
    rows = strange_rows(table, KINDS | {"order": "ignore"}, steps=0).rows(0.05)
    assert set(rows["row"].to_list()) == {str(place + 1) for place in range(120)}
    assert np.isfinite(rows["p_value"].to_numpy()).all()


def test_too_few_rows_are_refused():
    with pytest.raises(FeedError, match="20"):
        strange_rows(orders(10), KINDS)
    none = strange_rows(orders(40)[:0], KINDS, orders(40), steps=0)
    assert none.rows(0.01).height == 0
