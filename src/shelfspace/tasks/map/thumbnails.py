"""Small photos for the map, few enough that the page stays small."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from shelfspace.data.catalog import Catalog
from shelfspace.data.images.product_photos import product_photos

#: Photos on a map at most: more would make the page slow to open.
MOST = 8_000
_SIDE = 80
_QUALITY = 68


def thumbnails(catalog: Catalog, folder: str | Path, *, most: int = MOST) -> list[bytes]:
    """A small JPEG of each product, b"" for one without; of more than `most` with a link, evenly chosen ones.

    Photos are found by `image_link` in `folder`, as `product_photos` has it; what cannot be read is left out.
    Raises `OptionError` where `folder` is no folder.
    """
    linked = np.flatnonzero(catalog.table["image_link"].is_not_null().to_numpy())
    if len(linked) > most:
        linked = linked[np.linspace(0, len(linked) - 1, most).round().astype(np.int64)]
    photos = product_photos(catalog.take(linked), folder, size=_SIDE)
    found = [b""] * len(catalog)
    for place in np.flatnonzero(photos.found):
        written = BytesIO()
        Image.fromarray(photos.pixels[place]).save(written, "JPEG", quality=_QUALITY, optimize=True)
        found[int(linked[place])] = written.getvalue()
    return found
