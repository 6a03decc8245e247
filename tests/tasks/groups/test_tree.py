from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from shelfspace.evaluation.clusterings import adjusted_rand
from shelfspace.tasks.groups.tree import average_linkage, grow
from shelfspace.tasks.groups.vectors import unit


def drawn(n: int, centres: int = 4, spread: float = 0.4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = np.sort(rng.integers(0, centres, n))
    vectors = rng.normal(size=(centres, 8))[labels] + spread * rng.normal(size=(n, 8))
    return unit(vectors.astype(np.float32)), labels


@pytest.mark.parametrize("n", [2, 3, 30, 120])
def test_joins_are_those_of_scipy(n: int) -> None:
    vectors, _ = drawn(n, spread=2.0)
    tree = average_linkage(vectors.astype(np.float64), np.ones(n))
    expected = linkage(vectors.astype(np.float64), "average", metric="cosine")
    assert np.allclose(tree.heights, expected[:, 2], atol=1e-6)
    for k in {1, 2, max(n // 3, 1), n}:
        other = fcluster(expected, k, "maxclust")
        assert adjusted_rand(other, tree.cut(k)) == pytest.approx(1)


def test_a_leaf_of_five_is_five_leaves_of_one() -> None:
    vectors, _ = drawn(30, spread=1.0)
    whole = average_linkage(np.repeat(vectors, 5, axis=0).astype(np.float64), np.ones(150))
    leaves = average_linkage(5.0 * vectors, np.full(30, 5.0))
    assert np.allclose(whole.heights[-29:], leaves.heights, atol=1e-6)
    assert adjusted_rand(whole.cut(6)[::5], leaves.cut(6)) == 1


def test_finer_groups_lie_within_coarser_ones() -> None:
    vectors, _ = drawn(300, spread=1.5)
    grown = grow(vectors, np.ones(300), leaves=60)
    cuts = {k: grown.cut(k) for k in (1, 3, 10, 40, 60)}
    for coarse, fine in ((1, 3), (3, 10), (10, 40), (40, 60)):
        assert len(np.unique(cuts[fine])) == fine
        for one in range(fine):
            assert len(np.unique(cuts[coarse][cuts[fine] == one])) == 1


@pytest.mark.parametrize("leaves", [20, 1000])
def test_planted_groups_are_found_from_few_leaves_or_all(leaves: int) -> None:
    vectors, labels = drawn(200)
    grown = grow(vectors, np.ones(200), leaves=leaves)
    assert len(grown.sizes) == min(leaves, 200)
    assert grown.sizes.sum() == 200
    assert adjusted_rand(labels, grown.cut(4)) > 0.98
    again = grow(vectors, np.ones(200), leaves=leaves)
    assert np.array_equal(grown.cut(9), again.cut(9))


def test_zero_vectors_have_no_group_and_equal_ones_one() -> None:
    vectors = np.zeros((5, 3), np.float32)
    vectors[[0, 2, 4]] = [[1, 0, 0], [0, 1, 0], [1, 0, 0]]
    found = grow(vectors, np.ones(5)).cut(2)
    assert found.tolist() == [0, -1, 1, -1, 0]
    assert grow(vectors[:0], np.ones(0)).cut(3).tolist() == []
    assert grow(vectors[:1], np.ones(1)).cut(3).tolist() == [0]
    assert grow(vectors[1:2], np.ones(1)).cut(1).tolist() == [-1]
