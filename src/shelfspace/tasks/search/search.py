"""Search by text, where the words of the query and its learned vector count together, or by a photo."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.images import read_photos
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.search.signals import reader_of
from shelfspace.tasks.similar import listed

_POOL = 50  # candidates from either side, at least
_IDENTIFIERS = ("id", "gtin", "mpn")


def search(
    space: Space,
    text: str = "",
    k: int = 10,
    *,
    image: str | Path | bytes | None = None,
    where: str | None = None,
) -> pl.DataFrame:
    """The k products that fit the query best, best first, with columns shop, id, title, brand, price, score.

    `score` is the mean of the share of the query's words that the listing holds (BM25) and of the cosine of
    their vectors, 0…1; plus 1 where the name holds a model code of the query that few listings have; plus 2
    where the query is the product's id, gtin or mpn. `where` is an SQL filter over the catalogue's columns,
    such as "price < 50 and brand = 'bose'"; k products are still found where it lets so many through.
    Products that share nothing with the query are left out.

    With `image`, a photo's path or bytes, the score is the cosine of its vector with the products', in a
    space that was fitted with photos; words beside it count as much as the photo does.

    Raises `OptionError` for a blank query, a photo that cannot be read or that the space does not know what
    to do with, a k below 1, or whatever is no filter.
    """
    if not text.strip() and image is None:
        raise OptionError(
            "The query is blank.", "A search needs some words or a photo.", "Say what to search for."
        )
    if k < 1:
        raise OptionError(f"k is {k}.", "At least one product is asked for.", "Give 1 or more.")
    rows = None if where is None else space.rows_where(where)
    if image is not None:
        return _by_photo(space, text, image, k, rows)
    vector = space.embed([text])
    words = space.part("bm25", lambda: Bm25.of_listings(Listings.of_catalog(space.catalog)))
    lexical = words.scores(text)
    exact = _bonus(space, words, text)
    near = space.neighbours(vector, max(_POOL, 5 * k), rows=rows).ids[0]
    pool = np.unique(np.concatenate([near[near >= 0], _top(lexical + exact, max(_POOL, 5 * k), rows)]))
    cosine = np.maximum(space.vectors[pool] @ vector[0], 0)
    scores = np.asarray((lexical[pool] + cosine) / 2 + exact[pool], np.float32)
    order = np.lexsort((pool, -scores))[:k]
    order = order[scores[order] > 0]
    return listed(space, pool[order], scores[order])


def _by_photo(
    space: Space, text: str, image: str | Path | bytes, k: int, rows: npt.NDArray[np.int64] | None
) -> pl.DataFrame:
    """The products nearest to a photo, and to words if there are any beside it."""
    vector = space.embed_photos([image])
    if not vector.any():
        name = f"of {len(image):,} bytes" if isinstance(image, bytes) else str(image)
        raise OptionError(
            f"The photo {name} cannot be read: {_reason(image)}",
            "A photo is a JPEG, PNG, WebP, GIF, BMP or TIFF file.",
            "Look at it with another program, or save it anew.",
        )
    if text.strip():
        vector = vector + space.embed([text])
        vector /= max(float(np.linalg.norm(vector)), 1e-12)
    _, found, scores = space.neighbours(vector, k, rows=rows).pairs()
    kept = scores > 0
    return listed(space, found[kept], scores[kept])


def _reason(image: str | Path | bytes) -> str:
    """Why a photo cannot be read, as its reader says."""
    rejects = read_photos([image], size=32).rejects
    return str(rejects["reason"][0]) if rejects.height else "there is nothing in it that this space knows."


def _top(
    scores: npt.NDArray[np.float32], k: int, rows: npt.NDArray[np.int64] | None
) -> npt.NDArray[np.int64]:
    """The rows of the k highest scores above 0, among `rows` where given."""
    allowed = np.flatnonzero(scores > 0) if rows is None else rows[scores[rows] > 0]
    if len(allowed) > k:
        allowed = allowed[np.argpartition(-scores[allowed], k)[:k]]
    return allowed


def _bonus(space: Space, words: Bm25, text: str) -> npt.NDArray[np.float32]:
    """1 for a rare model code in the name, 2 for the identifier itself, `[n]`."""
    bonus = np.zeros(len(space), np.float32)
    bonus[words.rows_of_codes(text)] = 1
    identifiers = space.part("identifiers", lambda: _identifiers(space.catalog.table))
    bonus[identifiers.get(_bare(text), [])] = 2
    return bonus


def _identifiers(table: pl.DataFrame) -> dict[str, list[int]]:
    """The rows of every id, gtin and mpn, however it is written."""
    found: dict[str, list[int]] = {}
    for name in _IDENTIFIERS:
        for row, value in enumerate(table[name]):
            if value is not None and (bare := _bare(value)):
                found.setdefault(bare, []).append(row)
    return found


def _bare(identifier: str) -> str:
    """An identifier without what shops put between its characters, and without a GTIN's leading zeros."""
    return re.sub(r"[\W_]", "", normalise(identifier)).lstrip("0")
