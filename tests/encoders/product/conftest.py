from __future__ import annotations

import numpy as np
import pytest

from shelfspace.data.images import Photos
from shelfspace.data.synthetic.drawn import drawn
from shelfspace.encoders import Listings
from shelfspace.encoders.bags import fit_vocabulary
from shelfspace.encoders.encoder import Encoder, Vectors
from shelfspace.encoders.image.encoder import mixed_encoder
from shelfspace.encoders.image.parts import Colours, FineEdges
from shelfspace.encoders.product import ProductEncoder, WordPhotoPairs
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.training.product import study_product

N = 700


@pytest.fixture(scope="session")
def shelf() -> Listings:
    """Drawn products whose titles name what their photos show."""
    made = drawn(N)
    texts = Listings.of_texts(made.titles)
    return Listings(texts.names, texts.details, Photos(made.pixels, np.ones(N, bool)))


@pytest.fixture(scope="session")
def photo(shelf: Listings) -> Encoder:
    assert shelf.photos is not None
    return mixed_encoder([FineEdges(), Colours()], shelf.photos.take(np.arange(500)).pixels, dim=60)


@pytest.fixture(scope="session")
def vectors(shelf: Listings, photo: Encoder) -> Vectors:
    return photo.encode(shelf)


@pytest.fixture(scope="session")
def pairs(shelf: Listings, vectors: Vectors) -> WordPhotoPairs:
    found = WordPhotoPairs.of(shelf.take(np.arange(500)), vectors[:500])
    assert found is not None
    return found


@pytest.fixture(scope="session")
def encoder(shelf: Listings, photo: Encoder, vectors: Vectors) -> ProductEncoder:
    known = shelf.take(np.arange(500))
    text = StaticTextEncoder.closed_form(fit_vocabulary(known), dim=128)
    return study_product(known, text, photo, vectors[:500]).encoder
