import numpy as np
import pytest

from shelfspace.tasks.classify.linear import linear_accuracy


def test_planes_are_found_and_chance_is_chance():
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 3, 300)
    features = (np.eye(3)[classes] + 0.1 * rng.standard_normal((300, 3))).astype(np.float32)
    parts = [(features[i::3], classes[i::3]) for i in range(3)]
    assert linear_accuracy(*parts) > 0.97
    shuffled = [(part, rng.permutation(own)) for part, own in parts]
    assert linear_accuracy(*shuffled) < 0.6


def test_rows_without_a_class_and_empty_parts():
    features = np.eye(4, dtype=np.float32)
    classes = np.array([0, 1, -1, -1])
    assert linear_accuracy((features, classes), (features[:0], classes[:0]), (features, classes)) == 1.0
    nothing = (features, np.full(4, -1))
    assert linear_accuracy(nothing, nothing, (features, classes)) == 0.0
    assert linear_accuracy((features, classes), nothing, nothing) == pytest.approx(0.0)
