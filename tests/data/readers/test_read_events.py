from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from shelfspace.data import Events, read_events
from shelfspace.errors import FeedError


def test_movielens_without_a_header(tmp_path: Path) -> None:
    (tmp_path / "u.data").write_text("196\t242\t3\t881250949\n186\t302\t4\t875747190\n")
    events = read_events(tmp_path / "u.data")
    assert events.table.select("user_id", "id", "event", "value").rows() == [
        ("186", "302", "rate", 4.0),
        ("196", "242", "rate", 3.0),
    ]
    assert events.table["timestamp"][1] == datetime(1997, 12, 4, 15, 55, 49, tzinfo=UTC)


def test_usual_names_and_times_of_every_kind(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "visitorid,itemid,action,time\n"
        "u,1,View,2024-05-01T10:00:00Z\n"
        "u,2,cart,2024-05-01 09:00:00\n"
        "u,3,buy,1714550400000\n"
        "u,4,buy,2024-04-30\n"
        "u,5,buy,2024-05-01T10:30:00+02:00\n"
    )
    events = read_events(tmp_path / "log.csv")
    assert events.table["id"].to_list() == ["4", "3", "5", "2", "1"]
    assert events.table["event"].to_list() == ["buy", "buy", "buy", "cart", "view"]
    assert events.mapping == {"visitorid": "user_id", "itemid": "id", "action": "event", "time": "timestamp"}


def test_bad_rows_and_values_are_listed(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "user,item,timestamp,rating\nu,1,yesterday,5\n,2,881250949,4\nu,3,881250949,good\n"
    )
    events = read_events(tmp_path / "log.csv")
    assert events.table["id"].to_list() == ["1", "3"]
    assert sorted(events.rejects.select("row", "attribute", "reason").rows()) == [
        (1, "timestamp", "not a time"),
        (2, "user_id", "an event needs a user and a product"),
        (3, "value", "not a number"),
    ]


def test_a_table_in_memory_and_one_without_users() -> None:
    table = pl.DataFrame(
        {"user_id": [1, 2], "product_id": [7, 8], "ts": [datetime(2024, 1, 2), datetime(2024, 1, 1)]}
    )
    events = read_events(table)
    assert isinstance(events, Events) and len(events) == 2
    assert events.table["id"].to_list() == ["8", "7"]
    with pytest.raises(FeedError, match="user_id"):
        read_events(table.drop("user_id"))
