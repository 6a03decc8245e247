"""Add: new and changed products of any shops join a space, and its clusters, without a new fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.images import Photos
from shelfspace.data.images.product_photos import product_photos
from shelfspace.data.readers.read_catalog import Source, read_catalog
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.product import ProductEncoder
from shelfspace.encoders.tokens import Int64
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.clusters.cluster import learned_neighbours
from shelfspace.tasks.clusters.clusters import ARTIFACTS, Clusters
from shelfspace.tasks.clusters.grow import grown, suggestions
from shelfspace.tasks.clusters.pool import Pool
from shelfspace.tasks.match.matcher import artifact_name, refreshed
from shelfspace.tasks.match.tuned import VECTORS
from shelfspace.views.aliases import ALIASES, Aliases, with_aliases


@dataclass(frozen=True)
class Added:
    """What came of adding products: the new `space`, how many products are `new` and how many `updated`.

    `joined` counts those that went to a cluster there was; `suggested` are the splits and merges of older
    clusters that the evidence now suggests, which `clusters_of(space, revise=True)` would make.
    """

    space: Space
    new: int
    updated: int
    joined: int
    suggested: pl.DataFrame


def add(space: Space, source: Catalog | Source, *, images: str | Path | None = None) -> Added:
    """The space with more products: new ones behind its own, those of a known (shop, id) replaced.

    `source` is a catalogue, or feeds as `read_catalog` takes them; `images` the folder of their photos, for a
    space that was fitted with photos. Products whose photos are not given are taken to have none.

    They are embedded with the space's encoder, which learns nothing. If the space has clusters, new products
    join those there are, or make new ones; no cluster is split or merged and no id changes. Stored matches of
    the shops concerned are looked for again with the scorer that was learned; one that rests on a fine-tuned
    text model, which new products lack, is given up, and learned anew when it is needed. `space` itself stays
    as it is.

    Raises `OptionError` where there is nothing to add, and what `read_catalog` raises.
    """
    catalog = source if isinstance(source, Catalog) else read_catalog(source)
    if not len(catalog):
        raise OptionError("There are no products to add.", "A feed has some.", "Look at its rejects.")
    if ALIASES in space.artifacts:
        catalog = with_aliases(catalog, Aliases.from_json(space.artifacts[ALIASES].decode()))
    places = space.catalog.rows_of(catalog.table)
    known = places >= 0
    table, changed = _merged(space.catalog, catalog, places)
    merged = Catalog(table, mapping={**space.catalog.mapping, **catalog.mapping})
    vectors = np.concatenate([space.vectors, np.zeros(((~known).sum(), space.dim), np.float32)])
    fresh = merged.take(changed)
    photos = None if images is None else _photos(space, fresh, images)
    vectors[changed] = space.encoder.encode(Listings.of_catalog(fresh, photos))
    others = {name: blob for name, blob in space.artifacts.items() if name not in ARTIFACTS}
    figures = dict(space.figures)
    larger = Space(merged, space.encoder, vectors, space.pairs, figures, space.seed, others, space.events)
    larger = _rematched(larger, set(catalog.shops))
    kept = Clusters.from_artifacts(space.catalog, space.artifacts)
    joined, suggested = 0, suggestions(None)
    if kept is not None:
        found = grown(kept, Pool.of(merged, learned_neighbours(larger)), changed)
        larger.artifacts.update(found.artifacts())
        new = np.arange(len(space.catalog), len(merged))
        joined = sum(found.ids[row] in kept.known_ids for row in new.tolist())
        suggested = suggestions(found)
    return Added(larger, int((~known).sum()), int(known.sum()), joined, suggested)


def _photos(space: Space, catalog: Catalog, images: str | Path) -> Photos:
    """The photos of new and changed products, as the space's encoder wants them."""
    if not isinstance(space.encoder, ProductEncoder):
        raise OptionError(
            "Photos were given for a space that was fitted without.",
            "A space learns photos when it is fitted.",
            "Fit it again with images, or leave them out here.",
        )
    return product_photos(catalog, images, size=space.encoder.photo_size)


def _merged(old: Catalog, more: Catalog, places: Int64) -> tuple[pl.DataFrame, Int64]:
    """The table with known products replaced and new ones appended, and the rows that are not as before."""
    both = pl.concat([old.table, more.table], how="diagonal")
    order = np.arange(len(old))
    known = np.flatnonzero(places >= 0)
    order[places[known]] = len(old) + known
    table = both[np.concatenate([order, len(old) + np.flatnonzero(places < 0)])]
    differs = (both[places[known]].hash_rows() != both[len(old) + known].hash_rows()).to_numpy()
    fresh = np.arange(len(old), table.height)
    return table, np.sort(np.concatenate([places[known][differs], fresh]))


def _rematched(space: Space, shops: set[str]) -> Space:
    """The space whose stored matches are those of its present products, as far as they concern `shops`."""
    stored = {name.split(".")[0] for name in space.artifacts if name.startswith("match-")}
    if not stored:
        return space
    artifacts = dict(space.artifacts)
    for left in space.catalog.shops:
        for right in space.catalog.shops:
            name = artifact_name(left, right)
            if not {left, right} & shops or name not in stored:
                continue
            if f"{name}.{VECTORS}" in artifacts:
                artifacts = {other: blob for other, blob in artifacts.items() if not other.startswith(name)}
            else:
                artifacts.update(refreshed(space, left, right).artifacts(left, right))
    return replace(space, artifacts=artifacts)
