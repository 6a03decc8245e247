from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.data.synthetic import two_shops
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.anomalies import listing_anomalies
from shelfspace.tasks.anomalies.suspicion import SCHEMA
from shelfspace.tasks.clusters import teacher
from shelfspace.tasks.fit import fit

SLIPPED, NUMBERED, UNTITLED = 11, (20, 21, 22, 23), 30


@pytest.fixture(scope="module")
def space() -> Space:
    rng = np.random.default_rng(0)
    nouns = rng.choice(["lamp", "sofa", "desk"], 240)
    usual = {"lamp": 30.0, "sofa": 700.0, "desk": 200.0}
    rows = [
        {
            "id": f"p{i}",
            "title": f"{noun} type {i % 40}",
            "price": usual[noun] * rng.lognormal(0, 0.1),
            "gtin": None,
        }
        for i, noun in enumerate(nouns)
    ]
    rows[SLIPPED]["price"] *= 100
    for place in NUMBERED:
        rows[place]["gtin"] = "4006381333931"
    rows[UNTITLED]["title"] = None
    table = pl.DataFrame(rows).with_columns(pl.col("price").round(2), currency=pl.lit("EUR"))
    return fit(read_catalog(table, shop="s"), preset="fast")


def test_each_kind_of_error_is_told_with_a_mend(space):
    found = listing_anomalies(space, repeats=False)
    assert found.schema == SCHEMA
    told = {(kind, int(name[1:])) for kind, name in found.select("anomaly", "id").iter_rows()}
    assert ("price", SLIPPED) in told and ("missing title", UNTITLED) in told
    assert {("repeated number", place) for place in NUMBERED} <= told
    slipped = found.filter(pl.col("id") == f"p{SLIPPED}", pl.col("anomaly") == "price")
    right = space.catalog.table["price"][SLIPPED] / 100
    assert float(slipped["suggested"][0]) == pytest.approx(right, abs=0.01)
    assert "times above" in slipped["why"][0]
    assert found.filter(pl.col("anomaly") == "price").height <= 5


def test_a_listing_that_stands_twice_is_named_with_the_other(monkeypatch):
    monkeypatch.setattr(teacher, "WORLDS", ((200, 3, 1.6, True), (120, 12, 4.0, False)))
    monkeypatch.setattr(teacher, "_ROUNDS", 60)
    left = two_shops(80, seed=3).left
    twice = left.head(2).with_columns(pl.col("sku") + "-again")
    space = fit(read_catalog(pl.concat([left, twice]), shop="left"), preset="fast")
    found = listing_anomalies(space).filter(pl.col("anomaly") == "repeated listing")
    assert set(found.select("id", "other_id").rows()) >= {
        (f"{sku}-again", sku) for sku in left["sku"].head(2)
    }


def test_odd_shares_are_refused(space):
    for share in (0, 1):
        with pytest.raises(OptionError, match="false alarms"):
            listing_anomalies(space, false_alarms=share)
