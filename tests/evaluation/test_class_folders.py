from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shelfspace.errors import FeedError, OptionError
from shelfspace.evaluation.class_folders import label_column, near_duplicates, read_class_folder


def made_up(n: int = 120) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "row": [str(row) for row in range(n)],
            "headline": [f"piece {chr(97 + row % 26)}{row} of kind{row % 3}" for row in range(n)],
            "topic_id": [str(row % 3) for row in range(n)],
            "topic": [f"kind{row % 3}" for row in range(n)],
        }
    )


def test_columns_are_found_and_every_class_is_parted(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "things.csv.gz", "wb") as file:
        file.write(made_up().write_csv().encode())
    read = read_class_folder(tmp_path)
    assert (read.text_column, read.label_column) == ("headline", "topic")
    assert read.names == ["kind0", "kind1", "kind2"]
    parts = (read.train, read.valid, read.test)
    assert [len(part) for part in parts] == [84, 12, 24]
    assert all(np.bincount(read.labels[part]).min() == len(part) // 3 for part in parts)
    assert sorted(np.concatenate(parts).tolist()) == list(range(120))
    assert read.dropped == 0
    assert read.few(5, seed=1).tolist() != read.few(5, seed=2).tolist()
    assert np.bincount(read.labels[read.few(5, seed=1)]).tolist() == [5, 5, 5]
    assert np.isin(read.few(5, seed=1), read.train).all()
    assert read_class_folder(tmp_path, seed=1).test.tolist() != read.test.tolist()


def test_rare_classes_and_empty_cells_are_left_out(tmp_path: Path) -> None:
    table = made_up().with_columns(
        pl.when(pl.int_range(pl.len()) < 2).then(pl.lit("rare")).otherwise("topic").alias("topic"),
        pl.when(pl.int_range(pl.len()) == 7).then(pl.lit("")).otherwise("headline").alias("headline"),
    )
    table.write_csv(tmp_path / "things.csv")
    read = read_class_folder(tmp_path)
    assert "rare" not in read.names
    assert read.dropped == 3


def test_near_duplicates_stay_together(tmp_path: Path) -> None:
    table = made_up().with_columns(
        pl.concat_str(pl.lit("Piece of "), pl.int_range(pl.len()) % 30, pl.lit("x kind"), "topic_id").alias(
            "headline"
        )
    )
    table.write_csv(tmp_path / "things.csv")
    read = read_class_folder(tmp_path)
    texts = [{read.texts[row] for row in part} for part in (read.train, read.valid, read.test)]
    assert not texts[0] & texts[1] | texts[0] & texts[2] | texts[1] & texts[2]


def test_words_and_clusters_tie_in_chains() -> None:
    texts = ["Red Shoe, 42", "shoe red", "blue hat", "BLUE hat!", "12 34", "12"]
    numbers = near_duplicates(texts)
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]
    assert len({*numbers[4:].tolist(), numbers[0]}) == 3
    tied = near_duplicates(texts, ["a", "b", "b", None, "c", None])
    assert len(set(tied[:4].tolist())) == 1
    assert len(set(tied[3:].tolist())) == 3
    assert len(near_duplicates([])) == 0


def test_the_class_of_most_values_is_taken_before_coarse_ones() -> None:
    n = 100
    table = pl.DataFrame(
        {
            "title": [f"thing {row}" for row in range(n)],
            "mainCategory": [str(row % 2) for row in range(n)],
            "articleType": [f"t{row % 10}" for row in range(n)],
            "category_id": [str(row % 10) for row in range(n)],
            "category_of_one": [f"only{row}" for row in range(n)],
        }
    )
    assert label_column(table, "x", "title") == "articleType"
    assert label_column(table.with_columns(Label=pl.col("mainCategory")), "x", "title") == "Label"


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="holds 0 tables"):
        read_class_folder(tmp_path)
    made_up().write_csv(tmp_path / "things.csv")
    with pytest.raises(OptionError, match="'colour' was asked for"):
        read_class_folder(tmp_path, label="colour")
    assert read_class_folder(tmp_path / "things.csv", label="TOPIC").label_column == "topic"
    bare = made_up().select("row", "headline")
    bare.write_csv(tmp_path / "things.csv")
    with pytest.raises(FeedError, match="none of which is surely the class"):
        read_class_folder(tmp_path)
    one = made_up().with_columns(pl.lit("all").alias("topic")).drop("topic_id")
    one.write_csv(tmp_path / "things.csv")
    with pytest.raises(FeedError, match="1 classes"):
        read_class_folder(tmp_path, label="topic")
