"""The stock: what every offer's quantity and price are now, and where in which file that is written."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl

from shelfspace.data.alias_names import NAMES
from shelfspace.data.aliases import price_currency
from shelfspace.data.catalog import Catalog
from shelfspace.data.cleaning.products import ROW, clean_prices
from shelfspace.data.cleaning.times import times
from shelfspace.data.readers.chunk import FLAGGED, Reject, rejects_table
from shelfspace.data.readers.named import found_columns
from shelfspace.errors import FeedError
from shelfspace.tasks.sync.sheet import Sheet, read_sheet

Offer = tuple[str, str]  # its shop and its id

_QUANTITY = """
qty, stock quantity, stock level, stock, in stock quantity, available quantity, quantity available, available,
inventory, inventory quantity, inventory level, variant inventory qty, on hand, on hand quantity, units,
pieces, amount in stock, bestand, lagerbestand, lagermenge, menge, anzahl, stückzahl, quantité,
quantité en stock, stock disponible, cantidad, existencias, quantità, giacenza, ilość, stan magazynowy,
voorraad, aantal, 数量, 库存, 库存数量, 在庫数, 在庫
"""
_TIME = """
updated, last updated, last update, updated on, modified, modified at, last modified, changed at, changed,
timestamp, time, date, as of, stand, geändert am, aktualisiert, mis à jour, actualizado, 更新时间, 更新日時
"""
_NAMES = {
    **{name: NAMES[name].replace("\n", " ") for name in ("shop", "id")},
    "quantity": _QUANTITY.replace("\n", " "),
    **{name: NAMES[name].replace("\n", " ") for name in ("price", "currency")},
    "updated_at": _TIME.replace("\n", " "),
}
_NUMBER = r"^[+-]?[0-9]+(?:[.,][0-9]+)?$"
_GROUPED = r"^[+-]?[0-9]{1,3}(?:[.,][0-9]{3})+$"


class Entry(NamedTuple):
    """What one offer's record says, and where it stands: the `sheet` by its place, the record by its number.

    `quantity_text` and `price_text` are the cells as written, "" where there are none.
    """

    shop: str
    id: str
    quantity: float | None
    price: float | None
    currency: str | None
    updated_at: datetime | None
    quantity_text: str
    price_text: str
    sheet: int
    record: int


@dataclass(frozen=True)
class Stock:
    """The good records of the stock files, one an offer, and the `rejects` that are left as they are.

    `columns` tells for each sheet which column holds which attribute; `catalog` knows the products, where one
    was asked.
    """

    catalog: Catalog | None
    entries: dict[Offer, Entry]
    sheets: tuple[Sheet, ...]
    columns: tuple[dict[str, str], ...]
    rejects: pl.DataFrame

    @property
    def shops(self) -> set[str]:
        """The shops that have a good record."""
        return {shop for shop, _ in self.entries}


def read_stock(source: Any, catalog: Catalog | None = None) -> Stock:
    """The stock in a file or table, or in several: a list of them or of (shop, source), or {shop: source}.

    Needed is an id column, and one for quantities or prices; shops come from a column, from the mapping's
    key, or from the file's name. A record that cannot be used (no such product, an unreadable quantity,
    price or time, a key that occurs twice) is a reject. Raises `FeedError` where a source is no stock.
    """
    sheets = tuple(read_sheet(given, shop) for shop, given in _sources(source))
    parts, notes, columns = [], [], []
    for place, sheet in enumerate(sheets):
        found = _columns(sheet)
        part, rejects = _read(sheet, found, catalog, place)
        columns.append(found)
        parts.append(part)
        notes.append(rejects_table([*_kept(sheet.rejects), *rejects], sheet.name))
    table = pl.concat(parts)
    twice = table.select("shop", "id").is_duplicated()
    for place, sheet in enumerate(sheets):
        repeated = table.filter(twice & (table["sheet"] == place))
        found_twice = [
            Reject(row, "id", identifier, f"{shop}/{identifier} occurs more than once", FLAGGED)
            for shop, identifier, row in repeated.select("shop", "id", "record").iter_rows()
        ]
        notes.append(rejects_table(found_twice, sheet.name))
    entries = {(entry.shop, entry.id): entry for entry in _entries(table.filter(~twice))}
    return Stock(catalog, entries, sheets, tuple(columns), pl.concat(notes))


def entries_of_sheet(sheet: Sheet, catalog: Catalog | None, place: int = 0) -> list[Entry]:
    """What the good records of one sheet say, keys that occur twice included."""
    return _entries(_read(sheet, _columns(sheet), catalog, place)[0])


def _entries(table: pl.DataFrame) -> list[Entry]:
    return [Entry(*row) for row in table.select(Entry._fields).iter_rows()]


def _sources(source: Any) -> list[tuple[str | None, Any]]:
    if isinstance(source, Mapping):
        return list(source.items())
    several = isinstance(source, Sequence) and not isinstance(source, str | os.PathLike)
    listed = list(source) if several else [source]
    found = [given if isinstance(given, tuple) else (None, given) for given in listed]
    if not found:
        raise FeedError("No stock was given.", "Quantities and prices are read from it.", "Name a file.")
    return found


def _columns(sheet: Sheet) -> dict[str, str]:
    """Attribute → column of a sheet; `FeedError` where ids, or quantities and prices, are missing."""
    names = sheet.table.columns
    numeric = [
        name
        for name in names
        if sheet.table.height == 0 or sheet.table[name].str.strip_chars().str.contains(_NUMBER).any()
    ]
    quantities = {"quantity": _NAMES["quantity"]}  # "stock: yes" is no quantity, so numbers are asked for
    others = {name: known for name, known in _NAMES.items() if name != "quantity"}
    found = {attribute: column for column, attribute in found_columns(names, others).items()}
    free = [name for name in numeric if name not in found.values()]
    found |= {attribute: column for column, attribute in found_columns(free, quantities).items()}
    if "price" not in found and (priced := [name for name in names if price_currency(name)]):
        found["price"] = priced[0]
    if "id" not in found or not {"quantity", "price"} & found.keys():
        raise FeedError(
            f"{sheet.name} has the columns {', '.join(names) or 'none'}.",
            "A stock has an id, and a quantity or a price.",
            "Name these columns id, quantity and price.",
        )
    return found


def _read(
    sheet: Sheet, found: dict[str, str], catalog: Catalog | None, place: int
) -> tuple[pl.DataFrame, list[Reject]]:
    """The good records of a sheet as the columns of `Entry`, and rejects for the others."""
    table = _under_names(sheet, found)
    quantities, no_quantity = _quantities(table["quantity"], found.get("quantity") in sheet.exact)
    prices, no_price = _prices(table, found, sheet)
    moments = times(table["updated_at"])
    unread = pl.when(table["updated_at"].is_not_null() & moments.is_null()).then(pl.lit("not a time"))
    reasons = {
        "id": _strangers(table, catalog),
        "quantity": no_quantity,
        "price": no_price,
        "updated_at": pl.select(unread).to_series(),
    }
    good = pl.Series([True] * table.height, dtype=pl.Boolean)
    rejects: list[Reject] = []
    for attribute, why in reasons.items():
        bad = good & why.is_not_null()
        rows = zip(table[ROW].filter(bad), table[attribute].filter(bad), why.filter(bad), strict=True)
        rejects += [Reject(row, attribute, value, reason, FLAGGED) for row, value, reason in rows]
        good &= ~bad
    read = pl.DataFrame(
        {
            **{name: table[name] for name in ("shop", "id")},
            "quantity": quantities,
            **{name: prices[name] for name in ("price", "currency")},
            "updated_at": moments,
            "quantity_text": _texts(sheet, found, "quantity").fill_null(""),
            "price_text": _texts(sheet, found, "price").fill_null(""),
            "sheet": pl.Series([place] * table.height, dtype=pl.Int64),
            "record": table[ROW],
        }
    )
    return read.filter(good), rejects


def _under_names(sheet: Sheet, found: dict[str, str]) -> pl.DataFrame:
    """The sheet's texts under attribute names, null where a cell is blank, with `ROW` numbers."""
    texts = {name: _texts(sheet, found, name).str.strip_chars() for name in _NAMES}
    filled = [pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in _NAMES]
    table = pl.DataFrame(texts).with_columns(filled)
    numbers = pl.Series(ROW, sheet.records, dtype=pl.Int64)
    return table.with_columns(numbers, pl.col("shop").fill_null(sheet.shop))


