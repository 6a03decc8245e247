from pathlib import Path

import polars as pl
import pytest

from shelfspace.data import Catalog, read_pairs
from shelfspace.errors import FeedError, PairsError


def catalog() -> Catalog:
    return Catalog.from_table(pl.DataFrame({"shop": ["a", "a", "b"], "id": ["1", "2", "1"]}))


def test_deepmatcher_s_layout_takes_the_catalogue_s_shops(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("ltable_id,rtable_id,label\n1,1,1\n2,1,0\n2,9,1\n")
    pairs = read_pairs(tmp_path / "train.csv", catalog())
    assert pairs.table.select("left_shop", "left_id", "right_shop", "right_id", "label").rows() == [
        ("a", "1", "b", "1", 1),
        ("a", "2", "b", "1", 0),
    ]
    assert pairs.rejects.select("row", "attribute", "value").rows() == [(3, "right_id", "9")]


def test_labels_in_words_and_none_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("left_id,right_id,match\n1,1,yes\n2,1,False\n2,1,maybe\n")
    pairs = read_pairs(tmp_path / "a.csv", left="a", right="b")
    assert pairs.table["label"].to_list() == [1, 0]
    assert pairs.rejects["reason"].to_list() == ["a label is 0 or 1"]
    (tmp_path / "b.jsonl").write_text('{"left_id": 1, "right_id": 1}\n{"left_id": 2, "right_id": null}\n')
    pairs = read_pairs(tmp_path / "b.jsonl", left="a", right="b")
    assert pairs.table.select("label", "origin", "weight").rows() == [(1, "human", 1.0)]
    assert pairs.rejects["reason"].to_list() == ["a pair needs two ids"]


def test_a_written_table_of_pairs_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("left_id,right_id,label\n1,1,1\n")
    pairs = read_pairs(tmp_path / "a.csv", catalog())
    pairs.table.write_parquet(tmp_path / "pairs.parquet")
    assert read_pairs(tmp_path / "pairs.parquet").table.equals(pairs.table)
    assert read_pairs(pairs.table).table.equals(pairs.table)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("left_id,label\n1,1\n")
    with pytest.raises(FeedError, match="right_id"):
        read_pairs(tmp_path / "a.csv", left="a", right="b")
    (tmp_path / "b.csv").write_text("left_id,right_id\n1,1\n")
    with pytest.raises(PairsError, match="names no shops"):
        read_pairs(tmp_path / "b.csv")
    with pytest.raises(FeedError, match="does not exist"):
        read_pairs(tmp_path / "c.csv")
