"""Queries for attributes, "navy blue men casual shirts", made from the columns of a product table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from shelfspace.data import Catalog, read_catalog
from shelfspace.data.schema import SCHEMA
from shelfspace.encoders.tokens import Int64, normalise
from shelfspace.errors import FeedError
from shelfspace.tasks.search.judged import Judged

_TABLES = ("products", "titles", "catalog", "feed")
_ENDINGS = (".csv", ".csv.gz", ".tsv", ".parquet", ".jsonl")
_KNOWN = ("color", "size", "product_type")
_MOST_VALUES, _LONGEST = 300, 30
_COMMON = 20  # products that share a value, on average, for it to be worth asking for
_PARENT = 0.95  # of a value's products that another column's value tells already
_NAMED = 0.02  # of the products whose title says their value, or nobody could find them by it
_ASKED = 0.6  # the chance of each attribute beside the kind of product
_SEEN = 1_000  # titles that are looked at


@dataclass(frozen=True)
class Asked:
    """What can be asked for: `kind`, the column of what a product is, and `others` before it.

    `values` holds each of these columns as normalised texts, "" for none. `hidden` are the columns that say
    so, which a search must not see.
    """

    kind: str
    others: tuple[str, ...]
    values: dict[str, list[str]]
    hidden: tuple[str, ...]


def read_products(folder: Path) -> tuple[Catalog, int]:
    """The table of products in a folder and how many of its rows were dropped; `FeedError` without one."""
    files = sorted(path for path in folder.glob("*") if path.name.lower().endswith(_ENDINGS))
    named = [path for path in files if path.name.split(".")[0].lower() in _TABLES]
    if not named and len(files) != 1:
        raise FeedError(
            f"{folder.name or folder} holds {', '.join(path.name for path in files) or 'no table'}.",
            "A benchmark of search is a folder with offers.csv (title, vendor, cluster), or with one table "
            "of products, such as products.csv, that has titles and attributes.",
            "Pass a folder that has it.",
        )
    catalog = read_catalog((named or files)[0])
    dropped = catalog.rejects.filter(pl.col("action") == "row dropped").height
    return catalog, dropped


def asked_of(catalog: Catalog) -> Asked:
    """The attributes of a catalogue that shoppers would ask for.

    Columns of few short texts, apart from those that another one tells already, as a shirt is apparel, and
    those that no title ever says. What a product is, the kind, is the column named so, or else the one of
    most values. Raises `FeedError` where there is none.
    """
    extras = [name for name in catalog.table.columns if name not in SCHEMA]
    values = {name: [normalise(text or "") for text in catalog.table[name]] for name in (*_KNOWN, *extras)}
    listed = {name: texts for name, texts in values.items() if _is_attribute(texts)}
    if not listed:
        raise FeedError(
            "The table has no attribute to ask for.",
            "An attribute is a column of few short texts, such as a colour, that many products share.",
            "Add such columns, or measure on offers of many vendors (offers.csv).",
        )
    sizes = {name: len(set(texts)) for name, texts in listed.items()}
    kind = "product_type" if "product_type" in listed else max(sizes, key=lambda name: sizes[name])
    titles = [normalise(text or "") for text in catalog.table["title"]]
    others = [
        name
        for name in listed
        if name != kind and not _told_by(listed[kind], listed[name]) and _is_said(titles, listed[name])
    ]
    others.sort(key=lambda name: sizes[name], reverse=True)
    asked = {name: listed[name] for name in (kind, *others)}
    hidden = tuple(name for name in listed if name in asked or _told_by(listed[kind], listed[name]))
    return Asked(kind, tuple(others), asked, hidden)


def composed(
    asked: Asked, rows: Int64, most: int, mine: Callable[[str], bool], rng: np.random.Generator
) -> Judged:
    """Up to `most` different queries that are `mine`, each with the products among `rows` that fit it.

    Each is what a random product is, behind some of its other attributes.
    """
    postings = {name: _postings(asked.values[name], rows) for name in asked.values}
    texts: list[str] = []
    relevant = []
    for row in rng.permutation(rows)[: 12 * most]:
        said = {name: asked.values[name][row] for name in asked.others if asked.values[name][row]}
        chosen = [name for name in said if rng.random() < _ASKED] or list(said)[:1]
        kind = asked.values[asked.kind][row]
        text = " ".join([*(said[name] for name in chosen), kind])
        if not kind or not mine(text) or text in texts:
            continue
        fitting = postings[asked.kind][kind]
        for name in chosen:
            fitting = np.intersect1d(fitting, postings[name][said[name]], assume_unique=True)
        texts.append(text)
        relevant.append(fitting)
        if len(texts) == most:
            break
    return Judged.of(texts, relevant, rows=rows)


def _is_attribute(texts: list[str]) -> bool:
    said = [text for text in texts if text]
    different = set(said)
    few = 2 <= len(different) <= min(_MOST_VALUES, len(said) // _COMMON)
    words = sum(any(character.isalpha() for character in text) for text in different) > len(different) / 2
    return few and words and max(map(len, different)) <= _LONGEST


def _told_by(kinds: list[str], texts: list[str]) -> bool:
    """Whether what a product is tells this attribute too."""
    pairs = pl.DataFrame({"kind": kinds, "text": texts}).group_by("kind", "text").len()
    most = pairs.group_by("kind").agg(pl.col("len").max())["len"].sum()
    return bool(most >= _PARENT * len(kinds))


def _is_said(titles: list[str], texts: list[str]) -> bool:
    some = range(0, len(titles), max(1, len(titles) // _SEEN))
    said = [texts[row] in titles[row] for row in some if texts[row]]
    return bool(said) and float(np.mean(said)) >= _NAMED


def _postings(texts: list[str], rows: Int64) -> dict[str, Int64]:
    """The rows of each value, ascending."""
    found: dict[str, list[int]] = {}
    for row in rows.tolist():
        found.setdefault(texts[row], []).append(row)
    return {text: np.array(each, np.int64) for text, each in found.items()}
