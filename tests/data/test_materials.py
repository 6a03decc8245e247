import numpy as np
import pytest

from shelfspace.data.synthetic.materials import MATERIALS, materials
from shelfspace.errors import OptionError


@pytest.mark.parametrize("name", MATERIALS)
def test_photos_are_all_a_little_different_and_the_same_for_the_same_seed(name):
    photos = materials(name, 3, size=48, seed=2)
    assert [photo.shape for photo in photos] == [(48, 48, 3)] * 3
    assert all(photo.dtype == np.uint8 and photo.std() > 5 for photo in photos)
    assert not np.array_equal(photos[0], photos[1])
    assert np.array_equal(photos[0], materials(name, 1, size=48, seed=2)[0])
    assert not np.array_equal(photos[0], materials(name, 1, size=48, seed=3)[0])


def test_none_are_none_and_what_is_unknown_is_refused():
    assert materials("wood", 0) == []
    for name, size in (("marble", 48), ("wood", 8)):
        with pytest.raises(OptionError):
            materials(name, 1, size=size)
