"""XML feeds: Google Merchant RSS 2.0 and Atom, and other lists of items, item by item.

The document is never parsed as a whole: items are cut out of the text and parsed alone, without its document
type. So no entity is ever expanded or fetched, and damage in one item costs that item.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from shelfspace.data.readers.chunk import CHUNK_ROWS, FLAGGED, Chunk, Reject, records_chunk
from shelfspace.data.readers.flatten import Record

_NAMES = "item|entry|product|offer|shopitem|artikel|article|produkt|producto|prodotto"
_FIRST = re.compile(rf"<((?:[A-Za-z_][\w.-]*:)?(?:{_NAMES}))(?=[\s>/])", re.IGNORECASE)
_NAMESPACE = re.compile(r"""\sxmlns:([A-Za-z_][\w.-]*)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""")
_PREFIX = re.compile(r"[<\s/]([A-Za-z_][\w.-]*):[A-Za-z_]")
_DOCTYPE = re.compile(r"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
_AMPERSAND = re.compile(r"&(?!(?:#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z_][\w.-]*);)")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
_HEAD = 1 << 20
_ITEM_LIMIT = 64 << 20
_TOGETHER = 200


class _Item(NamedTuple):
    row: int
    text: str
    problem: str


def read_xml(blocks: Iterable[str]) -> Iterator[Chunk]:
    """The items of an XML feed; a chunk without rows where there is none."""
    cutter = _Cutter(iter(blocks))
    records: list[Record] = []
    rows: list[int] = []
    rejects = [Reject(None, None, None, "a document type is ignored, entities are not expanded", FLAGGED)]
    rejects = rejects if cutter.has_doctype else []
    for batch in _batches(cutter.items()):
        for item, found in zip(batch, _parsed(batch, cutter.namespaces), strict=True):
            if isinstance(found, str):
                rejects.append(Reject(item.row, None, item.text[:200], found))
                continue
            record, repaired = found
            if repaired:
                rejects.append(Reject(item.row, None, item.text[:200], "malformed XML, repaired", FLAGGED))
            records.append(record)
            rows.append(item.row)
        if len(records) >= CHUNK_ROWS:
            yield records_chunk(records, rows, rejects)
            records, rows, rejects = [], [], []
    yield records_chunk(records, rows, rejects)


def _batches(items: Iterator[_Item]) -> Iterator[list[_Item]]:
    batch: list[_Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += len(item.text)
        if len(batch) >= _TOGETHER or size > 4 << 20:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class _Cutter:
    """Cuts items out of the text of a feed."""

    def __init__(self, blocks: Iterator[str]) -> None:
        self.blocks = blocks
        self.text = ""
        while len(self.text) < _HEAD and (block := next(blocks, None)) is not None:
            self.text += block
        first = _FIRST.search(self.text)
        self.name = first[1] if first else None
        head = self.text[: first.start() if first else _HEAD]
        self.has_doctype = bool(_DOCTYPE.search(head))
        self.namespaces = {"g": "http://base.google.com/ns/1.0"} | {
            match[1]: match[2] or match[3] or "" for match in _NAMESPACE.finditer(head)
        }
        self.text = self.text[first.start() :] if first else ""

    def items(self) -> Iterator[_Item]:
        """The items in order; one that is not closed has a problem."""
        if self.name is None:
            return
        name = re.escape(self.name)
        token = re.compile(rf"<!\[CDATA\[|<!--|<{name}(?=[\s>/])[^<>]*?(/?)>|</{name}\s*>|</?{name}\Z")
        place, start, row = 0, -1, 0
        while True:
            match = token.search(self.text, place)
            if match is None or (match.end() == len(self.text) and match.group()[-1] != ">"):
                keep = start if start >= 0 else max(place, len(self.text) - len(self.name) - 2)
                if not self._more(keep):
                    break
                place, start = (max(0, place - keep), 0 if start >= 0 else -1)
                continue
            found = match.group()
            if found in ("<![CDATA[", "<!--"):
                end = self.text.find("]]>" if found[2] == "[" else "-->", match.end())
                if end < 0:
                    keep = start if start >= 0 else match.start()
                    if len(self.text) - keep < _ITEM_LIMIT and self._more(keep):
                        place, start = match.start() - keep, 0 if start >= 0 else -1
                        continue
                    end = match.end()  # never closed: what follows is read as if it were
                place = end
            elif found.startswith("</"):
                if start >= 0:
                    row += 1
                    yield _Item(row, self.text[start : match.end()], "")
                place, start = match.end(), -1
            else:
                if start >= 0:
                    row += 1
                    yield _Item(row, self.text[start : match.start()], "not closed before the next begins")
                place, start = match.end(), match.start()
                if match[1]:
                    row += 1
                    yield _Item(row, found, "")
                    start = -1
        if start >= 0:
            yield _Item(row + 1, self.text[start:], "cut off: the element is not closed")

    def _more(self, keep: int) -> bool:
        block = next(self.blocks, None)
        if block is None:
            return False
        self.text = self.text[keep:] + block
        return True


def _parsed(items: list[_Item], namespaces: dict[str, str]) -> list[tuple[Record, bool] | str]:
    """The record of each item and whether it had to be repaired, or the reason why there is none."""
    sound = [item for item in items if not item.problem]
    root = _root("".join(item.text for item in sound), namespaces)
    if not isinstance(root, str) and len(root) == len(sound):
        records = iter([(_record(element), False) for element in root])
        return [item.problem or next(records) for item in items]
    used = {match[1] for item in items for match in _PREFIX.finditer(item.text)}
    spaces = {prefix: f"urn:{prefix}" for prefix in used - {"xml", "xmlns"}} | namespaces
    return [item.problem or _one(item.text, spaces) for item in items]


def _one(text: str, spaces: dict[str, str]) -> tuple[Record, bool] | str:
    root = _root(text, spaces)
    repaired = False
    if isinstance(root, str):
        again = _root(_repaired(text), spaces)
        if isinstance(again, str):
            return f"malformed XML: {root}"
        root, repaired = again, True
    return (_record(root[0]), repaired) if len(root) == 1 else "malformed XML: elements are not nested"


def _repaired(text: str) -> str:
    """Bare ampersands escaped, HTML's entities replaced, forbidden characters removed."""

    def replaced(match: re.Match[str]) -> str:
        if match[1] in _XML_ENTITIES or f"{match[1]};" not in html.entities.html5:
            return match.group()
        return html.escape(html.entities.html5[f"{match[1]};"])

    return _ENTITY.sub(replaced, _AMPERSAND.sub("&amp;", _CONTROL.sub("", text)))


