"""Named details of a product, "material: steel; width: 30 cm", as names and values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

import polars as pl

from shelfspace.data.aliases import attribute_of
from shelfspace.data.cleaning.empty import WORDS

Details = tuple[tuple[str, str], ...]

#: Attributes that may stand among the details, where they are looked for if their column is empty.
LIFTED = ("brand", "gtin", "mpn", "color", "size")
_MOST = 200  # details of one product; beyond them they are a page's furniture
_BETWEEN = ";\n|；"
_NAMED = re.compile(r"\s*([^:：]{1,80}?)\s*[:：]\s*(.+?)\s*", re.DOTALL)
_TAOBAO = re.compile(r"#\s*[;；]\s*#")
#: What shops write where they have nothing to say, beside `WORDS`.
_SAYS_NOTHING = WORDS | {"其他", "其它", "other", "others", "other/其他", "其他/other", "other其他", "见描述"}
_NAME_KEYS = ("name", "attribute_name", "key", "attribute", "title")
_VALUE_KEYS = ("value", "attribute_value", "text", "val")


def details_of(text: str) -> Details:
    """The (name, value) pairs that `text` states, each once, in order; empty where it states none.

    Known are "name: value" between semicolons, bars or line ends (Google's "section:name:value" too), the
    signs of Taobao's exports ("name#:#value#;#…"), JSON objects and JSON lists of names and values. Values
    that say nothing ("other", "n/a") are left out.

    >>> details_of("material: steel; 功效：保湿")
    (('material', 'steel'), ('功效', '保湿'))
    >>> details_of('{"width": "30 cm"}')
    (('width', '30 cm'),)
    """
    text = text.strip()
    if not text:
        return ()
    found = _of_json(text) if text[0] in "{[" else None
    if found is None:
        found = _of_taobao(text) if "#:#" in text else _of_lines(text)
    kept = ((name.strip(), value.strip()) for name, value in found)
    said = (pair for pair in kept if pair[0] and pair[1] and pair[1].lower() not in _SAYS_NOTHING)
    return tuple(dict.fromkeys(said))[:_MOST]


def text_of_details(details: Iterable[tuple[str, str]]) -> str:
    """The details as "name: value; name: value", which `details_of` reads back."""
    return "; ".join(f"{_plain(name, ':：')}: {_plain(value)}" for name, value in details)


def with_details_lifted(table: pl.DataFrame) -> pl.DataFrame:
    """The table with the attributes that only the details state ("品牌: 兰芝" is a brand) in their columns.

    Several values of one attribute are joined. What a column says already stands.
    """
    if "product_detail" not in table.columns:
        return table
    found = [_lifted(text) for text in table["product_detail"].fill_null("")]
    columns = []
    for attribute in LIFTED:
        stated = pl.Series(attribute, [row.get(attribute) for row in found], dtype=pl.String)
        if stated.null_count() < len(stated):
            columns.append(pl.coalesce(table[attribute], stated) if attribute in table.columns else stated)
    return table.with_columns(columns)


def _lifted(text: str) -> dict[str, str]:
    stated: dict[str, list[str]] = {}
    for name, value in details_of(text):
        attribute = attribute_of(name)
        if attribute in LIFTED:
            stated.setdefault(attribute, []).append(value)
    return {attribute: ", ".join(values) for attribute, values in stated.items()}


def _plain(text: str, signs: str = "") -> str:
    return " ".join(re.sub(f"[{re.escape(signs + _BETWEEN)}#]", " ", text).split())


def _of_taobao(text: str) -> list[tuple[str, str]]:
    pairs = (part.partition("#:#") for part in _TAOBAO.split(text))
    return [(name.strip("# \n"), value.strip("# \n")) for name, sign, value in pairs if sign]


def _of_lines(text: str) -> list[tuple[str, str]]:
    found = []
    for part in re.split(f"[{_BETWEEN}]", text):
        match = _NAMED.fullmatch(part)
        if match is None or match[2].startswith("//"):
            continue
        section, sign, rest = match[2].partition(":")
        # Google's section:name:value; a time or a ratio is no name.
        named = sign and rest.strip() and not section.strip()[-1:].isdigit()
        found.append((section, rest) if named else (match[1], match[2]))
    return found


def _of_json(text: str) -> list[tuple[str, str]] | None:
    """The pairs of a JSON object or list; None where the text is no JSON."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return list(_pairs_in(value))


def _pairs_in(value: object) -> Iterable[tuple[str, str]]:
    if isinstance(value, list):
        for item in value:
            yield from _pairs_in(item)
    elif isinstance(value, dict):
        name = next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), None)
        stated = next((value[key] for key in _VALUE_KEYS if key in value), None)
        if name is not None and stated is not None:
            yield from ((name, said) for said in _said(stated))
        else:
            yield from ((str(key), said) for key, inner in value.items() for said in _said(inner))


def _said(value: object) -> Iterable[str]:
    """A JSON value as texts: several of a list, none of null and of what is nested."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _said(item)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, bool):
        yield "yes" if value else "no"
