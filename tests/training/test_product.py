import numpy as np
import pytest

from shelfspace.data.images import Photos
from shelfspace.data.synthetic.drawn import drawn
from shelfspace.encoders import Listings
from shelfspace.encoders.bags import fit_vocabulary
from shelfspace.encoders.image.encoder import mixed_encoder
from shelfspace.encoders.image.parts import Colours, FineEdges
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.training.product import WEIGHTS, dropped, looked_at, study_product


def shelf(n):
    made = drawn(n)
    texts = Listings.of_texts(made.titles)
    return Listings(texts.names, ["some details"] * n, Photos(made.pixels, np.ones(n, bool)))


def studied(listings):
    text = StaticTextEncoder.closed_form(fit_vocabulary(listings), dim=64)
    photo = mixed_encoder([FineEdges(), Colours()], listings.photos.pixels, dim=60)
    return study_product(listings, text, photo, photo.encode(listings))


@pytest.fixture(scope="module")
def study():
    return studied(shelf(250))


def test_the_weights_are_chosen_by_what_is_found_again(study):
    assert study.verdict is not None
    assert study.verdict.name in WEIGHTS
    assert study.figures["photos"] == 250
    assert study.figures["product_weights"] == study.verdict.name
    assert 0.4 < study.figures["held_out_product_mrr"] <= 1


def test_few_products_are_weighed_evenly():
    few = studied(shelf(12))
    assert few.verdict is None
    assert few.encoder.encode(shelf(3)).shape == (3, few.encoder.dim)


def test_without_words_there_is_no_common_space_and_photos_still_count():
    made = drawn(30)
    bare = Listings.of_photos(Photos(made.pixels, np.ones(30, bool)))
    study = studied(bare)
    vectors = study.encoder.encode(bare)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert not study.encoder.part(vectors, "common").any()


def test_a_look_keeps_some_words_and_most_of_the_photo():
    listings, rng = shelf(40), np.random.default_rng(0)
    seen = looked_at(listings, rng)
    for before, after in zip(listings.names, seen.names, strict=True):
        assert after
        assert set(after.split()) <= set(before.split())
    assert set(seen.details) == {""}
    change = np.abs(seen.photos.pixels.astype(int) - listings.photos.pixels).mean()
    assert 0 < change < 40


def test_dropping_leaves_words_or_a_photo():
    part = dropped(shelf(300), np.random.default_rng(0))
    words = np.array([bool(name) for name in part.names])
    assert (words | part.photos.found).all()
    for gone in (~words, ~part.photos.found):
        assert 0.2 < gone.mean() < 0.5
