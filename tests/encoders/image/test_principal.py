from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shelfspace.data.images import Photos
from shelfspace.data.synthetic.drawn import drawn
from shelfspace.encoders import Listings, load_encoder
from shelfspace.encoders.image.principal import PrincipalPhotoEncoder
from shelfspace.errors import SpaceError


def photos(n: int = 80, seed: int = 0) -> Photos:
    found = np.ones(n, bool)
    found[: n // 10] = False
    return Photos(drawn(n, seed).pixels, found)


def test_vectors_are_unit_or_zero_and_reopen(tmp_path: Path) -> None:
    seen = photos()
    encoder = PrincipalPhotoEncoder.fit(seen, widths=(30, 20))
    vectors = encoder.encode(Listings.of_photos(seen))
    lengths = np.linalg.norm(vectors, axis=1)
    assert vectors.shape == (80, encoder.dim) == (80, 50)
    assert np.allclose(lengths, seen.found)
    encoder.save(tmp_path)
    again = load_encoder(tmp_path)
    assert np.array_equal(again.encode(Listings.of_photos(seen)), vectors)
    alone = encoder.encode(Listings.of_photos(seen.take([20])))
    assert np.allclose(alone, vectors[20:21], atol=1e-5)


def test_what_looks_alike_lies_near() -> None:
    twins, encoder = drawn(400, 1), PrincipalPhotoEncoder.fit(photos(300), widths=(60, 30))
    vectors = encoder.encode(Listings.of_photos(Photos(twins.pixels, np.ones(400, bool))))
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -1)
    what = np.array([" ".join(title.split()[1:]) for title in twins.titles])
    has_twin = np.array([(what == one).sum() > 1 for one in what])
    assert (what[scores.argmax(axis=1)] == what)[has_twin].mean() > 0.7


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_photos(n: int) -> None:
    seen = Photos(drawn(3).pixels[:n], np.ones(n, bool))
    encoder = PrincipalPhotoEncoder.fit(seen)
    vectors = encoder.encode(Listings.of_photos(photos(10)))
    assert vectors.shape == (10, encoder.dim)
    assert np.isfinite(vectors).all()


def test_equal_photos_and_listings_without_any() -> None:
    flat = Photos(np.full((6, 16, 16, 3), 200, np.uint8), np.ones(6, bool))
    encoder = PrincipalPhotoEncoder.fit(flat)
    assert not encoder.encode(Listings(["a"], [""])).any()
    assert np.isfinite(encoder.encode(Listings.of_photos(flat))).all()


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    PrincipalPhotoEncoder.fit(photos(20)).save(tmp_path)
    (tmp_path / "principal.safetensors").write_bytes(b"broken")
    with pytest.raises(SpaceError, match="photo encoder"):
        load_encoder(tmp_path)
