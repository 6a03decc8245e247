from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
import pytest

from shelfspace.space.hashes import hash_of_file, hash_of_folder, hash_of_table

TABLE = pl.DataFrame({"a": ["x", "yz", None, ""], "n": [1.0, None, float("nan"), -0.0]})


def test_hash_of_file_is_sha256(tmp_path: Path):
    (tmp_path / "f").write_bytes(b"abc")
    assert hash_of_file(tmp_path / "f") == hashlib.sha256(b"abc").hexdigest()


def test_hash_of_folder_sees_names_and_contents(tmp_path: Path):
    (tmp_path / "f").write_bytes(b"abc")
    before = hash_of_folder(tmp_path)
    (tmp_path / "f").rename(tmp_path / "g")
    assert hash_of_folder(tmp_path) != before


def test_hash_of_table_does_not_depend_on_the_memory():
    pieces = pl.concat([TABLE[:1], TABLE[1:]], rechunk=False)
    assert hash_of_table(pieces) == hash_of_table(TABLE)
    assert hash_of_table(TABLE.with_columns(n=pl.Series([1.0, None, -float("nan"), 0.0]))) == hash_of_table(
        TABLE
    )


@pytest.mark.parametrize(
    "other",
    [
        TABLE.rename({"a": "b"}),
        TABLE[:3],
        TABLE[[1, 0, 2, 3]],
        TABLE.select("n", "a"),
        TABLE.with_columns(a=pl.Series(["xy", "z", None, ""])),
        TABLE.with_columns(a=pl.col("a").fill_null("")),
        TABLE.with_columns(n=pl.col("n").fill_null(0.0)),
    ],
)
def test_hash_of_table_sees_every_change(other):
    assert hash_of_table(other) != hash_of_table(TABLE)


def test_an_empty_table_has_a_hash():
    assert len(hash_of_table(TABLE.clear())) == 64
