import numpy as np

from shelfspace.data.synthetic.materials import materials
from shelfspace.tasks.anomalies.layout import learn_layout
from shelfspace.tasks.anomalies.patches import filter_patches
from shelfspace.tasks.anomalies.textures import evened


def patches_of(photos):
    return [filter_patches(evened(photo)) for photo in photos]


def test_a_photo_upside_down_is_stranger_than_any_good_one():
    layout = learn_layout(patches_of(materials("box", 30, size=96)))
    good = materials("box", 10, size=96, seed=5)
    usual = [layout.strangeness(patches) for patches in patches_of(good)]
    turned = [layout.strangeness(patches) for patches in patches_of([photo[::-1] for photo in good])]
    assert min(turned) > max(usual)


def test_identical_photos_teach_a_layout_and_another_is_strange():
    photo = materials("wood", 1, size=64)[0]
    layout = learn_layout(patches_of([photo] * 4))
    same, other = (layout.strangeness(p) for p in patches_of([photo, materials("box", 1, size=64)[0]]))
    assert np.isfinite([same, other]).all() and other > same


def test_one_photo_of_one_colour_is_enough():
    blank = patches_of([np.full((16, 16, 3), 80, np.uint8)])
    assert np.isfinite(learn_layout(blank).strangeness(blank[0]))
