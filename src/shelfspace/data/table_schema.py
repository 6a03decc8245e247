"""What the columns of any table are: text, category, number, image or id; and the table as a catalogue."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from shelfspace.data.aliases import key, mapped
from shelfspace.data.catalog import Catalog
from shelfspace.data.schema import SCHEMA
from shelfspace.errors import FeedError, OptionError

KINDS = ("id", "text", "category", "number", "image", "ignore")
#: The name of the artifact that a space keeps its schema in.
SCHEMA_NAME = "schema.json"

_FLAGS = {"1", "0", "true", "false", "yes", "no"}
_SET = ["1", "true", "yes"]
_NUMERIC = 0.95  # of the cells
_LEAST_REPEATS = 3.0  # rows a category on average
_MOST_LETTERS = 40
_PICTURES = r"(?i)\.(jpe?g|png|webp|gif|bmp|tiff?)(\?.*)?$"
_ADDRESS = r"(?i)^(https?://|www\.)"


@dataclass(frozen=True)
class TableSchema:
    """The kind of each column by its name, one of `KINDS`; the first text is the title.

    Raises `OptionError` for another kind, two ids, two images, or no text at all.
    """

    kinds: Mapping[str, str]

    def __post_init__(self) -> None:
        _check(self.kinds)
        for kind in ("id", "image"):
            if len(self.of_kind(kind)) > 1:
                raise OptionError(
                    f"The schema says {kind} of {', '.join(self.of_kind(kind))}.",
                    f"There is one column of the kind {kind} at most.",
                    "Say ignore of the others.",
                )
        if not self.of_kind("text"):
            raise OptionError(
                f"No column of {', '.join(self.kinds) or 'the table'} is text.",
                "What things are called is text, the first column of it their title.",
                'Say it in a schema: {"NAME": "text"}.',
            )

    def of_kind(self, kind: str) -> list[str]:
        """The columns of a kind, in order."""
        return [name for name, own in self.kinds.items() if own == kind]

    def to_json(self) -> str:
        """The schema as a JSON object of column and kind, ending in a line feed."""
        return json.dumps(dict(self.kinds), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> TableSchema:
        """The schema of a JSON object; `OptionError` where it is none."""
        return cls(_kinds(text, "The schema"))


def schema_of(artifacts: Mapping[str, bytes]) -> TableSchema | None:
    """The schema of the table that a space was fitted on, among its artifacts; None of a product feed."""
    blob = artifacts.get(SCHEMA_NAME)
    return None if blob is None else TableSchema.from_json(blob.decode())


def read_schema(path: str | Path, table: pl.DataFrame) -> TableSchema:
    """The schema that a JSON file says, {"column": "kind", …}; what it leaves out is guessed.

    Texts of the file come before guessed ones, so its first is the title. Raises `FeedError` where the file
    cannot be read, `OptionError` where it is no such object or names a column that the table lacks.
    """
    return TableSchema(read_kinds(path, table))


def read_kinds(path: str | Path, table: pl.DataFrame) -> dict[str, str]:
    """The kind of each column, as `read_schema` says, of a table that may have no text.

    Raises what `read_schema` raises, but for what only things with a title need.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FeedError(
            f"The schema {path} cannot be read ({error}).", "It is a JSON file.", "Check the path."
        ) from None
    said = _kinds(text, str(path))
    columns = {key(name): name for name in table.columns}
    missing = [name for name in said if key(name) not in columns]
    if missing:
        raise OptionError(
            f"{path} names {', '.join(map(repr, missing))}.",
            f"The table has {', '.join(table.columns)}.",
            "Name its columns.",
        )
    known = {columns[key(name)]: kind for name, kind in said.items()}
    guesses = guessed(table)
    if any(kind == "text" for kind in known.values()):
        guesses = {name: kind for name, kind in guesses.items() if kind != "text"} | {
            name: kind for name, kind in guesses.items() if kind == "text"
        }
    for kind in ("id", "image"):  # of which there is one only
        if kind in known.values():
            guesses = {name: "ignore" if own == kind else own for name, own in guesses.items()}
    _check(known)
    return {**known, **{name: kind for name, kind in guesses.items() if name not in known}}


def guess_schema(table: pl.DataFrame) -> TableSchema:
    """The schema that names and cells suggest; `OptionError` where nothing is text.

    A column is the id where every cell is filled and different and it is called one, or else the first such
    column of single words; an image where cells end as picture files do; a number where 95 % of the filled
    cells are, but for 0 and 1, yes and no, true and false, which are categories, as are short texts of which
    three rows or more share each on average. Other cells of several words are text, the one known as a title
    first, then those of most different values. Addresses, and what is left, are ignored.
    """
    return TableSchema(guessed(table))


def guessed(table: pl.DataFrame) -> dict[str, str]:
    """The kind of each column, as `guess_schema` says, texts in order of how well they serve as a title."""
    attributes = mapped(table.columns)
    kinds = {name: _kind(table[name]) for name in table.columns}
    unique = [name for name in table.columns if _identifies(table[name])]
    named = [name for name in unique if attributes.get(name) == "id"]
    if chosen := named or unique:
        kinds[chosen[0]] = "id"
    for name in [name for name, kind in kinds.items() if kind == "image"][1:]:
        kinds[name] = "ignore"
    texts = [name for name, kind in kinds.items() if kind == "text"]
    texts.sort(key=lambda name: (attributes.get(name) != "title", -table[name].n_unique()))
    return {**dict.fromkeys(texts, "text"), **{n: k for n, k in kinds.items() if k != "text"}}


