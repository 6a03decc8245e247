"""A patch put into a feed: cells changed as someone has agreed to, and nothing else."""

from __future__ import annotations

import os
import re
from pathlib import Path

import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.cleaning.text import clean_texts
from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.errors import FeedError, OptionError
from shelfspace.tasks.sync.sheet import Changes, Sheet, read_sheet

#: What a patch has in each row: which cell, what it holds, what it is to hold, and why.
PATCH_COLUMNS = ("shop", "id", "attribute", "value", "suggested", "why")
_NUMBER = re.compile(r"\d[\d.,'’ \u00a0\u202f]*\d|\d")
MENDED, CHANGED, ABSENT, NO_COLUMN = "mended", "changed since", "no such listing", "no such column"


def patch_of(found: pl.DataFrame) -> pl.DataFrame:
    """The findings that come with a mend, as a patch: what a table of `listing_anomalies` suggests.

    Where several findings concern one cell, the first counts.
    """
    suggested = found.filter(pl.col("suggested").is_not_null() & pl.col("attribute").is_not_null())
    return suggested.unique(["shop", "id", "attribute"], keep="first", maintain_order=True).select(
        PATCH_COLUMNS
    )


def mend(feed: str | Path, patch: pl.DataFrame, out: str | Path, *, shop: str | None = None) -> pl.DataFrame:
    """The patch with what became of each row, `outcome`; the mended feed is at `out`, the feed is left alone.

    A row is "mended" where the feed holds the listing and still says `value`; else it is "changed since", "no
    such listing" or "no such column", and nothing happens. All else stays as it was, byte for byte in text
    formats. `shop` is that of a feed without a column of shops, by default the file's name.

    Raises `FeedError` where the feed is no CSV, TSV, JSON lines or Parquet file or would not read back as
    planned, `OptionError` for a table that is no patch and where `out` is the feed itself.
    """
    feed, out = Path(feed), Path(out)
    _check(patch, feed, out)
    patch = patch.with_columns(pl.col("suggested").fill_null(""))  # a CSV knows no other nothing
    try:
        sheet = read_sheet(feed, shop)
    except FeedError as error:
        needed = "A feed that is mended is CSV, TSV, JSON lines or Parquet, not compressed."
        raise FeedError(error.given, needed, "Export it as one of these.") from None
    catalog = read_catalog(feed, shop=shop)
    columns = {attribute: column for column, attribute in catalog.mapping.items()}
    records = _records(sheet, columns)
    outcomes: list[str] = []
    changes: Changes = {}
    rows = catalog.rows_of(patch)
    for row, (own_shop, identifier, attribute, value, new) in zip(
        rows, patch.select(PATCH_COLUMNS[:5]).iter_rows(), strict=True
    ):
        place = records.get((own_shop, identifier), records.get(("", identifier)))
        if row < 0 or place is None:
            outcomes.append(ABSENT)
        elif attribute not in columns:
            outcomes.append(NO_COLUMN)
        elif not _same(catalog.table[attribute][int(row)], value):
            outcomes.append(CHANGED)
        else:
            cell = sheet.table[columns[attribute]][place] or ""
            written = _priced(cell, new) if attribute == "price" else new
            changes.setdefault(sheet.records[place], {})[columns[attribute]] = written
            outcomes.append(MENDED)
    done = patch.with_columns(pl.Series("outcome", outcomes, dtype=pl.String))
    _put(sheet, changes, out, shop or sheet.shop, done.filter(pl.col("outcome") == MENDED))
    return done


def _check(patch: pl.DataFrame, feed: Path, out: Path) -> None:
    missing = [name for name in PATCH_COLUMNS[:5] if name not in patch.columns]
    if missing:
        raise OptionError(
            f"The patch has no column {', '.join(missing)}.",
            f"A patch has the columns {', '.join(PATCH_COLUMNS[:5])}, as anomalies --patch writes it.",
            "Leave out rows of it as you like, but no column.",
        )
    if out.resolve() == feed.resolve():
        raise OptionError(
            f"{out} is the feed itself.", "The mended feed has a place of its own.", "Choose another --out."
        )


def _records(sheet: Sheet, columns: dict[str, str]) -> dict[tuple[str, str], int]:
    """Where each listing stands in the sheet, by shop ("" where the feed names none) and id."""
    ids = clean_texts(sheet.table[columns["id"]])
    shops = clean_texts(sheet.table[columns["shop"]]) if "shop" in columns else [""] * len(ids)
    found: dict[tuple[str, str], int] = {}
    for place, key in enumerate(zip(shops, ids, strict=True)):
        found.setdefault((key[0] or "", key[1] or ""), place)
    return found


def _same(now: object, before: str | None) -> bool:
    """Whether a cell still says what the patch was made for."""
    if now is None or before in (None, ""):
        return now in (None, "") and before in (None, "")
    if isinstance(now, float):
        try:
            return abs(now - float(str(before))) < 0.0051
        except ValueError:
            return False
    return str(now).strip() == str(before).strip()


def _priced(cell: str, price: str) -> str:
    """The cell with another price, its decimal sign and currency as they were."""
    number = _NUMBER.search(cell)
    comma = number is not None and re.search(r",\d{1,2}$", number[0]) is not None
    written = price.replace(".", ",") if comma else price
    return cell[: number.start()] + written + cell[number.end() :] if number else written


def _put(sheet: Sheet, changes: Changes, out: Path, shop: str, mended: pl.DataFrame) -> None:
    """Write the feed with its changes, first beside `out`, where it is read again."""
    out.parent.mkdir(parents=True, exist_ok=True)
    passing = out.with_name(f".new-{os.getpid()}-{out.name}")
    try:
        passing.write_bytes(sheet.rewrite(changes) if changes else sheet.raw)
        _check_read_back(read_catalog(passing, shop=shop), mended)
        passing.replace(out)
    finally:
        passing.unlink(missing_ok=True)


def _check_read_back(catalog: Catalog, mended: pl.DataFrame) -> None:
    if not mended.height:
        return
    rows = catalog.rows_of(mended)
    for row, name, wanted in zip(rows, mended["attribute"], mended["suggested"], strict=True):
        if row < 0 or not _same(catalog.table[name][int(row)], wanted):
            said = catalog.table[name][int(row)] if row >= 0 else None
            raise FeedError(
                f"With the patch the feed's {name} would read {said!r} where {wanted!r} was meant.",
                "A mended feed reads back as planned; nothing was written.",
                "Leave this row out of the patch, or change the cell by hand.",
            )
