import numpy as np
import pytest

from shelfspace.tasks.classify.photos import Split, hit_rate, learn_classes


def split(n, seed, opinion=0.0):
    """Part "good" tells the fine class, part "bad" nothing; an opinion that is right this often."""
    rng = np.random.default_rng(seed)
    fine = rng.integers(0, 4, n)
    good = np.eye(4)[fine] + 0.35 * rng.standard_normal((n, 4))
    bad = rng.standard_normal((n, 6))
    features = {
        name: (part / np.linalg.norm(part, axis=1, keepdims=True)).astype(np.float32)
        for name, part in {"good": good, "bad": bad}.items()
    }
    told = np.where(rng.random(n) < opinion, fine, rng.integers(0, 4, n))
    opinions = {"fine": (0.8 * np.eye(4)[told] + 0.05).astype(np.float32)} if opinion else {}
    return Split(features, {"fine": fine, "coarse": fine // 2}, opinions)


@pytest.fixture(scope="module")
def classifier():
    return learn_classes(split(300, 0), split(100, 1))


def test_it_learns_from_the_part_that_tells(classifier):
    accuracy = classifier.accuracy(split(300, 2))
    assert accuracy["fine"] > 0.85
    assert accuracy["coarse"] >= accuracy["fine"]
    weights = classifier.chosen["fine"].weights
    assert weights["good"] >= 2 * weights.get("bad", 0)


def test_probabilities_add_up_to_one(classifier):
    found = classifier.probabilities(split(50, 3))
    assert list(found) == ["fine", "coarse"]
    for name, n in (("fine", 4), ("coarse", 2)):
        assert found[name].shape == (50, n)
        np.testing.assert_allclose(found[name].sum(1), 1, atol=1e-5)


def test_a_coarse_class_follows_from_the_fine_one(classifier):
    finer, coarse = classifier.parents["coarse"]
    assert finer == "fine"
    assert coarse.tolist() == [0, 0, 1, 1]
    assert "fine" not in classifier.parents


def test_a_good_opinion_is_listened_to():
    learned = learn_classes(split(60, 0, opinion=0.95), split(200, 1, opinion=0.95))
    assert learned.chosen["fine"].shares[1] > 0
    assert learned.accuracy(split(300, 2, opinion=0.95))["fine"] > 0.93


def test_rows_without_a_class_do_not_count():
    import torch

    assert hit_rate(torch.eye(2), np.array([0, -1])) == 1.0
    assert hit_rate(torch.eye(2), np.array([-1, -1])) == 0.0
    train = split(200, 0)
    hidden = {name: np.where(np.arange(200) % 2, -1, of) for name, of in train.classes.items()}
    assert learn_classes(Split(train.features, hidden), split(100, 1)).accuracy(split(300, 2))["fine"] > 0.8
