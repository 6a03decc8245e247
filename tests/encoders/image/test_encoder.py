import json

import numpy as np
import pytest
import torch

from shelfspace.data.images import Photos
from shelfspace.encoders import Listings, load_encoder
from shelfspace.encoders.image.encoder import mixed_encoder
from shelfspace.encoders.image.network import ImageNetwork, NetworkShape, Sight
from shelfspace.encoders.image.parts import Colours, Edges, FineEdges, Network, Patches
from shelfspace.encoders.image.patches import fit_patches
from shelfspace.errors import OptionError, SpaceError


@pytest.fixture(scope="module")
def encoder(planted_photos):
    torch.manual_seed(0)
    pixels = planted_photos[0]
    network = ImageNetwork(NetworkShape((8, 16), (1, 1))).eval()
    parts = [
        Edges(),
        FineEdges(),
        Colours(),
        Patches(fit_patches(pixels, k=8, size=12)),
        Network(network, Sight(24, 0.9, 2, precision="float32"), "layout"),
    ]
    return mixed_encoder(
        parts, pixels, shares={"edges": 1, "fine_edges": 1, "colours": 2, "patches": 1, "layout": 1}, dim=12
    )


@pytest.fixture(scope="module")
def photos(planted_photos):
    found = np.ones(240, bool)
    found[3] = False
    return Photos(planted_photos[0], found)


@pytest.fixture(scope="module")
def vectors(encoder, photos):
    return encoder.encode_photos(photos)


def test_vectors_are_unit_and_zero_without_a_photo(encoder, photos, vectors):
    assert vectors.shape == (240, encoder.dim) == (240, 60)
    assert vectors.dtype == np.float32
    lengths = np.linalg.norm(vectors, axis=1)
    assert lengths[3] == 0
    np.testing.assert_allclose(np.delete(lengths, 3), 1, atol=1e-5)


def test_the_cosine_is_the_mean_of_the_parts_by_their_shares(encoder, planted_photos):
    pixels = planted_photos[0][:6]
    vectors = encoder.encode_pixels(pixels)
    wanted = sum(
        each.share * (rows @ rows.T)
        for each in encoder.ingredients
        for rows in [each.reduction.of(each.part.features(pixels))]
    )
    np.testing.assert_allclose(vectors @ vectors.T, wanted, atol=1e-4)


def test_listings_are_encoded_by_their_photos(encoder, photos, vectors):
    listings = Listings.of_photos(photos)
    np.testing.assert_allclose(encoder.encode(listings), vectors, atol=1e-5)
    assert not encoder.encode(Listings.of_texts(["lamp", ""])).any()


def test_near_photos_show_the_same_thing(vectors, planted_photos):
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -1)
    assert (planted_photos[1][scores.argmax(1)] == planted_photos[1]).mean() > 0.9


def test_a_saved_encoder_gives_the_same_vectors(encoder, photos, vectors, tmp_path):
    encoder.save(tmp_path)
    loaded = load_encoder(tmp_path)
    np.testing.assert_allclose(loaded.encode_photos(photos), vectors, atol=1e-5)
    assert loaded.preprocessing_hash == encoder.preprocessing_hash
    assert (loaded.kind, loaded.dim) == ("image", encoder.dim)


def test_another_size_is_another_preprocessing(encoder, planted_photos):
    one, other = (mixed_encoder([Edges()], planted_photos[0][:9, :s, :s]) for s in (16, 32))
    assert one.preprocessing_hash != other.preprocessing_hash


def test_damage_is_told(encoder, tmp_path):
    encoder.save(tmp_path)
    settings = json.loads((tmp_path / "encoder.json").read_text())
    (tmp_path / "encoder.json").write_text(json.dumps({**settings, "dim": 3}))
    with pytest.raises(SpaceError, match="instead of 3"):
        load_encoder(tmp_path)
    (tmp_path / "encoder.json").write_text(json.dumps({**settings, "parts": [{"name": "ears", "share": 1}]}))
    with pytest.raises(SpaceError):
        load_encoder(tmp_path)
    (tmp_path / "image.safetensors").write_bytes(b"no")
    with pytest.raises(SpaceError):
        load_encoder(tmp_path)


def test_degenerate_photos(encoder):
    assert encoder.encode_photos(Photos.absent(0)).shape == (0, encoder.dim)
    black = encoder.encode_pixels(np.zeros((1, 8, 8, 3), np.uint8))
    assert np.linalg.norm(black) == pytest.approx(1, abs=1e-5)


def test_nothing_to_mix_is_refused(planted_photos):
    with pytest.raises(OptionError, match="mixed"):
        mixed_encoder([Edges()], planted_photos[0], shares={"edges": 0})
    with pytest.raises(OptionError, match="mixed"):
        mixed_encoder([Edges()], planted_photos[0][:0])
