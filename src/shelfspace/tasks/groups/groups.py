"""Groups of products that are alike, from coarse to fine: a tree with names and medoids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.interactions import Float32, Int64
from shelfspace.errors import OptionError
from shelfspace.tasks.groups.granularity import LEVELS, Resampled, chosen_counts
from shelfspace.tasks.groups.kmeans import sums_of
from shelfspace.tasks.groups.names import Namer
from shelfspace.tasks.groups.tree import LEAVES, MOST_LEAVES, Float64, grow
from shelfspace.tasks.groups.vectors import group_vectors, unit
from shelfspace.tasks.groups.words import TitleWords

if TYPE_CHECKING:
    from shelfspace.space.space import Space

#: The most groups that can be asked for.
MOST_GROUPS = MOST_LEAVES // 2


@dataclass(frozen=True)
class Level:
    """k groups at one granularity, `name` its word or number: each with its path `ids`, name and medoid.

    `labels` int64 `[n]` number the groups of the catalogue's rows, -1 for none; `parents` those of the level
    above; `medoids` are rows of the catalogue.
    """

    name: str
    labels: Int64
    parents: Int64
    ids: list[str]
    names: list[str]
    medoids: Int64

    @property
    def sizes(self) -> Int64:
        """How many offers each group holds `[k]`."""
        return np.bincount(self.labels[self.labels >= 0], minlength=len(self.ids))


@dataclass(frozen=True, eq=False)
class Groups:
    """The rows of `catalog` in `levels` of groups, the coarsest first, each a union of those of the next.

    `vectors` float32 `[n, dim]` are where they stand, `confidences` `[n]` how sure the finest level is, and
    `resampled` tells how steady any number of groups is.
    """

    catalog: Catalog
    vectors: Float32
    levels: tuple[Level, ...]
    confidences: Float64
    resampled: Resampled

    @property
    def finest(self) -> Level:
        """The level that was asked for."""
        return self.levels[-1]

    @property
    def table(self) -> pl.DataFrame:
        """A row an offer: shop, id, group_id, name, size, medoid, confidence; group by group, surest first.

        `medoid` is true for the one that is nearest to its group's middle. `confidence` is 1 in the middle of
        a group and 0.5 where another is as near. Offers of which nothing is known have no group and come
        last.
        """
        level = self.finest
        place = np.where(level.labels < 0, len(level.ids), level.labels)
        medoid = np.zeros(len(place), bool)
        medoid[level.medoids] = True
        ids = pl.Series([*level.ids, None], dtype=pl.String)
        names = pl.Series([*level.names, None], dtype=pl.String)
        sizes = pl.Series([*level.sizes.tolist(), None], dtype=pl.Int64)
        rows = self.catalog.table.select("shop", "id").with_columns(
            ids.gather(place).alias("group_id"),
            names.gather(place).alias("name"),
            sizes.gather(place).alias("size"),
            pl.Series("medoid", medoid),
            pl.Series("confidence", np.round(self.confidences, 4)).fill_nan(None),
            pl.Series("_place", place),
        )
        order = ["_place", "medoid", "confidence"]
        return rows.sort(order, descending=[False, True, True], maintain_order=True).drop("_place")

    @property
    def tree(self) -> pl.DataFrame:
        """A row a group, each under its parent: level, group_id, parent_id, name, size, and its medoid's
        shop, id and title.
        """
        parts = []
        for depth, level in enumerate(self.levels):
            above = self.levels[depth - 1].ids if depth else []
            medoids = self.catalog.table[level.medoids].select("shop", "id", "title")
            parts.append(
                pl.DataFrame(
                    {
                        "level": pl.Series([level.name] * len(level.ids), dtype=pl.String),
                        "group_id": pl.Series(level.ids, dtype=pl.String),
                        "parent_id": pl.Series(
                            [above[one] if above else None for one in level.parents], dtype=pl.String
                        ),
                        "name": pl.Series(level.names, dtype=pl.String),
                        "size": pl.Series(level.sizes, dtype=pl.Int64),
                    }
                ).hstack(medoids.rename({name: f"medoid_{name}" for name in medoids.columns}))
            )
        key = pl.col("group_id").str.split(".").list.eval(pl.element().cast(pl.Int64))
        return pl.concat(parts).sort(key, maintain_order=True)


def group(space: Space, granularity: str | int = "medium", *, seed: int | None = None) -> Groups:
    """The products of a space in groups of like ones, "coarse", "medium", "fine" or as many as a number says.

    A tree joins what is most alike (see `grow`); a granularity is a cut of it, so that finer groups lie
    within coarser ones. "coarse", "medium" and "fine" are the numbers up to n^¼, n^⅜ and √n at which the
    groups are steadiest when products are drawn anew (see `chosen_counts`). A number has those of the three
    that are below it as levels above it. Offers of one product, as `clusters_of` has them, stay together.
    Deterministic by `seed`, that of the space by default.

    Raises `OptionError` for another word, and for a number below 1 or above `MOST_GROUPS`.
    """
    from shelfspace.tasks.clusters import clusters_of

    asked = checked(granularity)
    seed = space.seed if seed is None else seed
    words = TitleWords.of_titles(space.catalog.table["title"].to_list())
    vectors = group_vectors(words, space.vectors, seed=seed)
    product = clusters_of(space).labels
    n_products = int(product.max(initial=-1)) + 1
    weights = np.bincount(product[vectors.any(axis=1)], minlength=n_products).astype(np.float64)
    middles = unit(sums_of(vectors, product, n_products))
    leaves = LEAVES if isinstance(asked, str) else min(max(LEAVES, 2 * asked), MOST_LEAVES)
    grown = grow(middles, weights, leaves=leaves, seed=seed)
    resampled = Resampled.of(grown, middles, weights, seed=seed)
    counts = levels_of(asked, chosen_counts(resampled, int((grown.leaf >= 0).sum())))
    namer = Namer(words, category_paths(space.catalog))
    levels: list[Level] = []
    for name, k in counts.items():
        labels = grown.cut(k)[product] if n_products else np.zeros(0, np.int64)
        levels.append(_level(name, labels, levels[-1] if levels else None, vectors, namer))
    return Groups(
        space.catalog, vectors, tuple(levels), confidences(middles[product], levels[-1].labels), resampled
    )


def checked(granularity: str | int) -> str | int:
    """A granularity as one of the words, or as a number that may be asked for."""
    if granularity in LEVELS:
        return granularity
    try:
        number = int(granularity)
    except ValueError:
        number = 0
    if not 1 <= number <= MOST_GROUPS:
        raise OptionError(
            f"The granularity {granularity!r} was asked for.",
            f"It is product, {', '.join(LEVELS)} or a number of groups from 1 to {MOST_GROUPS:,}.",
            "Choose one; product is for one group a product.",
        )
    return number


def levels_of(asked: str | int, counts: dict[str, int]) -> dict[str, int]:
    """The levels down to the one asked for, each with its number of groups."""
    if isinstance(asked, str):
        names = list(counts)
        return {name: counts[name] for name in names[: names.index(asked) + 1]}
    return {name: k for name, k in counts.items() if k < asked} | {str(asked): asked}


def category_paths(catalog: Catalog) -> list[tuple[str, ...]]:
    """The category path of each product, () for none; of both columns of categories the fuller is taken."""
    columns = ("product_type", "google_product_category")
    name = max(columns, key=lambda column: catalog.table[column].count())
    parts = catalog.table[name].fill_null("").str.replace_all(r"[/|›»]", ">").str.split(">")
    return [tuple(" ".join(part.split()) for part in path if part.strip()) for path in parts.to_list()]


def confidences(vectors: Float32, labels: Int64) -> Float64:
    """How surely each vector stands in its group, 0…1 `[n]`, 0.5 halfway to another; NaN for none.

    (1 + s) / 2 of the simplified silhouette s = (b − a) / max(a, b), a and b being the distances 1 − cosine
    to the middles of the own and the nearest other group.
    """
    k = int(labels.max(initial=-1)) + 1
    found = np.full(len(labels), np.nan)
    rows = np.flatnonzero(labels >= 0)
    if k < 2:
        found[rows] = 1.0
        return found
    centres = unit(sums_of(vectors, labels, k))
    for part in np.array_split(rows, -(-len(rows) * k // (1 << 22))):
        far = 1 - vectors[part] @ centres.T
        a = np.maximum(far[np.arange(len(part)), labels[part]].astype(np.float64), 0)
        far[np.arange(len(part)), labels[part]] = np.inf
        b = np.maximum(far.min(axis=1).astype(np.float64), 0)
        found[part] = (1 + (b - a) / np.maximum(np.maximum(a, b), 1e-9)) / 2
    return found


def _level(name: str, labels: Int64, above: Level | None, vectors: Float32, namer: Namer) -> Level:
    """A level of groups, numbered under their parents by size."""
    inside = np.flatnonzero(labels >= 0)
    k = int(labels.max(initial=-1)) + 1
    first = np.full(k, len(labels))
    np.minimum.at(first, labels[inside], inside)
    parents = np.zeros(k, np.int64) if above is None else above.labels[first]
    order = np.lexsort((first, -np.bincount(labels[inside], minlength=k), parents))
    place = np.append(np.argsort(order), -1)
    labels, parents = place[labels], parents[order]
    numbers = np.arange(k) - np.searchsorted(parents, parents) + 1
    ids = [
        f"{number}" if above is None else f"{above.ids[one]}.{number}"
        for one, number in zip(parents, numbers, strict=True)
    ]
    over = [""] * k if above is None else [above.names[one] for one in parents]
    return Level(name, labels, parents, ids, namer.names(labels, over), _medoids(vectors, labels, k))


def _medoids(vectors: Float32, labels: Int64, k: int) -> Int64:
    """The row of each group that is nearest to its middle, the first of equal ones `[k]`."""
    centres = unit(sums_of(vectors, labels, k))
    rows = np.flatnonzero(labels >= 0)
    near = (vectors[rows] * centres[labels[rows]]).sum(axis=1)
    order = rows[np.lexsort((rows, -near, labels[rows]))]
    return order[np.searchsorted(labels[order], np.arange(k))]
