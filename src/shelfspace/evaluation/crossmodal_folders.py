"""Benchmark folders of products with a title and a photo each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.data.catalog import Catalog
from shelfspace.data.images import Photos
from shelfspace.data.images.product_photos import product_photos
from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.encoders.listing import Listings
from shelfspace.errors import FeedError

Int64 = npt.NDArray[np.int64]

#: What a title is called where the reader of feeds does not know the name.
_TITLES = ("productDisplayName",)
_TEST_SHARE = 5  # where no split is given, one product in so many is tested on


@dataclass(frozen=True)
class CrossmodalFolder:
    """Products of a catalogue with both a title and a photo, their listings (titles alone) and photos.

    `train` and `test` are rows of these; `dropped` counts the products that lack a title or a photo.
    """

    name: str
    listings: Listings
    train: Int64
    test: Int64
    dropped: int

    @property
    def photos(self) -> Photos:
        """The photos, one row a product."""
        assert self.listings.photos is not None
        return self.listings.photos


def read_crossmodal_folder(folder: str | Path, *, seed: int = 0, size: int = 96) -> CrossmodalFolder:
    """The products of `folder`/products.csv, whose photos its column image_link names.

    A column `split` says what is tested on ("test"), all else is trained on; without one a fifth is drawn by
    `seed`. Of the columns only the title is read: no category, colour or brand.

    Raises `FeedError` where there is no such file, no title, no photo, or no part to train or to test on.
    """
    folder = Path(folder)
    path = folder / "products.csv"
    if not path.is_file():
        raise FeedError(
            f"{folder.name or folder} has no products.csv.",
            "A benchmark of photos and titles is a products.csv with the columns title and image_link.",
            "Give the folder that holds it.",
        )
    catalog = read_catalog(path, mapping=dict.fromkeys(_TITLES, "title"))
    photos = product_photos(catalog, folder, size=size)
    titles = [title or "" for title in catalog.table["title"]]
    read = Listings.of_texts(titles)
    whole = np.flatnonzero(photos.found & np.array([bool(name.strip()) for name in read.names]))
    listings = Listings(read.names, read.details, photos).take(whole)
    train, test = _parts(catalog.take(whole), seed)
    if len(train) < 4 or not len(test):
        raise FeedError(
            f"{folder.name or folder} has {len(train)} products to train on and {len(test)} to test on, of "
            f"{len(catalog)} in all.",
            "Both parts have products with a title and a photo that can be read.",
            "Look at the links, and at the column split.",
        )
    return CrossmodalFolder(folder.resolve().name, listings, train, test, len(catalog) - len(whole))


def _parts(catalog: Catalog, seed: int) -> tuple[Int64, Int64]:
    """The rows to train and to test on."""
    n = len(catalog)
    if "split" in catalog.table.columns:
        tested = (catalog.table["split"].fill_null("") == "test").to_numpy()
    else:
        tested = np.zeros(n, bool)
        tested[np.random.default_rng(seed).permutation(n)[: n // _TEST_SHARE]] = True
    return np.flatnonzero(~tested).astype(np.int64), np.flatnonzero(tested).astype(np.int64)
