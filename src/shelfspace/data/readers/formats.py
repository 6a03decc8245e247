"""Which reader a feed needs, told by what it holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from shelfspace.data.readers.chunk import Chunk, Reject
from shelfspace.data.readers.columnar import read_arrow, read_parquet
from shelfspace.data.readers.delimited import delimiter_of, header_of, read_delimited
from shelfspace.data.readers.encoding import text_blocks
from shelfspace.data.readers.feed import Feed, binary_kind, check_file, refuse, sample_text
from shelfspace.data.readers.json_feed import read_json, read_json_lines, read_page
from shelfspace.data.readers.json_ld import scripts
from shelfspace.data.readers.shopify import EXPORT_MAPPING, export_variants, is_export
from shelfspace.data.readers.xml_feed import read_xml

_HTML = re.compile(r"<!doctype\s+html|<html\b|<head\b|<body\b|<script\b", re.IGNORECASE)
_PAGE_LIMIT = 64 << 20


class Opened(NamedTuple):
    """The chunks of a feed, and the mapping that its format brings along."""

    chunks: Iterator[Chunk]
    mapping: dict[str, str]


def open_feed(feed: Feed, names: list[str] | None = None) -> Opened:
    """The feed's chunks by the reader that its content asks for; `FeedError` where it is no feed.

    `names` are the columns of delimited text that has no header.
    """
    check_file(feed)
    head, encoding, text = sample_text(feed)
    kind = binary_kind(feed, head) or text_kind(text)
    if kind == "parquet":
        return Opened(read_parquet(feed), {})
    if kind == "arrow":
        return Opened(read_arrow(feed), {})
    if (
        kind == "html"
        and not scripts(text)
        and not re.search("ld\\+json", text)
        and len(head) < _PAGE_LIMIT >> 8
    ):
        raise refuse(feed, "is an HTML page without product data in JSON-LD", "Pass the shop's product feed.")
    delimiter = delimiter_of(text) if kind == "delimited" else ""
    chunks = _text_chunks(feed, encoding, kind, delimiter, names)
    if kind == "delimited" and names is None:
        header = header_of(text.lstrip().split("\n")[0].rstrip("\r").replace('"', "").split(delimiter))
        if is_export(header):
            return Opened(export_variants(chunks), EXPORT_MAPPING)
    return Opened(chunks, {})


def text_kind(text: str) -> str:
    """ "xml", "html", "json", "json lines" or "delimited", by how a text begins."""
    start = text.lstrip("\ufeff \t\r\n\0")
    if start.startswith("<"):
        return "html" if _HTML.search(start[:4000]) and not start.startswith("<rss") else "xml"
    if start.startswith("["):
        return "json"
    if start.startswith("{"):
        return "json lines" if _is_lines(start) else "json"
    return "delimited"


def _is_lines(text: str) -> bool:
    """Whether objects stand one a line: some whole line after the first begins one as well."""
    lines = [line for line in text.splitlines()[:100] if line.strip()]
    if len(lines) > 1 and sum(line.startswith("{") for line in lines[1:]) > 0:
        return True
    try:
        return len(lines) > 1 and isinstance(json.loads(lines[0]), dict)
    except (ValueError, RecursionError):
        return False


def _text_chunks(
    feed: Feed, encoding: str, kind: str, delimiter: str, names: list[str] | None
) -> Iterator[Chunk]:
    with feed.open() as stream:
        blocks = text_blocks(stream, encoding)
        if kind == "delimited":
            yield from read_delimited(blocks, delimiter, names)
        elif kind == "json lines":
            yield from read_json_lines(blocks)
        elif kind == "json":
            yield from read_json(blocks)
        elif kind == "xml":
            yield from read_xml(blocks)
        else:
            yield from read_page(_page(blocks))
        if stream.problem:
            nothing = pl.Series([], dtype=pl.Int64)
            yield Chunk(pl.DataFrame(), nothing, [Reject(None, None, None, stream.problem)])


def _page(blocks: Iterator[str]) -> str:
    parts: list[str] = []
    while sum(map(len, parts)) < _PAGE_LIMIT and (block := next(blocks, None)) is not None:
        parts.append(block)
    return "".join(parts)
