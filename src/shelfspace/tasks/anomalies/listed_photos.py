"""What is wrong with a catalogue's photos: broken, blank and repeated ones, and those of other things."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.product.common_space import WordPhotoPairs
from shelfspace.tasks.anomalies.duplicates import blank_photos, duplicate_photos
from shelfspace.tasks.anomalies.suspicion import Suspicion
from shelfspace.tasks.anomalies.wrong_photos import FEWEST, wrong_photos
from shelfspace.tasks.seen import Seen

_LIKELY = 0.5  # how likely a photo is wrong before it is called so
_LINK = "image_link"


def photo_suspicions(
    catalog: Catalog, images: str | Path, *, false_alarms: float, seed: int = 0
) -> Iterator[Suspicion]:
    """Photos that something is wrong with, found by `image_link` in the folder `images`.

    They are called "broken photo" (it cannot be read, or the link leads nowhere), "blank photo", "wrong
    photo" (it does not fit the title: `p_value`, how likely a right pair fits so badly, is `false_alarms` at
    most, and it is more likely wrong than right), or "same photo" (that of `other`, or nearly). Among fewer
    than 20 products with a title and a photo none is called wrong.

    Raises `OptionError` where there is no such folder and where no link leads to a photo in it.
    """
    seen = Seen.of(catalog, images, seed=seed)
    links = catalog.table[_LINK]
    for row, reason in seen.photos.rejects.select("row", "reason").iter_rows():
        yield Suspicion(row, "broken photo", reason, _LINK, links[row])
    blank = blank_photos(seen.photos)
    for row in blank:
        yield Suspicion(row, "blank photo", "it shows one colour", _LINK, links[row])
    yield from _wrong(catalog, seen, set(blank), false_alarms, seed)
    for left, right, _, why in duplicate_photos(seen.photos).iter_rows():
        yield Suspicion(right, "same photo", why, _LINK, links[right], other=left)


def _wrong(
    catalog: Catalog, seen: Seen, blank: set[int], false_alarms: float, seed: int
) -> Iterator[Suspicion]:
    pairs = WordPhotoPairs.of(Listings.of_catalog(catalog), seen.vectors, seed=seed)
    if pairs is None or len(pairs) < FEWEST:
        return
    found = wrong_photos(pairs.photos, pairs.words, seed=seed)
    likely = found.filter(pl.col("p_value") <= false_alarms, pl.col("probability") >= _LIKELY)
    for place, p_value, why in likely.select("row", "p_value", "why").iter_rows():
        row = int(pairs.rows[place])
        if row not in blank:
            told = f"the photo does not fit the title: {why}"
            yield Suspicion(row, "wrong photo", told, _LINK, catalog.table[_LINK][row], p_value=p_value)
