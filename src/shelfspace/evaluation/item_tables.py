"""What a benchmark folder tells of its items: titles and attributes beside the log."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from shelfspace.data.readers.named import read_named
from shelfspace.errors import FeedError
from shelfspace.evaluation.listed_interactions import text_lines

_FILES = ("u.item", "movies.csv", "movies.dat", "artists.dat", "items.csv", "products.csv", "item_list.txt")
_META = ("meta*.json", "meta*.jsonl", "meta*.json.gz", "meta*.jsonl.gz")
_NAMES = {
    "id": "item id, movie id, artist id, product id, asin, parent asin, org id",
    "title": "name, movie title, product name",
    "genres": "genre, categories, category, main category",
}
_GENRES = (
    "unknown|Action|Adventure|Animation|Children's|Comedy|Crime|Documentary|Drama|Fantasy|Film-Noir|Horror|"
    "Musical|Mystery|Romance|Sci-Fi|Thriller|War|Western"
)


def read_item_table(folder: Path, item_ids: list[str]) -> pl.DataFrame:
    """A row for each of `item_ids` in order: `id`, `title`, `genres`; null where nothing is known of it.

    Read are MovieLens' `u.item`, `movies.csv` and `movies.dat`, Last.fm's `artists.dat`, Amazon's
    `meta*.json`, and tables `items.csv` or `products.csv`. A file that cannot be read counts as none.
    """
    wanted = pl.DataFrame({"id": item_ids}, schema={"id": pl.String})
    paths = [folder / name for name in _FILES] + [
        path for mask in _META for path in sorted(folder.glob(mask))
    ]
    path = next((path for path in paths if path.is_file()), None)
    known = _read(path) if path is not None else None
    if known is None:
        known = pl.DataFrame(schema={"id": pl.String})
    for name in ("title", "genres"):
        if name not in known.columns:
            known = known.with_columns(pl.lit(None, dtype=pl.String).alias(name))
    return wanted.join(
        known.select("id", "title", "genres").unique("id", keep="first"),
        on="id",
        how="left",
        maintain_order="left",
    )


def _read(path: Path) -> pl.DataFrame | None:
    if path.name == "movies.dat":
        return _split(path, "::", ["id", "title", "genres"])
    if path.name == "u.item":
        return _read_u_item(path)
    try:
        return read_named(path, _NAMES, "id").table
    except FeedError:
        return None


def _read_u_item(path: Path) -> pl.DataFrame:
    """`u.item`: id, title, dates, address, and a 1 in the column of each genre; with a header or without."""
    known = ["id", "title", "released", "released_on_video", "address", *_GENRES.split("|")]
    table = _split(path, "|", known).filter(pl.col("id").str.contains(r"^\d+$"))
    genres = [
        pl.when(pl.col(genre) == "1").then(pl.lit(genre)).otherwise(pl.lit(None))
        for genre in _GENRES.split("|")
    ]
    return table.select(
        "id", "title", pl.concat_str(genres, separator="|", ignore_nulls=True).alias("genres")
    )


def _split(path: Path, sign: str, columns: list[str]) -> pl.DataFrame:
    cells = text_lines(path).select(pl.col("line").str.split(sign).alias("cells"))
    return cells.filter(pl.col("cells").list.len() == len(columns)).select(
        pl.col("cells").list.get(place).str.strip_chars().alias(name) for place, name in enumerate(columns)
    )
