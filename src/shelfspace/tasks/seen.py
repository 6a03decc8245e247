"""What is seen of a catalogue: its products' photos, read and encoded, and a space that knows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.images import Photos
from shelfspace.data.images.product_photos import photo_rejects, product_photos
from shelfspace.encoders.encoder import Encoder, Vectors
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.product import evidence_of, squeeze_of
from shelfspace.encoders.product.common_space import unit
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.match.signals import PHOTO, Signals
from shelfspace.training.closed_photos import SIZE, closed_photo_encoder
from shelfspace.training.product import study_product


@dataclass(frozen=True)
class Seen:
    """The photos of a catalogue's products, the encoder of photos that they taught, and their vectors."""

    catalog: Catalog
    photos: Photos
    encoder: Encoder
    vectors: Vectors
    seed: int

    @classmethod
    def of(cls, catalog: Catalog, folder: str | Path, *, seed: int = 0) -> Seen:
        """What the folder shows of the catalogue's products.

        Raises `OptionError` where `folder` is no folder, or none of the links leads to a photo in it.
        """
        photos = product_photos(catalog, folder, size=SIZE)
        if not photos.found.any():
            raise _nothing_found(catalog, folder, photos)
        encoder = closed_photo_encoder(photos, seed=seed)
        listings = Listings.of_photos(photos)
        return cls(catalog, photos, encoder, encoder.encode(listings), seed)

    def signals(self) -> Signals:
        """What a match can compare."""
        return {PHOTO: unit(self.vectors @ squeeze_of(self.vectors))}

    def joined(self, space: Space, *, epochs: int) -> Space:
        """The space of the same products with photos in their vectors; `epochs` as in `study_product`."""
        listings = Listings.of_catalog(space.catalog, self.photos)
        study = study_product(
            listings, space.encoder, self.encoder, self.vectors, epochs=epochs, seed=self.seed
        )
        parts = study.encoder.parts(listings, self.vectors)
        rejects = pl.concat([space.catalog.rejects, photo_rejects(space.catalog, self.photos)])
        return replace(
            space,
            catalog=replace(space.catalog, rejects=rejects),
            encoder=study.encoder,
            vectors=study.encoder.fused(parts, evidence_of(listings)),
            figures=space.figures | study.figures,
        )


def _nothing_found(catalog: Catalog, folder: str | Path, photos: Photos) -> OptionError:
    links = catalog.table["image_link"].drop_nulls()
    if links.is_empty():
        given = "No product has an image_link."
    else:
        reason = str(photos.rejects["reason"][0]).rstrip(".") if photos.rejects.height else "it is blank"
        given = f"None of {len(links)} links leads to a photo in {folder}; of {links[0][:100]!r}: {reason}."
    return OptionError(
        given,
        "The photos of a catalogue are found by the image_link of its products, below the folder given.",
        "Give the folder that the links are relative to, or leave --images out.",
    )
