"""A space drawn as a map: places from its vectors, colours from what is known of its products."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from shelfspace.errors import OptionError
from shelfspace.report.map import CatalogMap, MapField, write_map
from shelfspace.space.space import Space
from shelfspace.tasks.anomalies.listings import listing_anomalies
from shelfspace.tasks.map.fields import anomaly_field, category_field, shop_field
from shelfspace.tasks.map.layout import Layout, laid_out
from shelfspace.tasks.map.thumbnails import thumbnails

_SHOPS_NAMED = 3


def draw_map(
    space: Space,
    out: str | Path,
    *,
    colour: str | None = None,
    images: str | Path | None = None,
    layout: Layout = "auto",
) -> Path:
    """The path of the page just written: every product of the space as a point, see `catalog_map`.

    `colour` is what the points are coloured by at first, "shop", "category" or "anomaly" (see
    `listing_anomalies`; repeats are not looked for); by default the category where
    there is one. Raises `OptionError` for a colour that the products cannot give.
    """
    return write_map(out, catalog_map(space, images=images, layout=layout), colour)


def catalog_map(space: Space, *, images: str | Path | None = None, layout: Layout = "auto") -> CatalogMap:
    """The products of a space on a plane, those that are alike close to each other; see `laid_out`.

    `images` is the folder in which their `image_link`s are looked for, as in `fit`; without it there are no
    photos. Raises `OptionError` for a space without products, for an unknown layout and where `images` is no
    folder, `MissingExtraError` for a learned layout without the extra `map`.
    """
    if not len(space):
        raise OptionError("The space is empty.", "A map needs products.", "Fit it on a feed that has some.")
    table = space.catalog.table
    price = pl.format("{} {}", pl.col("price").round(2), pl.col("currency").fill_null(""))
    return CatalogMap(
        title=_title(space.catalog.shops),
        places=laid_out(space.vectors, layout, seed=space.seed),
        titles=table["title"].to_list(),
        ids=table.select(pl.format("{}/{}", "shop", "id").alias("id"))["id"].to_list(),
        prices=table.select(price.str.strip_chars().alias("price"))["price"].to_list(),
        fields=fields_of(space),
        thumbnails=None if images is None else thumbnails(space.catalog, images),
    )


def fields_of(space: Space) -> list[MapField]:
    """What the products can be coloured by, the most telling first."""
    strange = listing_anomalies(space, repeats=False, seed=space.seed)
    found = [
        category_field(space.catalog),
        shop_field(space.catalog),
        anomaly_field(space.catalog, strange),
    ]
    return [field for field in found if field is not None]


def _title(shops: list[str]) -> str:
    return ", ".join(shops) if len(shops) <= _SHOPS_NAMED else f"{len(shops)} shops"
