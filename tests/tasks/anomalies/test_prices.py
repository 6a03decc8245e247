from __future__ import annotations

import numpy as np
import polars as pl

from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.space.space import Space
from shelfspace.tasks.anomalies.prices import price_suspicions
from shelfspace.tasks.fit import fit


def shelf(n: int = 200, currency: str | None = "EUR", **prices: float) -> Space:
    rng = np.random.default_rng(0)
    kinds = [("lamp", 30.0), ("sofa", 700.0)]
    rows = [
        {
            "id": str(i),
            "title": f"{kinds[i % 2][0]} {i % 20}",
            "price": round(kinds[i % 2][1] * rng.lognormal(0, 0.1), 2),
        }
        for i in range(n)
    ]
    for place, price in prices.items():
        rows[int(place[1:])]["price"] = price
    return fit(
        read_catalog(pl.DataFrame(rows).with_columns(currency=pl.lit(currency)), shop="s"), preset="fast"
    )


def test_a_slip_is_mended_and_an_odd_price_told():
    found = {one.row: one for one in price_suspicions(shelf(r4=3_000.0, r6=400.0), false_alarms=0.01)}
    assert {4, 6} <= set(found) and len(found) <= 4
    assert found[4].suggested == "30.00"
    assert "times above" in found[4].why and "EUR" in found[4].why


def test_few_or_no_prices_say_nothing():
    assert list(price_suspicions(shelf(10), false_alarms=0.01)) == []
    empty = shelf(40)
    bare = empty.catalog.table.with_columns(price=pl.lit(None, pl.Float64))
    nothing = Space(type(empty.catalog)(bare), empty.encoder, empty.vectors)
    assert list(price_suspicions(nothing, false_alarms=0.01)) == []
