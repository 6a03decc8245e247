"""From a chunk of a feed to products: columns named, cleaned, keyed, and each key once."""

from __future__ import annotations

import polars as pl

from shelfspace.data.aliases import key, mapped, price_currency
from shelfspace.data.catalog import Catalog
from shelfspace.data.cleaning.details import with_details_lifted
from shelfspace.data.cleaning.empty import NOTHING, WORDS, without_empty
from shelfspace.data.cleaning.outliers import PriceOutliers
from shelfspace.data.cleaning.products import ROW, clean_products
from shelfspace.data.readers.chunk import FLAGGED, Chunk, Reject, rejects_table
from shelfspace.data.readers.encoding import GUESSED, LOST
from shelfspace.data.readers.keys import Keys
from shelfspace.data.schema import REJECTS_SCHEMA, SCHEMA

EXTRA_COLUMNS = 64
#: A title or an id may be a word that elsewhere says nothing; a price that is not a number is worth a note.
_EMPTY = {"title": NOTHING, "id": NOTHING, "price": WORDS - {"nan"}}
_MARKS = {
    GUESSED: "bytes that are not UTF-8, read as Windows-1252",
    LOST: "bytes that its encoding does not know",
    "\0": "NUL bytes, removed",
}


class Intake:
    """Turns the chunks of one feed into catalogues, remembering what must hold over the whole feed."""

    def __init__(self, name: str, shop: str, forced_shop: bool, mapping: dict[str, str], keys: Keys) -> None:
        self.name = name
        self.shop = shop
        self.forced_shop = forced_shop
        self.given = mapping
        self.keys = keys
        self.used: dict[str, str] = {}
        self.columns: dict[str, None] = {}
        self.kept = 0
        self._outliers = PriceOutliers()
        self._extras: dict[str, None] = {}
        self._numbered = self._crowded = False

    def catalog(self, chunk: Chunk) -> Catalog:
        """The products of a chunk that can be kept, and its rejects."""
        rejects = list(chunk.rejects)
        self.columns.update(dict.fromkeys(chunk.table.columns))
        columns = mapped(chunk.table.columns, self.given)
        self.used.update(columns)
        notes = [] if not chunk.marked else _marked(chunk, columns)
        if chunk.table.height == 0 or not set(columns.values()) - {"shop"}:
            return Catalog(pl.DataFrame(schema=SCHEMA), self._rejects(rejects, notes), columns)
        table = with_details_lifted(self._named(chunk, columns))
        price_columns = {name for name, attribute in columns.items() if attribute == "price"}
        cleaned = clean_products(table, exact_price=bool(price_columns) and price_columns <= chunk.exact)
        table, keyless = self._keyed(_with_currency(cleaned.table, columns))
        table, repeats = self.keys.without_repeats(table)
        notes += [*cleaned.notes, *keyless, repeats]
        if "price" in table.columns:
            notes.append(self._outliers.notes(table))
        table, more = self._within(table)
        self.kept += table.height
        return Catalog(_schematic(table), self._rejects(rejects + more, notes), columns)

    def _named(self, chunk: Chunk, columns: dict[str, str]) -> pl.DataFrame:
        """The chunk under attribute names, empty cells null; of two columns for one, the first filled."""
        table = chunk.table
        if chunk.marked:
            table = table.with_columns(pl.all().str.replace_all(f"[\\x00{GUESSED}]", ""))
        serving: dict[str, list[str]] = {}
        for name, attribute in columns.items():
            serving.setdefault(attribute, []).append(name)
        first = {names[0] for names in serving.values()}
        chosen = [
            pl.coalesce(without_empty(name, among=_EMPTY.get(attribute, WORDS)) for name in names).alias(
                attribute
            )
            for attribute, names in serving.items()
        ]
        others = [without_empty(name).alias(_free(name)) for name in self._others(table, first)]
        return table.select(pl.Series(ROW, chunk.rows, dtype=pl.Int64), *chosen, *others)

    def _others(self, table: pl.DataFrame, first: set[str]) -> list[str]:
        """The feed's own columns that may be worth keeping: those kept so far, and new ones with content."""
        names = [name for name in table.columns if name not in first]
        if len(names) > 4 * EXTRA_COLUMNS:  # a wide table: only look as far as there can be room
            filled = (name for name in names if (table[name].fill_null("") != "").any())
            names = [name for _, name in zip(range(4 * EXTRA_COLUMNS), filled, strict=False)]
        return names

    def _keyed(self, table: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
        """The table with a shop and an id in every row, and notes on ids that were made."""
        own = (
            pl.col("shop")
            if "shop" in table.columns and not self.forced_shop
            else pl.lit(None, dtype=pl.String)
        )
        table = table.with_columns(pl.coalesce(own, pl.lit(self.shop)).alias("shop"))
        had_ids = "id" in table.columns
        if had_ids and not table["id"].null_count():
            return table, []
        given = pl.col("id") if had_ids else pl.lit(None, dtype=pl.String)
        stand_ins = [pl.col(name) for name in ("link", "mpn") if name in table.columns]
        stand_in = pl.coalesce(*stand_ins) if stand_ins else pl.lit(None, dtype=pl.String)
        stand_in = pl.when(stand_in.is_unique()).then(stand_in)
        number = pl.col(ROW).cast(pl.String)
        table = table.with_columns(
            given.is_null().alias("\0made"),
            pl.coalesce(given, stand_in, pl.concat_str(pl.lit("row "), number) if had_ids else number).alias(
                "id"
            ),
        )
        made = table.filter("\0made").select(
            pl.col(ROW).alias("row"),
            pl.lit("id").alias("attribute"),
            pl.col("id").alias("value"),
            pl.lit("no id in this row: made from its link, model or number").alias("reason"),
            pl.lit(FLAGGED).alias("action"),
        )
        if not had_ids:  # said once for the feed
            reason = pl.lit("no id column: ids are made from the link, model or row number").alias("reason")
            made = made.head(0 if self._numbered else 1).with_columns(reason)
            self._numbered = True
        return table.drop("\0made"), [made]

    def _within(self, table: pl.DataFrame) -> tuple[pl.DataFrame, list[Reject]]:
        """The table without empty own columns and with at most `EXTRA_COLUMNS` of them over the feed."""
        names = [name for name in table.columns if name not in SCHEMA and name != ROW]
        filled = [name for name in names if table[name].null_count() < table.height]
        room = EXTRA_COLUMNS - len(self._extras)
        new = [name for name in filled if name not in self._extras]
        self._extras.update(dict.fromkeys(new[:room]))
        dropped = set(names) - set(filled) | set(new[room:])
        rejects = []
        if len(new) > room and not self._crowded:
            self._crowded = True
            reason = f"only the first {EXTRA_COLUMNS} of the feed's own columns are kept"
            rejects.append(Reject(None, new[room], None, reason, FLAGGED))
        return table.drop(dropped), rejects

    def _rejects(self, rejects: list[Reject], notes: list[pl.DataFrame]) -> pl.DataFrame:
        columns = [pl.col(name).cast(dtype) for name, dtype in list(REJECTS_SCHEMA.items())[1:]]
        source = pl.lit(self.name).alias("source")
        tables = [note.select(source, *columns) for note in notes if note.height]
        return pl.concat([rejects_table(rejects, self.name), *tables]).sort("row", maintain_order=True)

    def unused(self) -> list[Reject]:
        """A note for each column of the given mapping that the feed does not have."""
        known = {key(name) for name in self.columns}
        return [
            Reject(
                None, attribute, column, "the mapping names a column that this feed does not have", FLAGGED
            )
            for column, attribute in self.given.items()
            if key(column) not in known
        ]


def _free(name: str) -> str:
    """A name for one of the feed's own columns that no attribute bears."""
    return f"{name} (feed)" if name in SCHEMA else name


def _with_currency(table: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    """The table with the currency that the price column's name tells, where nothing else does."""
    named = next(
        (unit for name, to in columns.items() if to == "price" and (unit := price_currency(name))), None
    )
    if named is None or "currency" not in table.columns:
        return table
    return table.with_columns(
        pl.when(pl.col("price").is_not_null()).then(pl.coalesce("currency", pl.lit(named))).alias("currency")
    )


def _schematic(table: pl.DataFrame) -> pl.DataFrame:
    """The columns of `SCHEMA` in order, then the feed's own."""
    attributes = [
        (pl.col(name) if name in table.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in SCHEMA.items()
    ]
    return table.select(*attributes, pl.exclude(*SCHEMA, ROW))


def _marked(chunk: Chunk, columns: dict[str, str]) -> list[pl.DataFrame]:
    """Notes on cells with marks of undecodable bytes."""
    notes = []
    for name in chunk.table.columns:
        for mark, reason in _MARKS.items():
            found = chunk.table[name].str.contains(mark, literal=True).fill_null(False)
            if found.any():
                shown = chunk.table[name].filter(found).str.replace_all(f"[\\x00{GUESSED}]", "")
                row = chunk.rows.filter(found)
                attribute = columns.get(name, name)
                notes.append(
                    pl.DataFrame({"row": row, "value": shown.str.slice(0, 200)}).with_columns(
                        attribute=pl.lit(attribute), reason=pl.lit(reason), action=pl.lit(FLAGGED)
                    )
                )
    return notes
