"""Synonyms: what the feeds taught a space to call the same, to be read, corrected and added to by people."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from shelfspace.data.readers.named import read_named
from shelfspace.data.schema import ALIAS
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.product import ProductEncoder
from shelfspace.encoders.tokens import normalise
from shelfspace.space.space import Space
from shelfspace.views.aliases import ALIASES, Alias, Aliases, with_aliases

_NAMES = {"term": "word, latin, synonym", "same_as": "other, means, same, alias"}
_SHOWN = {"term": pl.String, "same_as": pl.String, "support": pl.Int64, "origin": pl.String}


def synonyms(space: Space) -> pl.DataFrame:
    """The terms that the space takes for the same: term, same_as, support, origin.

    `support` counts the listings or pairs that said so, `origin` is "brand", "title", "pairs" or "user".
    """
    rows = [(one.latin, one.other, one.support, one.origin) for one in _kept(space).items]
    return pl.DataFrame(rows, schema=_SHOWN, orient="row")


def with_synonyms(space: Space, edited: Any) -> Space:
    """The space with exactly the synonyms of a table, or of the path of one, of columns term and same_as.

    A synonym that the feeds taught and that the table lacks is forgotten; a new one is the user's. What a
    listing says is joined by what that is called too, so search and match meet it under either name, and
    listings whose words change so are embedded anew; in a space with photos they keep their vectors.
    `space` itself stays as it is, and so do matches that are stored with it.

    Raises `FeedError` for what is no table with these columns.
    """
    named = read_named(edited, _NAMES, "term same_as").table.drop_nulls(["term", "same_as"])
    known = {frozenset((one.latin, one.other)): one for one in _kept(space).items}
    items: dict[frozenset[str], Alias] = {}
    for term, same_as in named.select("term", "same_as").iter_rows():
        one, other = normalise(term).strip(), normalise(same_as).strip()
        pair = frozenset((one, other))
        if one and other and one != other:
            items.setdefault(pair, known.get(pair) or Alias(one, other, 0, math.inf, "user"))
    aliases = Aliases(tuple(items.values()))
    catalog = with_aliases(space.catalog, aliases)
    vectors, changed = space.vectors.copy(), _changed(space.catalog.table, catalog.table)
    if len(changed) and not isinstance(space.encoder, ProductEncoder):
        vectors[changed] = space.encoder.encode(Listings.of_catalog(catalog.take(changed)))
    artifacts = {name: blob for name, blob in space.artifacts.items() if name != ALIASES}
    if len(aliases):
        artifacts[ALIASES] = aliases.to_json().encode()
    return replace(space, catalog=catalog, vectors=vectors, artifacts=artifacts)


def _kept(space: Space) -> Aliases:
    return Aliases.from_json(space.artifacts[ALIASES].decode()) if ALIASES in space.artifacts else Aliases()


def _changed(before: pl.DataFrame, after: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The rows whose other names differ."""
    nothing = pl.Series(ALIAS, [None] * before.height, dtype=pl.String)
    one, other = (table[ALIAS] if ALIAS in table.columns else nothing for table in (before, after))
    return np.flatnonzero(one.ne_missing(other).to_numpy())