def _texts(sheet: Sheet, found: dict[str, str], attribute: str) -> pl.Series:
    if attribute in found:
        return sheet.table[found[attribute]]
    return pl.Series([None] * sheet.table.height, dtype=pl.String)


def _strangers(table: pl.DataFrame, catalog: Catalog | None) -> pl.Series:
    """Why a record's key names no product; null where it names one."""
    known = pl.Series([True] * table.height, dtype=pl.Boolean)
    if catalog is not None:
        known = pl.Series(catalog.rows_of(table.select("shop", "id")) >= 0)
    stranger = pl.format("the space has no such product of shop {}", table["shop"])
    why = pl.when(table["id"].is_null()).then(pl.lit("no id")).when(~known).then(stranger)
    return pl.select(why).to_series()


def _quantities(texts: pl.Series, exact: bool) -> tuple[pl.Series, pl.Series]:
    """The quantities, and why one cannot be read."""
    doubtful = texts.str.contains(_GROUPED) & (not exact)
    number = texts.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    fits = texts.str.contains(_NUMBER) if not exact else number.is_finite()
    number = pl.select(pl.when(fits & ~doubtful).then(number)).to_series()
    why = pl.when(doubtful).then(pl.lit("the sign in it may group thousands or be a decimal one"))
    return number, pl.select(
        why.when(texts.is_not_null() & number.is_null()).then(pl.lit("not a number"))
    ).to_series()


def _prices(table: pl.DataFrame, found: dict[str, str], sheet: Sheet) -> tuple[pl.DataFrame, pl.Series]:
    """Prices and currencies, and why a price cannot be used."""
    exact = found.get("price") in sheet.exact
    given = table.select(ROW, "price", *(["currency"] if "currency" in found else []))
    read, notes = clean_prices(given, exact)
    named = price_currency(found["price"]) if "price" in found else None
    read = read.with_columns(pl.col("currency").fill_null(pl.lit(named, dtype=pl.String)))
    bad = notes.filter(pl.col("reason") != "zero").select(pl.col("row").alias(ROW), "reason")
    why = table.select(ROW).join(bad, on=ROW, how="left", maintain_order="left")["reason"]
    return read, why


def _kept(rejects: list[Reject]) -> list[Reject]:
    return [reject._replace(action=FLAGGED) for reject in rejects]
