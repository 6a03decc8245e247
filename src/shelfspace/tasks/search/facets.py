"""Facets: what the answers of a search say of their attributes, to narrow it down by."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.search.search import related

_POOL = 1_000  # products that are counted at most, from each side
_RANGES = 4
_COLUMNS = {"attribute": pl.String, "value": pl.String, "products": pl.Int64}


def facets(
    space: Space, text: str, attributes: Sequence[str], *, where: str | None = None, most: int = 10
) -> pl.DataFrame:
    """The values of `attributes` among the products that fit a query: attribute, value, products.

    The commonest come first, `most` of each at most; numbers, such as prices, are put into ranges that hold
    about equally many. About a thousand of the best answers are counted. `where` is a filter as in `search`.

    Raises `OptionError` for a blank query, an attribute that the catalogue lacks, and what is no filter.
    """
    if not text.strip():
        raise OptionError("The query is blank.", "Facets are those of a search.", "Say what to search for.")
    table = space.catalog.table
    unknown = [name for name in attributes if name not in table.columns]
    if unknown or not attributes:
        raise OptionError(
            f"Facets of {', '.join(map(repr, unknown)) or 'nothing'} were asked for.",
            f"The attributes are {', '.join(table.columns)}.",
            "Name some of them.",
        )
    rows, _ = related(space, text, _POOL, None if where is None else space.rows_where(where))
    found = table.select(attributes)[rows]
    parts = [_counted(found[name], most) for name in attributes]
    return pl.concat([pl.DataFrame(schema=_COLUMNS), *parts])


def _counted(values: pl.Series, most: int) -> pl.DataFrame:
    said = values.drop_nulls()
    if said.dtype.is_numeric():
        return _ranges(said)
    counted = said.value_counts(name="products").sort(["products", said.name], descending=[True, False])
    return counted.head(most).select(
        pl.lit(said.name).alias("attribute"),
        pl.col(said.name).cast(pl.String).alias("value"),
        pl.col("products").cast(pl.Int64),
    )


def _ranges(numbers: pl.Series) -> pl.DataFrame:
    """Ranges that hold about equally many of the numbers, "10 to 20", the lowest first."""
    if not len(numbers):
        return pl.DataFrame(schema=_COLUMNS)
    edges = sorted({float(numbers.quantile(part / _RANGES) or 0) for part in range(_RANGES + 1)})
    spans = list(pairwise(edges)) or [(edges[0], edges[0])]
    counts = [
        int(((numbers >= low) & ((numbers < high) | ((number == len(spans) - 1) & (numbers == high)))).sum())
        for number, (low, high) in enumerate(spans)
    ]
    texts = [f"{low:g} to {high:g}" if high > low else f"{low:g}" for low, high in spans]
    if len(spans) == 1 and spans[0][0] == spans[0][1]:
        counts = [len(numbers)]
    return pl.DataFrame(
        {"attribute": [numbers.name] * len(spans), "value": texts, "products": counts}, schema=_COLUMNS
    )