def _root(text: str, spaces: dict[str, str]) -> Any:
    """The element around the items in `text`, or the parser's complaint."""
    from lxml import etree

    # The text limits of the parser are off because items are cut to a size before.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True
    )
    declared = "".join(f' xmlns:{prefix}="{html.escape(uri)}"' for prefix, uri in spaces.items())
    try:
        return etree.fromstring(f"<feed{declared}>{text}</feed>".encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return str(error.msg)


def _record(element: Any) -> Record:
    """The leaves of an item by local name; repeated ones are joined, an Atom link gives its address."""
    record: Record = {_local(name): value for name, value in element.attrib.items()}
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = _local(child.tag)
        if len(child) and name != "param":
            for leaf in child.iter():
                if isinstance(leaf.tag, str) and not len(leaf) and leaf.text:
                    record.setdefault(f"{name}.{_local(leaf.tag)}", leaf.text)
            continue
        text = child.text if child.text and child.text.strip() else child.get("href")
        if name == "param" and child.get("name"):
            name = str(child.get("name"))
        if not text or (name == "link" and child.get("rel") not in (None, "alternate")):
            continue
        before = record.get(name)
        record[name] = text if not before or name == "link" else f"{before}, {text}"
    return record


def _local(name: str) -> str:
    return name.rpartition("}")[2]
