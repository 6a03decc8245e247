from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.readers.read_events import read_events
from shelfspace.data.synthetic import Shopping, shopping
from shelfspace.errors import OptionError


@pytest.fixture(scope="module")
def made() -> Shopping:
    return shopping(200, 300, seed=3)


def rows_of(made: Shopping, events: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The user and product row of each event."""
    return tuple(events[name].str.slice(1).cast(pl.Int64).to_numpy() for name in ("user_id", "id"))


def views_by_half(made: Shopping) -> list[pl.DataFrame]:
    views = made.events.table.filter(event="view")
    second = (pl.col("timestamp") - pl.col("timestamp").min()).dt.total_seconds() >= 45 * 86_400
    return [views.filter(~second), views.filter(second)]


def test_the_same_arguments_give_the_same_shop(made: Shopping) -> None:
    again = shopping(200, 300, seed=3)
    assert again.catalog.table.equals(made.catalog.table)
    assert again.events.table.equals(made.events.table)
    assert not shopping(200, 300, seed=4).events.table.equals(made.events.table)


def test_there_are_about_as_many_events_as_asked_for(made: Shopping) -> None:
    assert 30 < len(made.events) / 200 < 50
    assert made.events.table["user_id"].n_unique() == 200
    assert made.events.table["timestamp"].is_sorted()


def test_every_event_is_of_a_product_on_the_shelf(made: Shopping) -> None:
    assert (made.catalog.rows_of(made.events.table) >= 0).all()
    assert read_events(made.events.table).rejects.height == 0
    filled = made.catalog.table.select("title", "brand", "price", "product_type", "availability")
    assert not filled.null_count().sum_horizontal().item()
    assert 0.03 < (made.catalog.table["availability"] == "out of stock").mean() < 0.2


def test_users_pick_by_the_taste_of_their_segment_and_the_later_one_after_half_time(made: Shopping) -> None:
    for half, tastes in zip(views_by_half(made), (made.segments, made.later), strict=True):
        users, products = rows_of(made, half)
        likelihood = np.zeros((200, 4))
        np.add.at(likelihood, users, np.log(made.chances[:, products].T))
        active = np.bincount(users, minlength=200) >= 10
        assert np.mean(likelihood.argmax(axis=1)[active] == tastes[active]) > 0.8


def test_what_follows_a_product_is_picked_after_it(made: Shopping) -> None:
    views = made.events.table.filter(event="view").sort("user_id", "timestamp", maintain_order=True)
    users, products = rows_of(made, views)
    followed = (users[1:] == users[:-1]) & (products[1:] == made.successors[products[:-1]])
    assert 0.2 < followed.mean() < 0.4
    kinds = made.catalog.table["product_type"].to_numpy()
    assert np.array_equal(np.sort(made.successors), np.arange(300))
    assert len(set(kinds[made.successors] + kinds)) == len(set(kinds))


def test_carts_follow_views_and_buys_follow_carts(made: Shopping) -> None:
    counts = dict(made.events.table["event"].value_counts().iter_rows())
    assert 0.2 < counts["cart"] / counts["view"] < 0.3
    assert 0.4 < counts["buy"] / counts["cart"] < 0.6


def test_products_of_one_kind_are_near(made: Shopping) -> None:
    kinds = made.catalog.table["product_type"].to_numpy()
    same = kinds[:, None] == kinds
    cosines = made.vectors @ made.vectors.T
    assert np.allclose(np.diag(cosines), 1, atol=1e-5)
    assert cosines[same].mean() > 0.7 > 0.1 > abs(cosines[~same].mean())


def test_nobody_or_everybody_may_drift() -> None:
    assert not shopping(30, 40, drifting=0).drifts.any()
    assert shopping(30, 40, drifting=1).drifts.all()


def test_one_of_each_is_a_shop() -> None:
    made = shopping(1, 1, n_segments=1, events_each=1, drifting=1)
    assert len(made.catalog) == 1 <= len(made.events)
    assert made.chances.tolist() == [[1.0]]
    assert not made.drifts.any()


@pytest.mark.parametrize(
    "wrong", [{"n_users": 0}, {"n_segments": 0}, {"events_each": 0.0}, {"drifting": 1.5}]
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(OptionError, match="Numbers are 1 or more"):
        shopping(**wrong)  # type: ignore[arg-type]
