from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shelfspace.data.images import Photos
from shelfspace.encoders import Listings, load_encoder
from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.product import PARTS, Gates, ProductEncoder, evidence_of, text_encoder_of
from shelfspace.errors import SpaceError

NEW = np.arange(500, 700)


def test_parts_lie_side_by_side(encoder: ProductEncoder, shelf: Listings, vectors: Vectors) -> None:
    made = encoder.encode(shelf)
    assert made.shape == (len(shelf), encoder.dim)
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    seen = encoder.part(made, "photo")
    assert np.allclose(seen @ seen.T, vectors @ vectors.T, atol=0.05), "squeezed, and hardly changed"
    assert np.allclose(encoder.part(made, "text"), encoder.text.encode(shelf), atol=1e-5)
    assert not encoder.part(made, "facts").any(), "there are no prices"
    assert text_encoder_of(encoder) is encoder.text
    assert text_encoder_of(encoder.text) is encoder.text


def test_what_is_missing_costs_little(encoder: ProductEncoder, shelf: Listings) -> None:
    new = shelf.take(NEW)
    assert new.photos is not None
    whole = encoder.encode(new)
    bare = encoder.encode(new.without_photos())
    seen = encoder.encode(Listings.of_photos(new.photos))
    names = np.array(new.names)
    for part in (bare, seen):
        best = (part @ whole.T).argmax(axis=1)
        assert (names[best] == names).mean() > 0.9
    assert not encoder.encode(Listings([""], [""], Photos.absent(1, 64))).any()


def test_a_text_meets_photos_and_a_photo_texts(encoder: ProductEncoder, shelf: Listings) -> None:
    new = shelf.take(NEW)
    assert new.photos is not None
    words, photos = encoder.encode(new.without_photos()), encoder.encode(Listings.of_photos(new.photos))
    what = np.array([" ".join(name.split()[1:]) for name in new.names])
    for scores in (words @ photos.T, photos @ words.T):
        best = np.argsort(-scores, axis=1)[:, :5]
        assert (what[best] == what[:, None]).any(axis=1).mean() > 0.95


def test_gates_weigh_the_parts(encoder: ProductEncoder, shelf: Listings) -> None:
    few = shelf.take(np.arange(4))
    only = replace(encoder, gates=Gates.fixed({"photo": 1.0}))
    made = only.encode(few)
    assert np.allclose(made @ made.T, only.part(made, "photo") @ only.part(made, "photo").T, atol=1e-4)
    slopes = np.zeros((len(PARTS), 3), np.float32)
    slopes[1, 2] = np.log(9)  # a photo counts nine times where there is one
    gated = replace(encoder, gates=Gates(np.zeros(len(PARTS), np.float32), slopes))
    squares = gated.encode(few)[:, encoder.text.dim :][:, : encoder.widths[1]] ** 2
    assert np.allclose(squares.sum(axis=1), 9 / 11, atol=1e-4)


def test_evidence_says_what_there_is(shelf: Listings) -> None:
    evidence = evidence_of(Listings(["a b", ""], ["", "c"], Photos.absent(2, 8)))
    assert evidence.shape == (2, 3)
    assert (evidence > 0).tolist() == [[True, False, False], [False, True, False]]
    assert evidence_of(shelf)[:, 2].all()


def test_it_reopens_as_it_was(encoder: ProductEncoder, shelf: Listings, tmp_path: Path) -> None:
    encoder.save(tmp_path)
    again = load_encoder(tmp_path)
    assert np.array_equal(again.encode(shelf), encoder.encode(shelf))


@pytest.mark.parametrize("name", ["product.safetensors", "encoder.json", "text/encoder.json"])
def test_damage_is_refused(encoder: ProductEncoder, tmp_path: Path, name: str) -> None:
    encoder.save(tmp_path)
    (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(SpaceError):
        load_encoder(tmp_path)


def test_parts_that_do_not_fit_are_refused(encoder: ProductEncoder, tmp_path: Path) -> None:
    replace(encoder, gates=Gates(np.zeros(3, np.float32), np.zeros((3, 3), np.float32))).save(tmp_path)
    with pytest.raises(SpaceError, match="fit each other"):
        load_encoder(tmp_path)
