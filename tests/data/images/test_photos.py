import numpy as np
import polars as pl
import pytest

from shelfspace.data.images import Photos
from shelfspace.errors import OptionError


@pytest.fixture
def photos():
    pixels = np.arange(4, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 3), dtype=np.uint8)
    rejects = pl.DataFrame({"row": [1, 2], "source": ["b", "c"], "reason": ["bad", "worse"]})
    return Photos(pixels, np.array([True, False, False, True]), rejects)


def test_taken_photos_keep_their_order_and_rejects(photos):
    taken = photos.take([2, 0, 2])
    assert taken.pixels[:, 0, 0, 0].tolist() == [2, 0, 2]
    assert taken.found.tolist() == [False, True, False]
    assert taken.rejects.rows() == [(0, "c", "worse"), (2, "c", "worse")]


def test_rows_can_be_a_mask_or_none(photos):
    assert photos.take(photos.found).pixels[:, 0, 0, 0].tolist() == [0, 3]
    assert len(photos.take([])) == 0
    assert photos.take([]).rejects.schema == photos.rejects.schema


def test_rows_in_sequence_are_a_view(photos):
    assert np.shares_memory(photos.take(np.arange(1, 3)).pixels, photos.pixels)


def test_parts_are_put_one_below_the_other(photos):
    both = Photos.concat([photos, Photos.absent(2, 8), photos])
    assert len(both) == 10
    assert both.rejects["row"].to_list() == [1, 2, 7, 8]
    for parts in ([], [photos, Photos.absent(1, 16)]):
        with pytest.raises(OptionError):
            Photos.concat(parts)


def test_wrong_shapes_are_refused(photos):
    for pixels, found in (
        (photos.pixels[..., :2], photos.found),
        (photos.pixels, photos.found[:2]),
        (photos.pixels.astype(float), photos.found),
    ):
        with pytest.raises(OptionError):
            Photos(pixels, found)
