import numpy as np

from shelfspace.data.images import Photos
from shelfspace.data.synthetic.materials import materials
from shelfspace.tasks.anomalies import blank_photos, duplicate_photos


def photos_of(pixels, found=None):
    stack = np.stack(pixels)
    return Photos(stack, np.ones(len(stack), bool) if found is None else np.array(found))


def test_same_and_nearly_same_photos_are_paired_and_no_others():
    box, wood, other = (
        materials(name, 1, size=64, seed=s)[0] for name, s in (("box", 0), ("wood", 0), ("wood", 4))
    )
    lighter = np.clip(box.astype(int) + 6, 0, 255).astype(np.uint8)
    blank = np.full_like(box, 255)
    photos = photos_of([box, wood, lighter, box, other, blank, blank, blank], [True] * 7 + [False])
    pairs = duplicate_photos(photos)
    assert {(left, right) for left, right, *_ in pairs.iter_rows()} == {(0, 2), (0, 3)}
    assert pairs.filter(right=3)["why"].item() == "the same photo"
    assert pairs.filter(right=2)["why"].item().startswith("nearly the same photo")
    assert blank_photos(photos) == [5, 6]


def test_no_photo_and_one_photo_have_no_duplicate():
    assert duplicate_photos(Photos.absent(3)).height == 0
    assert duplicate_photos(photos_of(materials("box", 1, size=64))).height == 0
