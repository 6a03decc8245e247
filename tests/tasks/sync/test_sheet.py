from __future__ import annotations

import gzip
import io

import polars as pl
import pytest

from shelfspace.errors import FeedError
from shelfspace.tasks.sync.sheet import changed_table, read_sheet

TABLE = pl.DataFrame({"id": ["1", "2"], "qty": [5, None], "price": [2.5, 3.0]})


def test_each_format_is_read_and_rewritten(tmp_path):
    TABLE.write_csv(tmp_path / "a.csv")
    TABLE.write_csv(tmp_path / "a.tsv", separator="\t")
    TABLE.write_ndjson(tmp_path / "a.jsonl")
    TABLE.write_parquet(tmp_path / "a.parquet")
    readers = {"csv": pl.read_csv, "tsv": lambda file: pl.read_csv(file, separator="\t")}
    readers |= {"jsonl": pl.read_ndjson, "parquet": pl.read_parquet}
    for ending, read in readers.items():
        sheet = read_sheet(tmp_path / f"a.{ending}")
        assert (sheet.shop, sheet.records, sheet.table["id"].to_list()) == ("a", [1, 2], ["1", "2"])
        again = read(io.BytesIO(sheet.rewrite({2: {"qty": "7", "price": "1.25"}})))
        assert again["qty"].to_list() == [5, 7], ending
        assert again["price"].to_list() == [2.5, 1.25], ending
    assert read_sheet(tmp_path / "a.csv", "north").shop == "north"


def test_a_table_in_memory_is_a_sheet_too():
    sheet = read_sheet(TABLE.lazy(), "north")
    assert (sheet.path, sheet.shop, sheet.exact) == (None, "north", {"qty", "price"})
    assert pl.read_parquet(sheet.rewrite({})).equals(TABLE)


def test_a_value_that_its_column_cannot_hold_is_refused():
    assert changed_table(TABLE, {1: {"qty": ""}})["qty"].to_list() == [None, None]
    with pytest.raises(FeedError, match="column qty holds Int64, the new value"):
        changed_table(TABLE, {1: {"qty": "2.5"}})


_GZIPPED = gzip.compress(b"id,qty", mtime=0)  # the same bytes, and so the same name, in every process


@pytest.mark.parametrize(
    "raw", [b"", b"<rss/>", b'[{"id": 1}]', _GZIPPED, b"PK\x03\x04", b"PAR1 cut off", None]
)
def test_what_is_no_stock_file_is_refused_by_name(written, tmp_path, raw):
    path = tmp_path / "bad.csv" if raw is None else written("bad.csv", raw)
    with pytest.raises(FeedError, match=r"bad\.csv"):
        read_sheet(path)
    with pytest.raises(FeedError, match="of type int"):
        read_sheet(3)
