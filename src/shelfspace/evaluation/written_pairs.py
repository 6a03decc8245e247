"""Labelled pairs with both products written out, one JSON object a line, as a catalogue and pairs of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data import Catalog, read_catalog
from shelfspace.data.aliases import key
from shelfspace.data.cleaning.details import details_of, text_of_details
from shelfspace.data.readers.flatten import text_of
from shelfspace.errors import FeedError
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.labelled import LabelledPairs

FILE = "pairs.jsonl"
_LABELS = ("label", "labels", "target", "same", "match", "is_match", "ismatch", "gold", "y", "class")
_SAME = """
1 1.0 true yes y same match matched equal positive duplicate 相同 同款 同一 是 同一商品
"""
_OTHER = """
0 0.0 false no n different nonmatch notmatch notsame unequal negative 不相同 不同 否 不同商品 非同款
"""
_YES, _NO = frozenset(_SAME.split()), frozenset(_OTHER.split())
#: How the two sides are told apart in the names of fields, a whole field or the end or beginning of one.
_SIDES = (("left", "right"), ("1", "2"), ("a", "b"), ("query", "candidate"), ("source", "target"))
_ALONE = "item product offer entity record sentence text title listing"
_WHOLE = {(), *((word,) for word in _ALONE.split())}
#: Names of ids, which are left out.
_KEYS = frozenset(["id", "itemid", "productid", "offerid", "shop"])
_BOTH_IN_ONE = re.compile(
    r"\s*item\s*1\s*[:：]\s*(.*?)[,，]?\s*\n?\s*item\s*2\s*[:：]\s*(.*?)\s*", re.DOTALL | re.I
)
_TITLE_AND_DETAILS = re.compile(r"(.*?)(?:[,，;；|\n]\s*|\s{2,})(?=[^,，;；|#]{1,40}(?:#:#))", re.DOTALL)


@dataclass(frozen=True)
class WrittenPairs:
    """The products of a file of pairs, once a side, and its pairs as rows of that catalogue."""

    name: str
    catalog: Catalog
    labelled: LabelledPairs


def read_written_pairs(path: str | Path) -> WrittenPairs:
    """The pairs of a JSON-lines file in which every line holds two products and whether they are the same.

    The two products are two objects or texts ("left" and "right", "item1" and "item2", "text_a" and
    "text_b"…), fields that name their side ("title_left", "left_title", "title1"…), or one text "Item 1: …
    Item 2: …". Details may stand behind a title ("title, name#:#value#;#…") or in fields of their own; those
    that are attributes of a product (brand, part number, colour…) become these. The label is 0 or 1, true or
    false, or a word ("same", "不相同"…).

    Products with the same content are one. Raises `FeedError` naming the line that cannot be read.
    """
    path = Path(path)
    records: list[dict[str, str]] = []
    labels: list[int] = []
    for number, line in _lines(path):
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("it is no JSON object")
            sides, label = two_products(row), label_in(row)
        except (ValueError, RecursionError) as error:
            raise _unread(path, f"line {number}: {str(error)[:200]}") from None
        records += sides
        labels.append(label)
    if not labels:
        raise _unread(path, "it holds no pair")
    catalog, rows = _catalog(records)
    pairs = PairRows(rows[::2], rows[1::2])
    return WrittenPairs(path.resolve().parent.name, catalog, LabelledPairs(pairs, np.array(labels, np.int64)))


def two_products(row: dict[str, Any]) -> list[dict[str, str]]:
    """The two products of a line as records of text; `ValueError` where they cannot be found."""
    for value in row.values():
        match = _BOTH_IN_ONE.fullmatch(value) if isinstance(value, str) else None
        if match is not None:
            return [_record({"title": match[1]}), _record({"title": match[2]})]
    fields = {_words(name): value for name, value in row.items() if key(name) not in _LABELS}
    for one, other in _SIDES:
        sides = [_side(fields, side) for side in (one, other)]
        if all(sides):
            return [_record(side) for side in sides]
    raise ValueError(f"two products are not found in the fields {', '.join(row)}")


def label_in(row: dict[str, Any]) -> int:
    """1 or 0, from the field that holds the label; `ValueError` where there is none that can be read."""
    value = next((row[name] for name in row if key(name) in map(key, _LABELS)), None)
    while isinstance(value, dict | list) and value:
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
    word = re.sub(r"[\s_-]", "", str(value).lower())
    if word not in _YES | _NO:
        raise ValueError(f"its label is {value!r}")
    return int(word in _YES)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _unread(path, str(error)) from None
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _words(name: str) -> tuple[str, ...]:
    """The words of a field's name, by number, sign and case: titleLeft, left_title, title1."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^\W\d_a-zA-Z]+", name)
    return tuple(part.lower() for part in parts)


def _side(fields: dict[tuple[str, ...], Any], side: str) -> dict[str, Any]:
    """What the fields say of one side: that of an object or text for it alone, and its single fields."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        rest = tuple(word for word in name if word != side)
        if len(rest) == len(name) or (rest and side not in (name[0], name[-1])):
            continue
        if rest not in _WHOLE:
            found["_".join(rest)] = value
        elif isinstance(value, dict):
            found |= value
        elif isinstance(value, str):
            found["title"] = value
    return found


def _record(product: dict[str, Any]) -> dict[str, str]:
    """A product as a record of text; what is nested in it, or stands behind its title, are its details."""
    texts: dict[str, str] = {}
    details: list[tuple[str, str]] = []
    # An id of the file may stand for two contents, of two days say, and ids are no evidence of a match.
    for name, value in ((name, value) for name, value in product.items() if key(name) not in _KEYS):
        if isinstance(value, dict | list):
            details += details_of(json.dumps(value, ensure_ascii=False))
        elif (text := text_of(value)) and text.strip():
            texts[name] = text
    match = _TITLE_AND_DETAILS.match(texts.get("title", ""))
    if match is not None and not details:
        details += details_of(texts["title"][match.end() :])
        texts["title"] = match[1]
    if details:
        texts["product_detail"] = text_of_details(details)
    return texts


def _catalog(records: list[dict[str, str]]) -> tuple[Catalog, npt.NDArray[np.int64]]:
    """The products once a side, and the row of each record; the records are left and right by turns."""
    parts, places = [], []
    for side, mine in (("left", records[::2]), ("right", records[1::2])):
        numbers: dict[tuple[tuple[str, str], ...], int] = {}
        place = [numbers.setdefault(tuple(sorted(record.items())), len(numbers)) for record in mine]
        table = pl.DataFrame([dict(content) for content in numbers], infer_schema_length=None)
        parts.append(read_catalog(table.with_columns(_number().alias("id")), shop=side))
        places.append(np.array(place, np.int64))
    catalog = Catalog.concat(parts)
    rows = np.empty(len(records), np.int64)
    for start, (side, chosen) in enumerate(zip(("left", "right"), places, strict=True)):
        keys = pl.DataFrame({"shop": side, "id": chosen.astype(str)})
        rows[start::2] = catalog.rows_of(keys)
    return catalog, rows


def _number() -> pl.Expr:
    return pl.int_range(pl.len()).cast(pl.String)


def _unread(path: Path, reason: str) -> FeedError:
    return FeedError(
        f"{path.name} cannot be read as written-out pairs: {reason}.",
        'Each line is a JSON object with two products ("left" and "right", "title1" and "title2", or one '
        'text "Item 1: … Item 2: …") and a label.',
        "Mend the line, or name its fields so.",
    )
