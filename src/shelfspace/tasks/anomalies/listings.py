"""What is wrong with a catalogue's photos: broken, blank and repeated ones, and those of other things."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.product.common_space import WordPhotoPairs
from shelfspace.errors import OptionError
from shelfspace.tasks.anomalies.duplicates import blank_photos, duplicate_photos
from shelfspace.tasks.anomalies.wrong_photos import FEWEST, wrong_photos
from shelfspace.tasks.seen import Seen

SCHEMA: dict[str, pl.DataType] = {
    "shop": pl.String(),
    "id": pl.String(),
    "anomaly": pl.String(),
    "p_value": pl.Float64(),
    "other_shop": pl.String(),
    "other_id": pl.String(),
    "why": pl.String(),
}
_LIKELY = 0.5  # how likely a photo is wrong before it is called so
_Row = tuple[str, float | None, int | None, int, str]


def listing_anomalies(
    catalog: Catalog, images: str | Path, *, false_alarms: float = 0.01, seed: int = 0
) -> pl.DataFrame:
    """A row for each photo that something is wrong with: `shop`, `id`, `anomaly`, `p_value`, and `why`.

    `anomaly` is "broken photo" (it cannot be read, or the link leads nowhere), "blank photo", "wrong photo"
    (it does not fit the title: `p_value`, how likely a right pair fits so badly, is `false_alarms` at most,
    and it is more likely wrong than right), or "same photo" (that of `other_shop`, `other_id`, or nearly).
    Photos are found by `image_link` in the folder `images`, as `product_photos` has it. Among fewer than 20
    products with a title and a photo none is called wrong.

    Raises `OptionError` where there is no such folder, where no link leads to a photo in it, and for a share
    of false alarms outside (0, 1).
    """
    if not 0 < false_alarms < 1:
        raise OptionError(
            f"A share of false alarms of {false_alarms:g} was asked for.",
            "It lies above 0 and below 1.",
            "0.01 flags about one good photo in a hundred.",
        )
    seen = Seen.of(catalog, images, seed=seed)
    rows: list[_Row] = [
        ("broken photo", None, None, row, reason)
        for row, reason in seen.photos.rejects.select("row", "reason").iter_rows()
    ]
    blank = blank_photos(seen.photos)
    rows += [("blank photo", None, None, row, "it shows one colour") for row in blank]
    rows += _wrong(catalog, seen, set(blank), false_alarms, seed)
    rows += [
        ("same photo", None, left, right, why)
        for left, right, _, why in duplicate_photos(seen.photos).iter_rows()
    ]
    return _table(catalog, rows)


def _wrong(catalog: Catalog, seen: Seen, blank: set[int], false_alarms: float, seed: int) -> list[_Row]:
    pairs = WordPhotoPairs.of(Listings.of_catalog(catalog), seen.vectors, seed=seed)
    if pairs is None or len(pairs) < FEWEST:
        return []
    found = wrong_photos(pairs.photos, pairs.words, seed=seed)
    likely = found.filter(pl.col("p_value") <= false_alarms, pl.col("probability") >= _LIKELY)
    places = [int(pairs.rows[row]) for row in likely["row"]]
    return [
        ("wrong photo", p_value, None, place, f"the photo does not fit the title: {why}")
        for place, p_value, why in zip(places, likely["p_value"], likely["why"], strict=True)
        if place not in blank
    ]


def _table(catalog: Catalog, rows: list[_Row]) -> pl.DataFrame:
    keys = catalog.table.select("shop", "id").rows()
    found = []
    for anomaly, p_value, other, row, why in rows:
        there = (None, None) if other is None else keys[other]
        found.append((*keys[row], anomaly, p_value, *there, why))
    return pl.DataFrame(found, schema=SCHEMA, orient="row")
