import numpy as np
import pytest

from shelfspace.tasks.classify.paths import Paths, canonical

NAMES = ["Home > Lamps > Desk", "Home > Lamps > Floor", "Home > Rugs", "Toys"]


@pytest.fixture
def paths():
    return Paths.of(NAMES)


def test_nodes_are_the_classes_and_all_above(paths):
    assert paths.nodes[:4] == tuple(NAMES)
    assert set(paths.nodes[4:]) == {"Home", "Home > Lamps"}
    assert [paths.nodes[node] for node in paths.chains[0]] == [NAMES[0], "Home > Lamps", "Home"]


def test_a_path_is_as_likely_as_what_ends_below_it(paths):
    told = np.array([[0.4, 0.3, 0.2, 0.1]], np.float32)
    every = dict(zip(paths.nodes, paths.probabilities(told)[0], strict=True))
    assert every["Home > Lamps"] == pytest.approx(0.7)
    assert every["Home"] == pytest.approx(0.9)
    assert every["Toys"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("threshold", "told"), [(0.0, NAMES[0]), (0.5, "Home > Lamps"), (0.8, "Home"), (0.95, None)]
)
def test_doubt_is_told_as_the_parent_or_not_at_all(paths, threshold, told):
    (answer,) = paths.answers(np.array([[0.4, 0.3, 0.2, 0.1]], np.float32), threshold)
    assert (paths.nodes[answer] if answer >= 0 else None) == told


def test_answers_above_the_truth_are_right(paths):
    lamps, desk = paths.nodes.index("Home > Lamps"), 0
    assert paths.right(np.array([desk, lamps, -1, 3]), np.array([0, 1, 0, 0])).tolist() == [1, 1, -1, 0]


def test_the_threshold_reaches_the_accuracy_that_was_asked_for(paths):
    rng = np.random.default_rng(0)
    told = rng.dirichlet(np.full(4, 0.5), 2000).astype(np.float32)
    wanted = np.array([rng.choice(4, p=row / row.sum()) for row in told.astype(float)])
    at = paths.threshold(told, wanted, 0.9)
    right = paths.right(paths.answers(told, at), wanted)
    assert 0.9 <= right[right >= 0].mean() < 0.95
    assert 0 < at < 1
    assert paths.threshold(told, wanted, 0.01) == 0
    assert paths.threshold(told[:0], wanted[:0], 0.9) == np.inf
    always_wrong = np.full(2000, 3)
    sure = np.tile(np.float32([1, 0, 0, 0]), (2000, 1))
    assert paths.threshold(sure, always_wrong, 0.5) == np.inf


def test_names_are_brought_to_one_form():
    assert canonical(" Home>Lamps ") == "Home > Lamps"
    assert canonical("Lamps & more") == "Lamps & more"
    assert canonical(" > ") == ""


def test_flat_classes_are_their_own_nodes():
    flat = Paths.of(["a", "b"])
    assert flat.nodes == ("a", "b")
    assert flat.answers(np.array([[0.6, 0.4]], np.float32), 0.7).tolist() == [-1]
    assert flat.answers(np.zeros((0, 2), np.float32), 0.5).tolist() == []
