import numpy as np
import pytest

from shelfspace.data.synthetic.materials import materials
from shelfspace.errors import OptionError
from shelfspace.evaluation.metrics import auroc
from shelfspace.tasks.anomalies import learn_good
from shelfspace.tasks.anomalies.heat_map import place_of
from shelfspace.tasks.anomalies.parts import CLOSED

SIZE = 96


@pytest.mark.parametrize(("name", "inspector"), [("box", "box_inspector"), ("woven", "cloth_inspector")])
def test_planted_blots_rank_above_good_photos_and_the_heat_lies_on_them(name, inspector, blot, request):
    inspector = request.getfixturevalue(inspector)
    rng = np.random.default_rng(0)
    photos = materials(name, 40, size=SIZE, seed=9)
    places = rng.uniform(25, 70, (20, 2))
    spoilt = [blot(photo, x, y) for photo, (x, y) in zip(photos[20:], places, strict=True)]
    good = [inspector.inspect(photo) for photo in photos[:20]]
    bad = [inspector.inspect(photo) for photo in spoilt]
    labels = np.repeat([0, 1], 20)
    assert auroc(labels, np.array([finding.score for finding in good + bad])) > 0.9
    found = [place_of(finding.heat) for finding in bad]
    near = [np.hypot(x * SIZE - u, y * SIZE - v) < 12 for (x, y), (u, v) in zip(found, places, strict=True)]
    assert np.mean(near) > 0.8


def test_good_photos_raise_few_alarms(box_inspector):
    photos = materials("box", 30, size=SIZE, seed=11)
    p_values = np.array([box_inspector.inspect(photo).p_value for photo in photos])
    assert ((p_values > 0) & (p_values <= 1)).all()
    assert (p_values <= 0.01).mean() <= 0.1
    assert np.median(p_values) > 0.15


def test_without_training_only_what_needs_none_is_mixed(cloth_inspector):
    assert set(cloth_inspector.verdict.weights) <= set(CLOSED)
    assert 0.5 < cloth_inspector.verdict.score <= 1


def test_the_same_seed_gives_the_same_verdict():
    photos = materials("metal", 8, size=48)
    one, other = (learn_good(photos, steps=2, seed=3).inspect(photos[0]) for _ in range(2))
    assert one.score == other.score and np.array_equal(one.heat, other.heat)


def test_identical_photos_can_be_learned_from(blot):
    photo = materials("wood", 1, size=48)[0]
    inspector = learn_good([photo] * 8, steps=0)
    same, spoilt = inspector.inspect(photo), inspector.inspect(blot(photo, 20, 20))
    assert np.isfinite([same.score, spoilt.score]).all()
    assert spoilt.score > same.score and same.p_value == 1


def test_photos_of_many_sizes_are_inspected(cloth_inspector):
    for height, width in ((16, 16), (17, 200), (200, 40)):
        finding = cloth_inspector.inspect(np.full((height, width, 3), 90, np.uint8))
        assert np.isfinite(finding.score) and np.isfinite(finding.heat).all()


def test_too_few_and_wrong_photos_are_refused(cloth_inspector):
    photos = materials("metal", 8, size=32)
    for given, steps in ((photos[:7], 0), ([], 0), (photos, -1), ([*photos[1:], photos[0][..., 0]], 0)):
        with pytest.raises(OptionError):
            learn_good(given, steps=steps)
    for photo in (photos[0][:10], photos[0].astype(np.float32)):
        with pytest.raises(OptionError):
            cloth_inspector.inspect(photo)
