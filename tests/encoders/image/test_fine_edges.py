import numpy as np
import pytest

from shelfspace.data.synthetic.drawn import drawn
from shelfspace.encoders.image.fine_edges import FINE_EDGES_DIM, fine_edge_features

PHOTOS = drawn(12).pixels


def test_rows_are_unit_and_do_not_depend_on_the_batch():
    found = fine_edge_features(PHOTOS)
    assert found.shape == (12, FINE_EDGES_DIM) == (12, 4464)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    alone = np.concatenate([fine_edge_features(PHOTOS[[row]]) for row in range(12)])
    assert np.allclose(alone, found, atol=1e-5)


def test_no_edge_and_no_photo():
    flat = np.full((2, 40, 40, 3), 77, np.uint8)
    assert not fine_edge_features(flat).any()
    assert fine_edge_features(PHOTOS[:0]).shape == (0, FINE_EDGES_DIM)


@pytest.mark.parametrize("horizontal", [True, False])
def test_an_edge_is_told_with_its_direction_and_its_dark_side(horizontal):
    photo = np.zeros((1, 96, 96, 3), np.uint8)
    photo[:, :, 44:] = 255
    photo = photo.transpose(0, 2, 1, 3) if horizontal else photo
    found = fine_edge_features(photo)[0].reshape(31, 12, 12)
    turned = fine_edge_features(255 - photo)[0].reshape(31, 12, 12)
    strongest, other = found[:18].sum((1, 2)).argmax(), turned[:18].sum((1, 2)).argmax()
    assert abs(strongest - other) == 9, "the other side is dark"
    assert np.allclose(found[18:27], turned[18:27], atol=1e-4), "without a sign both are one edge"
    where = found[:18].sum(0)
    assert where.sum(axis=1 if horizontal else 0).argmax() in (5, 6)


def test_brightness_changes_little():
    dark = (PHOTOS * 0.6).astype(np.uint8)
    cosines = (fine_edge_features(PHOTOS) * fine_edge_features(dark)).sum(axis=1)
    assert cosines.min() > 0.9
