import polars as pl
import pytest

from shelfspace.data import QueryLog, read_queries
from shelfspace.errors import FeedError


def test_usual_names_are_known(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("search term,item_id,Rank,action\nred lamp,a1,3,Buy\nblue lamp,a2,,\n", encoding="utf-8")
    found = read_queries(path)
    assert found.table.rows() == [
        ("red lamp", None, "a1", "buy", 3),
        ("blue lamp", None, "a2", "click", None),
    ]
    assert found.rejects.height == 0


def test_what_cannot_be_read_is_told():
    rows = {"query": ["a", None, "b"], "id": ["1", "2", None], "position": ["top", "1", "2"]}
    found = read_queries(pl.DataFrame(rows))
    assert found.table.rows() == [("a", None, "1", "click", None)]
    assert found.rejects["attribute"].to_list() == ["position", "query", "id"]


def test_what_is_no_query_log_is_refused():
    with pytest.raises(FeedError, match="query"):
        read_queries(pl.DataFrame({"id": ["1"]}))
    with pytest.raises(FeedError, match="columns"):
        QueryLog(pl.DataFrame({"query": ["a"]}))
