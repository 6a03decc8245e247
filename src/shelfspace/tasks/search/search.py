"""Search by text, where the words of the query and its learned vector count together, or by a photo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.images import read_photos
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.recommend.observe import histories_of
from shelfspace.tasks.search.ranking import ranking_of
from shelfspace.tasks.search.signals import POOL, reader_of
from shelfspace.tasks.similar import listed

_TASTE = 0.25  # of a user beside the relevance


def search(
    space: Space,
    text: str = "",
    k: int = 10,
    *,
    image: str | Path | bytes | None = None,
    where: str | None = None,
    user: str | None = None,
) -> pl.DataFrame:
    """The k products that fit the query best, best first, with columns shop, id, title, brand, price, score.

    `score` is how probable it is that the product fits, 0…1, by its words, their letters and the learned
    vectors, as far as the space has learned to weigh them (see `learn_ranking`); plus up to 1 where the name
    holds a model code of a short query that few listings have; plus 2 where the query is the product's id,
    gtin or mpn. `where` is an SQL filter over the catalogue's columns, such as "price < 50 and brand =
    'bose'"; k products are still found where it lets so many through. Products that share nothing with the
    query are left out, and those below the relevance that fitting products were found to have.

    For a `user` of the space's events products near to what they have taken come earlier: nearness
    to the mean of these adds up to a quarter to the score. One who was never seen gets what everybody gets.

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
    found, scores = related(space, text, max(POOL, 2 * k), rows)
    if user is not None:
        scores = scores + np.float32(_TASTE) * _affinity(space, user, found)
        order = np.argsort(-scores, kind="stable")
        found, scores = found[order], scores[order]
    return listed(space, found[:k], scores[:k])


def did_you_mean(space: Space, text: str) -> str | None:
    """The query without slips of the keys; None where every word is known, or nothing is near.

    Only words that no product of the space has are looked at. The search itself heeds it already.
    """
    return reader_of(space).corrected(text)


def related(
    space: Space, text: str, pool: int, rows: npt.NDArray[np.int64] | None = None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The rows and the scores of all products that fit, best first, at least the `pool` best of them."""
    reader, ranking = reader_of(space), ranking_of(space)
    looked = reader.look(text, ranking.query_words, pool=pool, rows=rows)
    ranked, relevance = ranking.ranked(reader, [text], looked)
    told = relevance[0] - ranked.exact[0]
    best = float(told.max(initial=0.0))
    kept = ranked.related()[0] & (told >= min(ranking.least, best / 2))
    if best < ranking.least:  # nothing fits wholly: what has a word of the query is better than no answer
        kept &= ranked.signals["words"][0] > 0
    return ranked.rows[0][kept], relevance[0][kept].astype(np.float32)


def _affinity(space: Space, user: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """How near products lie to what a user has taken, 0 the farthest of them and 1 the nearest.

    0 for all where the user has no history.
    """
    taken = histories_of(space).of_user(user)
    weights = np.ones(len(taken.items)) if taken.weights is None else np.asarray(taken.weights, np.float64)
    profile = weights @ space.vectors[taken.items]
    profile = profile / max(float(np.linalg.norm(profile)), 1e-12)
    near = np.asarray(space.vectors[rows] @ profile, np.float32)
    spread = float(np.ptp(near)) if len(near) else 0.0
    return (near - near.min()) / np.float32(spread) if spread > 0 else np.zeros(len(rows), np.float32)


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
