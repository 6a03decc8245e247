"""Hard negatives: products that look alike and are not the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from shelfspace.data.catalog import Catalog
from shelfspace.data.cleaning.unit_words import WORDS
from shelfspace.data.cleaning.units import quantities
from shelfspace.data.neighbours import Neighbours
from shelfspace.errors import OptionError

Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]
UInt64 = npt.NDArray[np.uint64]

_UNIT_COLUMN = {unit: column for column, unit in enumerate(WORDS)}
_COLOR, _SIZE, _CODE = (len(_UNIT_COLUMN) + place for place in range(3))
_N_FACTS = len(_UNIT_COLUMN) + 3
# Letters first, a digit somewhere; a word that begins with digits may be a quantity ("500gb").
_TITLE_CODE = r"\b[a-z][a-z/_-]*[0-9][a-z0-9/_-]*"
_CODE_LENGTH = 4
_TOLERANCE = 0.01  # quantities nearer than this share, the rounding of 15.6" to 39.6 cm, are equal


def known_mask(left: Int64, right: Int64, n: int) -> sparse.csr_array:
    """The pairs of rows as a symmetric bool CSR `[n, n]`; pairs with a row of -1 are left out.

    Raises `OptionError` where the sides differ in length or a row is n or more.
    """
    if len(left) != len(right) or max(left.max(initial=-1), right.max(initial=-1)) >= n:
        raise OptionError(
            f"{len(left)} left rows and {len(right)} right rows up to "
            f"{max(left.max(initial=-1), right.max(initial=-1))} were given for {n} products.",
            "Both sides are of one length, and rows count from 0 to the number of products less 1.",
            "Take the rows from rows_of_pairs with the same catalogue.",
        )
    there = (left >= 0) & (right >= 0)
    rows = np.concatenate([left[there], right[there]])
    columns = np.concatenate([right[there], left[there]])
    matrix = sparse.csr_array((np.ones(len(rows), np.bool_), (rows, columns)), shape=(n, n))
    matrix.sum_duplicates()
    return matrix


def contains(matrix: sparse.csr_array, rows: Int64, columns: Int64) -> Bool:
    """Whether `matrix` holds each cell (rows[i], columns[i, j]), bool `[n, k]`; false for a column of -1."""
    chosen = sparse.csr_array(matrix[rows])
    chosen.eliminate_zeros()
    numbers, width = np.arange(len(rows), dtype=np.int64), int(matrix.shape[1])
    held = np.repeat(numbers, np.diff(chosen.indptr)) * width + chosen.indices
    found: Bool = np.isin(numbers[:, None] * width + columns, held) & (columns >= 0)
    return found


def hard_negatives(
    anchors: Int64,
    neighbours: Neighbours,
    positives: sparse.csr_array,
    n_each: int,
    rng: np.random.Generator,
    *,
    preferred: sparse.csr_array | None = None,
) -> Int64:
    """For each anchor row `n_each` of its neighbours that are not known to be the same, int64 `[n, n_each]`.

    `neighbours` are the lexically nearest of each anchor. The choice among them is uniform and without
    repetition, though cells of `preferred` come first: the variants of an anchor, or, between shops,
    `known_mask(…) @ known_mask(…)` of its matches' variants. Never the anchor itself nor a cell of
    `positives` (bool, all rows by all rows); -1, at the end, where no neighbour is left.

    Raises `OptionError` where anchors and neighbours differ in number or `n_each` is negative.
    """
    if len(anchors) != len(neighbours) or n_each < 0:
        raise OptionError(
            f"{len(anchors)} anchors, neighbours of {len(neighbours)} and n_each={n_each} were given.",
            "Each anchor has its neighbours, and n_each is 0 or more.",
            "Ask for the neighbours of these anchors, in their order.",
        )
    ids = neighbours.ids
    order = rng.random(ids.shape)
    if preferred is not None:
        order -= contains(preferred, anchors, ids)
    order[(ids < 0) | (ids == anchors[:, None]) | contains(positives, anchors, ids)] = np.inf
    best = np.argsort(order, axis=1)[:, :n_each]
    taken = np.take_along_axis(np.where(np.isinf(order), -1, ids), best, axis=1)
    return np.pad(taken, ((0, 0), (0, n_each - taken.shape[1])), constant_values=-1).astype(np.int64)


def variant_negatives(catalog: Catalog, rows: Int64 | None = None, *, k: int = 8) -> Int64:
    """For each of `rows` (None: all) up to k rows that are a variant of it, int64 `[n, k]`, nearest first.

    They are of the same shop and the same brand, or else the same `item_group_id`, stand next to it when
    sorted by group and by the title's words without its numbers, and differ in at least one fact that both
    state: colour, size, model code or a quantity in the title. Of one shop, because two shops say the same
    colour in two ways, and the size of the box where the other gives that of the screen, while one shop lists
    a product once. -1 where there are fewer. Raises `OptionError` for k below 1.
    """
    if k < 1:
        raise OptionError(f"k={k} was given.", "At least one variant is asked for.", "Give k=1 or more.")
    facts = _facts(catalog)
    block, order = _shelves(catalog)
    n = len(catalog)
    beside = np.full((n, 2 * k), -1, np.int64)
    for step in range(1, min(k, n - 1) + 1):
        one, other = order[:-step], order[step:]
        apart = (block[one] == block[other]) & (block[one] >= 0)
        apart[apart] = _differ(facts[one[apart]], facts[other[apart]])
        beside[one[apart], 2 * step - 2] = other[apart]
        beside[other[apart], 2 * step - 1] = one[apart]
    if rows is not None:
        beside = beside[rows]
    found_first = np.argsort(beside < 0, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(beside, found_first, axis=1)


def _shelves(catalog: Catalog) -> tuple[Int64, Int64]:
    """The block of each row (shop and brand, or group; -1 without both), and the rows in sorted order."""
    words = pl.col("title").str.to_lowercase().str.replace_all(r"\S*[0-9]\S*", "").str.strip_chars()
    family = pl.coalesce(
        pl.lit("b ") + pl.col("brand").str.to_lowercase(), pl.lit("g ") + pl.col("item_group_id")
    )
    table = catalog.table.select("shop", "item_group_id", family=family, words=words).with_row_index("row")
    block = pl.when(pl.col("family").is_not_null()).then(
        pl.struct("shop", "family").rank("dense").cast(pl.Int64)
    )
    order = table.sort("shop", "family", "item_group_id", "words", "row")["row"]
    return (
        table.select(block.fill_null(-1)).to_series().to_numpy().astype(np.int64),
        order.to_numpy().astype(np.int64),
    )


def _facts(catalog: Catalog) -> UInt64:
    """What each row states, uint64 `[n, facts]`: a column for each kind, its values as bits, 0 for nothing.

    The bits are hashes: now and then two values share one and a variant goes unseen, never the reverse.
    """
    facts = np.zeros((len(catalog), _N_FACTS), np.uint64)
    for row, column, values in (*_stated(catalog), _quantities(catalog)):
        np.bitwise_or.at(facts, (row, column), np.uint64(1) << (values % np.uint64(64)))
    return facts


def _stated(catalog: Catalog) -> list[tuple[Int64, Int64, UInt64]]:
    """Rows, fact columns and hashed values of colour, size and the model codes."""
    numbered = catalog.table.with_row_index("row")
    codes = numbered.select(
        "row",
        pl.concat_list(
            pl.col("title").str.to_lowercase().str.extract_all(_TITLE_CODE).fill_null([]),
            pl.concat_list(pl.col("mpn").str.to_lowercase()),
        ).alias("value"),
    ).explode("value", empty_as_null=True)
    codes = codes.with_columns(pl.col("value").str.replace_all(r"[^\p{L}\p{N}]", ""))
    tables = {
        _COLOR: numbered.select("row", pl.col("color").str.to_lowercase().alias("value")),
        _SIZE: numbered.select("row", pl.col("size").str.to_lowercase().alias("value")),
        _CODE: codes.filter(pl.col("value").str.len_chars() >= _CODE_LENGTH),
    }
    parts = []
    for column, table in tables.items():
        table = table.drop_nulls("value")
        rows = table["row"].to_numpy().astype(np.int64)
        parts.append((rows, np.full(len(rows), column), table["value"].hash(7).to_numpy()))
    return parts


def _quantities(catalog: Catalog) -> tuple[Int64, Int64, UInt64]:
    """Rows, fact columns and values of the quantities, each value in the two nearest steps of a log scale."""
    read = [
        (row, _UNIT_COLUMN[quantity.unit], quantity.value)
        for row, title in enumerate(catalog.table["title"].fill_null(""))
        for quantity in quantities(title)
    ]
    table = np.array(read, np.float64).reshape(-1, 3)
    steps = np.log(np.maximum(np.abs(table[:, 2]), 1e-9)) / _TOLERANCE
    both = np.concatenate([np.floor(steps), np.floor(steps + 0.5)]).astype(np.int64).astype(np.uint64)
    mixed = (both * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(58)
    rows, columns = (np.tile(table[:, place].astype(np.int64), 2) for place in (0, 1))
    return rows, columns, mixed


def _differ(one: UInt64, other: UInt64) -> Bool:
    """Whether some fact is stated in both, and no value of it is the same, bool `[m]`."""
    apart: Bool = ((one != 0) & (other != 0) & ((one & other) == 0)).any(axis=1)
    return apart
