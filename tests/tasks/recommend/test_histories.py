from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from shelfspace.data import Catalog, Events, read_catalog, read_events
from shelfspace.tasks.recommend.histories import Histories, product_rows


@pytest.fixture
def catalog() -> Catalog:
    rows = [("north", "a"), ("north", "b"), ("north", "c"), ("south", "a")]
    return read_catalog(
        pl.DataFrame(rows, schema=["shop", "id"], orient="row").with_columns(title=pl.col("id"))
    )


def log(*rows: tuple[str, str | None, str, str, int]) -> Events:
    names = ["user_id", "shop", "id", "event", "timestamp"]
    start = datetime(2025, 1, 1, tzinfo=UTC)
    table = pl.DataFrame([(*row[:4], start + timedelta(seconds=row[4])) for row in rows], names, orient="row")
    return read_events(table)


def test_users_are_numbered_by_their_first_event_and_taken_items_stand_in_time_order(catalog):
    events = log(
        ("eve", "north", "b", "view", 3), ("eve", "north", "a", "buy", 1), ("bob", None, "c", "view", 2)
    )
    found = Histories.of_events(events, catalog)
    assert found.users == {"eve": 0, "bob": 1}
    assert found.of_user("eve").items.tolist() == [0, 1]
    assert found.of_user("eve").weights.tolist() == [3.0, 1.0]
    assert found.of_user("bob").items.tolist() == [2]
    assert (found.row("bob"), found.row("nobody")) == (1, -1)
    assert len(found.of_user("nobody")) == 0


def test_users_of_training_keep_their_rows(catalog):
    events = log(("eve", "north", "b", "view", 1))
    assert Histories.of_events(events, catalog, users=["ann", "eve"]).users == {"ann": 0, "eve": 1}


def test_an_id_that_two_shops_have_wants_the_shop(catalog):
    events = log(("u", None, "a", "view", 1), ("u", "south", "a", "view", 2), ("u", None, "zzz", "view", 3))
    assert product_rows(events.table, catalog).tolist() == [-1, 3, -1]


def test_what_is_observed_joins_at_once_and_knows_new_users(catalog):
    found = Histories.of_events(log(("eve", "north", "b", "view", 5)), catalog)
    assert found.observe(log(("eve", "north", "a", "view", 9), ("new", None, "c", "buy", 9)), catalog) == 2
    assert found.of_user("eve").items.tolist() == [1, 0]
    assert found.of_user("new").items.tolist() == [2]
    assert found.row("new") == -1
    assert found.observe(log(("eve", None, "nothing", "view", 9)), catalog) == 0


def test_no_events_give_no_users(catalog):
    empty = Events(log(("u", None, "c", "view", 1)).table.clear())
    found = Histories.of_events(empty, catalog)
    assert (found.users, found.learned.n_users, found.learned.n_items) == ({}, 0, 4)


def test_a_log_is_followed_by_another_in_time_order():
    first, second = (
        log(("u", None, "c", "view", 5)),
        log(("u", None, "b", "view", 6), ("u", None, "a", "view", 7)),
    )
    assert first.followed_by(second).table["id"].to_list() == ["c", "b", "a"]
    assert second.followed_by(first).table["id"].to_list() == ["c", "b", "a"]
    assert len(Events(first.table.clear()).followed_by(first)) == 1
    assert len(first.followed_by(Events(first.table.clear()))) == 1