def as_catalog(table: pl.DataFrame, schema: TableSchema, shop: str) -> Catalog:
    """The table as a catalogue of one shop: title, description, details, image and id by the schema.

    The first text is the title, the others make the description; categories are told in the details as
    "column: value", flags by their column's name alone where they are set. Categories and numbers also stay
    as columns of their own. Without an id column rows are numbered from 1; rows without a title, and those
    whose id occurred before, are left out.
    """
    texts, categories = schema.of_kind("text"), schema.of_kind("category")
    ids, images = schema.of_kind("id"), schema.of_kind("image")
    clean = table.with_columns(
        pl.col(name).cast(pl.String).str.strip_chars().replace("", None) for name in table.columns
    )
    own = [*categories, *schema.of_kind("number")]
    made = clean.select(
        pl.lit(shop).alias("shop"),
        pl.col(ids[0]).alias("id") if ids else (pl.int_range(pl.len()) + 1).cast(pl.String).alias("id"),
        pl.col(texts[0]).alias("title"),
        _joined([pl.col(name) for name in texts[1:]], " ").alias("description"),
        (pl.col(images[0]) if images else pl.lit(None, dtype=pl.String)).alias("image_link"),
        details(clean, categories).alias("product_detail"),
        *(pl.col(name).alias(own_name(name)) for name in own),
    )
    return Catalog.from_table(
        made.drop_nulls(["id", "title"]).unique(["shop", "id"], keep="first", maintain_order=True)
    )


def details(table: pl.DataFrame, categories: Sequence[str]) -> pl.Series:
    """What a row's categories say, "column: value; flag that is set"; null where nothing."""
    parts = [_detail(table[name]) for name in categories]
    return table.with_columns(_joined(parts, "; ").alias("product_detail"))["product_detail"]


def own_name(column: str) -> str:
    """The name under which a catalogue keeps a table's column: its own, unless an attribute bears it."""
    return f"{column} (table)" if column in SCHEMA else column


def _check(kinds: Mapping[str, str]) -> None:
    wrong = {name: kind for name, kind in kinds.items() if kind not in KINDS}
    if wrong:
        name, kind = next(iter(wrong.items()))
        raise OptionError(
            f"The schema says that {name!r} is {kind!r}.",
            f"A column is {', '.join(KINDS)}.",
            "Say which.",
        )


def _detail(values: pl.Series) -> pl.Expr:
    column = pl.col(values.name)
    if _is_flag(values):
        return pl.when(column.str.to_lowercase().is_in(_SET)).then(pl.lit(values.name))
    return pl.when(column.is_not_null()).then(pl.concat_str(pl.lit(f"{values.name}: "), column))


def _joined(parts: list[pl.Expr], sign: str) -> pl.Expr:
    """The parts that are there, one after the other; null where none is."""
    if not parts:
        return pl.lit(None, dtype=pl.String)
    return pl.concat_str(parts, separator=sign, ignore_nulls=True).replace("", None)


def _kind(values: pl.Series) -> str:
    cells = values.drop_nulls().cast(pl.String).str.strip_chars()
    cells = cells.filter(cells != "")
    if not len(cells):
        return "ignore"
    if cells.str.contains(_PICTURES).mean() == 1:
        return "image"
    if cells.str.contains(_ADDRESS).mean() == 1:
        return "ignore"
    if _is_flag(cells):
        return "category" if cells.n_unique() > 1 else "ignore"
    if cells.cast(pl.Float64, strict=False).is_not_null().sum() >= _NUMERIC * len(cells):
        return "number"
    letters = cells.str.len_chars().sum() / len(cells)
    if letters <= _MOST_LETTERS and len(cells) / cells.n_unique() >= _LEAST_REPEATS and cells.n_unique() > 1:
        return "category"
    return "text" if cells.str.contains(r"\S\s+\S").sum() >= len(cells) / 2 else "ignore"


def _is_flag(values: pl.Series) -> bool:
    return set(values.drop_nulls().cast(pl.String).str.strip_chars().str.to_lowercase().unique()) <= _FLAGS


def _identifies(values: pl.Series) -> bool:
    """Whether every cell is a word of its own."""
    cells = values.cast(pl.String)
    single = not cells.str.contains(r"\s").any() and not cells.str.contains(_ADDRESS).any()
    return len(cells) > 1 and cells.null_count() == 0 and single and cells.n_unique() == len(cells)


def _kinds(text: str, source: str) -> dict[str, str]:
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict) or not all(isinstance(kind, str) for kind in said.values()):
        raise OptionError(
            f"{source} is no object of columns and kinds.",
            'It is JSON such as {"name": "text", "price": "number"}.',
            f"A kind is one of {', '.join(KINDS)}.",
        )
    return {str(name): kind for name, kind in said.items()}
