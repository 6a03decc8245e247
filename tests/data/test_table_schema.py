from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from shelfspace.data.readers.text_table import read_text_table
from shelfspace.data.table_schema import (
    TableSchema,
    as_catalog,
    details,
    guess_schema,
    own_name,
    read_kinds,
    read_schema,
)
from shelfspace.errors import FeedError, OptionError

FILMS = Path("../shared/data/recommend/ml-100k/u.item")


@pytest.fixture
def supplies() -> pl.DataFrame:
    """Hospital supplies: nothing that a product feed would call its columns."""
    n = 60
    return pl.DataFrame(
        {
            "Stock code": [f"HS-{row:04d}" for row in range(n)],
            "Ward": [("surgery", "dialysis", "intake")[row % 3] for row in range(n)],
            "What it is": [f"sterile item {row} of kind {row % 7}" for row in range(n)],
            "Remarks": [f"keep dry and away from light {row % 40}" for row in range(n)],
            "Sterile": ["yes" if row % 2 else "no" for row in range(n)],
            "Shelf life in days": [str(30 + 7 * row) if row != 5 else None for row in range(n)],
            "Picture": [f"pictures/{row}.jpg" for row in range(n)],
            "Page": [f"https://example.org/{row}" for row in range(n)],
            "Empty": [None] * n,
        },
        schema_overrides={"Empty": pl.String},
    )


def test_every_kind_is_guessed(supplies: pl.DataFrame) -> None:
    assert dict(guess_schema(supplies).kinds) == {
        "What it is": "text",
        "Remarks": "text",
        "Stock code": "id",
        "Ward": "category",
        "Sterile": "category",
        "Shelf life in days": "number",
        "Picture": "image",
        "Page": "ignore",
        "Empty": "ignore",
    }


def test_the_table_becomes_a_catalogue(supplies: pl.DataFrame) -> None:
    twice = pl.concat([supplies, supplies.head(2)])
    catalog = as_catalog(twice, guess_schema(supplies), "store")
    assert len(catalog) == 60
    first = catalog.row(1)
    assert (first["shop"], first["id"], first["title"]) == ("store", "HS-0001", "sterile item 1 of kind 1")
    assert first["description"] == "keep dry and away from light 1"
    assert first["product_detail"] == "Ward: dialysis; Sterile"
    assert first["image_link"] == "pictures/1.jpg"
    assert first["Shelf life in days"] == "37"
    assert catalog.row(0)["product_detail"] == "Ward: surgery"
    assert details(catalog.table, ["Sterile"]).to_list()[:2] == [None, "Sterile"]


def test_a_file_outranks_the_guess(supplies: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps({"remarks": "text", "Ward": "ignore", "Page": "id"}))
    schema = read_schema(path, supplies)
    assert schema.of_kind("text") == ["Remarks", "What it is"]
    assert schema.of_kind("id") == ["Page"]
    assert schema.kinds["Stock code"] == "ignore"
    assert as_catalog(supplies, schema, "x").row(0)["title"].startswith("keep dry")
    assert TableSchema.from_json(schema.to_json()) == schema


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("[]", "no object"),
        ("{", "no object"),
        ('{"Ward": "colour"}', "is 'colour'"),
        ('{"ward no": "text"}', "names 'ward no'"),
        ('{"Ward": "id", "Page": "id"}', "says id of Ward, Page"),
    ],
)
def test_what_is_no_schema_is_refused(
    supplies: pl.DataFrame, tmp_path: Path, said: str, complaint: str
) -> None:
    path = tmp_path / "schema.json"
    path.write_text(said)
    with pytest.raises(OptionError, match=complaint):
        read_schema(path, supplies)
    with pytest.raises(FeedError, match="cannot be read"):
        read_schema(tmp_path / "none.json", supplies)


def test_a_table_without_text_is_refused() -> None:
    with pytest.raises(OptionError, match="is text"):
        guess_schema(pl.DataFrame({"a": ["1", "2"], "b": ["x", "y"]}))


def test_rows_are_numbered_where_nothing_names_them() -> None:
    table = pl.DataFrame({"size": ["a thing", "a thing", ""], "title": ["1", "2", "3"]})
    schema = TableSchema({"size": "text", "title": "number"})
    catalog = as_catalog(table, schema, "x")
    assert catalog.table["id"].to_list() == ["1", "2"]
    assert own_name("title") == "title (table)"
    assert catalog.table["title (table)"].to_list() == ["1", "2"]


def test_tables_are_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("x\ty\n1\tone\n2\ttwo\n")
    assert read_text_table(tmp_path / "a.tsv").to_dict(as_series=False) == {
        "x": ["1", "2"],
        "y": ["one", "two"],
    }
    (tmp_path / "empty.csv").write_text("x,y\n")
    with pytest.raises(FeedError, match="no rows"):
        read_text_table(tmp_path / "empty.csv")


@pytest.mark.benchmark
def test_films_are_understood() -> None:
    if not FILMS.is_file():
        pytest.skip("needs the public data")
    schema = guess_schema(read_text_table(FILMS))
    assert schema.of_kind("text") == ["title"]
    assert schema.of_kind("id") == ["item"]
    assert {"Action", "Drama", "Western"} <= set(schema.of_kind("category"))
    assert schema.kinds["imdbURL"] == "ignore"


def test_the_kinds_of_a_table_without_text(tmp_path):
    path = tmp_path / "schema.json"
    path.write_text('{"size": "number"}')
    table = pl.DataFrame({"size": ["1", "2"], "colour": ["red", "red"]})
    assert read_kinds(path, table)["size"] == "number"
    path.write_text('{"size": "weight"}')
    with pytest.raises(OptionError, match="weight"):
        read_kinds(path, table)
