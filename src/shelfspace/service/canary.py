"""Whether a version that was just opened answers as a space should, before anybody is shown it."""

from __future__ import annotations

import numpy as np
import polars as pl

from shelfspace.errors import ShelfspaceError, SpaceError
from shelfspace.space import Space

_PRODUCTS = 16  # that are asked for
_SAME = 1e-3  # of cosine; what is as near as the product itself is as good
_FOUND = 0.5  # the share of products that a search for their own titles must find among the best
_BEST = 50


def check_answers(space: Space) -> None:
    """Ask a few products for themselves; `SpaceError` where the space does not answer or does not find them.

    The nearest product to each is itself or its equal; `similar` answers; and searching for their titles
    finds half of them or their namesakes. All that these questions need is then in memory. An empty space
    passes.
    """
    spread = np.linspace(0, len(space) - 1, min(_PRODUCTS, len(space)))
    rows = np.unique(spread.astype(np.int64))
    try:
        filled = [int(row) for row in rows if space.vectors[row].any()]
        _check_nearest(space, filled)
        for row in filled:
            space.similar(_reference(space, row), 1)
        _check_search(space, filled)
        if len(space.events):
            space.recommend(str(space.events.table["user_id"][0]), k=1)
    except SpaceError:
        raise
    except Exception as error:
        raise _refusal(
            f"asking it for a few products failed: {str(error)[:200] or type(error).__name__}"
        ) from error


def check_embedding(space: Space) -> None:
    """Embed a text; `SpaceError` where no finite vector of the right length comes of it."""
    vectors = space.embed(["usb-c charger 65w"])
    if vectors.shape != (1, space.dim) or not np.isfinite(vectors).all():
        raise _refusal("its encoder gives no proper vector for a text")


def _check_nearest(space: Space, rows: list[int]) -> None:
    if not rows:
        return
    # Held against the space's own vectors: an index of other products finds equals in itself all the same.
    nearest = space.neighbours(space.vectors[rows], 1).ids[:, 0]
    for row, near in zip(rows, nearest.tolist(), strict=True):
        if near < 0 or not space.vectors[near] @ space.vectors[row] >= 1 - _SAME:
            raise _refusal(f"the product {_reference(space, row)!r} is not the nearest to itself")


def _check_search(space: Space, rows: list[int]) -> None:
    titles = space.catalog.table["title"]
    check_embedding(space)
    named = [row for row in rows if (titles[row] or "").strip()]
    hits = sum(titles[row] in space.search(titles[row], _BEST)["title"] for row in named)
    if hits < _FOUND * len(named):
        raise _refusal(f"a search for their own titles finds {hits} of {len(named)} products")


def _reference(space: Space, row: int) -> str:
    shop, identifier = space.catalog.table.select(pl.col("shop"), pl.col("id")).row(row)
    return f"{shop}/{identifier}"


def _refusal(what: str) -> ShelfspaceError:
    return SpaceError(
        f"The version was opened, but {what}.",
        "A version that is served finds its own products.",
        "Look at it with shelfspace search, or fit it again.",
    )
