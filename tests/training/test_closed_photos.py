import numpy as np
import pytest

from shelfspace.data.images import Photos
from shelfspace.data.synthetic.drawn import drawn
from shelfspace.encoders import Listings
from shelfspace.errors import OptionError
from shelfspace.training.closed_photos import closed_photo_encoder


def test_what_looks_alike_lies_near():
    made = drawn(160)
    photos = Photos(made.pixels, np.ones(160, bool))
    vectors = closed_photo_encoder(photos.take(np.arange(80))).encode(Listings.of_photos(photos))
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -1)
    what = np.array([" ".join(title.split()[1:]) for title in made.titles])
    has_twin = np.array([(what == one).sum() > 1 for one in what])
    assert (what[scores.argmax(axis=1)] == what)[has_twin].mean() > 0.5, (
        "by chance less than one in a hundred"
    )


def test_only_photos_found_are_looked_at():
    made = drawn(12)
    half = Photos(made.pixels, np.arange(12) % 2 == 0)
    vectors = closed_photo_encoder(half).encode(Listings.of_photos(half))
    assert np.allclose(np.linalg.norm(vectors, axis=1), half.found, atol=1e-5)
    with pytest.raises(OptionError, match="None of 12 photos was found"):
        closed_photo_encoder(Photos.absent(12))
