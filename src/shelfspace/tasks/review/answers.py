"""What becomes of labels that people give: they are kept in the space, and the space learns from them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shelfspace.data.pairs import Pairs
from shelfspace.data.readers.read_pairs import read_pairs
from shelfspace.data.table_schema import schema_of
from shelfspace.errors import PairsError
from shelfspace.space.space import Space
from shelfspace.tasks.fit import fit
from shelfspace.tasks.match.matcher import artifact_name
from shelfspace.tasks.match.study import STEPS


def with_labels(space: Space, labels: Any) -> Space:
    """The same space with more labelled pairs; `labels` are `Pairs`, or a file or table of `read_pairs`.

    A label on a pair that has one already replaces it. What the space had kept of matching the shops of these
    pairs was learned without them, so it is left out: the next question learns it again, from all labels.
    The encoder stays as it is until the space is fitted again (see `relearned`). Pairs whose label is not
    filled in are passed over.

    Raises `PairsError` where a pair names a product that the space does not hold, and what `read_pairs`
    raises.
    """
    pairs = labels if isinstance(labels, Pairs) else read_pairs(labels, space.catalog)
    for side in ("left", "right"):
        missing = space.catalog.rows_of(pairs.table, f"{side}_shop", f"{side}_id") < 0
        if missing.any():
            shop, identifier = pairs.table.select(f"{side}_shop", f"{side}_id").row(int(missing.argmax()))
            raise PairsError(
                f"{int(missing.sum())} pairs name no product of this space, such as {shop!r} {identifier!r}.",
                "Labels are about two products of the space.",
                "Name shops and ids as the feeds do.",
            )
    touched = set(pairs.table.select("left_shop", "right_shop").unique().rows())
    stale = {artifact_name(*shops) for pair in touched for shops in (pair, pair[::-1])}
    kept = {name: blob for name, blob in space.artifacts.items() if name.split(".")[0] not in stale}
    labelled = replace(space, pairs=space.pairs.amended(pairs), artifacts=kept)
    labelled.part("index", lambda: space.index)
    return labelled


def relearned(space: Space, *, preset: str | None = None) -> Space:
    """The space fitted again from its own products, labels and events, by default as it was made.

    A query log is not kept in a space: what it taught to search by is given up, and the listings' own words
    weigh the signals again.
    """
    chosen = preset or str(space.figures.get("preset", "balanced"))
    return fit(
        space.catalog,
        pairs=space.pairs,
        preset=next((name for name in STEPS if name == chosen), "balanced"),
        encoder=str(space.figures.get("encoder", "static")),
        seed=space.seed,
        events=space.events if len(space.events) else None,
        schema=schema_of(space.artifacts),
    )
