from __future__ import annotations

import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.evaluation.clusterings import adjusted_rand
from shelfspace.tasks.groups.kmeans import best_count, nearest, spherical_kmeans, strengths, sums_of
from shelfspace.tasks.shoppers.tastes import unit


def around(centres: int, each: int, spread: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(centres), each)
    vectors = rng.normal(size=(centres, 12))[labels] + spread * rng.normal(size=(len(labels), 12))
    return unit(vectors.astype(np.float32)), labels


def test_planted_clusters_are_found() -> None:
    vectors, labels = around(5, 60, 0.3)
    found = spherical_kmeans(vectors, 5)
    assert adjusted_rand(labels, found.labels) > 0.95
    assert np.allclose(np.linalg.norm(found.centres, axis=1), 1, atol=1e-5)
    assert np.array_equal(found.labels, (vectors @ found.centres.T).argmax(axis=1))


def test_the_largest_cluster_is_the_first() -> None:
    vectors, labels = around(3, 60, 0.2)
    kept = np.concatenate([np.flatnonzero(labels == 0)[:10], np.flatnonzero(labels > 0)[:80]])
    sizes = np.bincount(spherical_kmeans(vectors[kept], 3).labels)
    assert sizes.tolist() == sorted(sizes, reverse=True) == [60, 20, 10]


def test_the_same_seed_gives_the_same_clusters() -> None:
    vectors, _ = around(4, 50, 1.0)
    one, other = (spherical_kmeans(vectors, 4, seed=3) for _ in range(2))
    assert np.array_equal(one.labels, other.labels)
    assert np.array_equal(one.centres, other.centres)


def test_zero_vectors_belong_nowhere() -> None:
    vectors, _ = around(2, 20, 0.1)
    vectors[[0, 5]] = 0
    labels = spherical_kmeans(vectors, 2).labels
    assert (labels < 0).tolist() == [i in (0, 5) for i in range(40)]
    assert spherical_kmeans(np.zeros((3, 4), np.float32), 2).labels.tolist() == [-1, -1, -1]


def test_there_are_no_more_clusters_than_different_vectors() -> None:
    same = np.tile(np.eye(1, 4, dtype=np.float32), (6, 1))
    assert len(spherical_kmeans(same, 3).centres) == 1
    assert len(spherical_kmeans(np.eye(2, dtype=np.float32), 5).centres) == 2


def test_no_cluster_at_all_is_refused() -> None:
    with pytest.raises(OptionError, match="1 or more"):
        spherical_kmeans(np.eye(2, dtype=np.float32), 0)


def test_a_weight_of_two_is_the_vector_twice() -> None:
    vectors, _ = around(3, 20, 0.5)
    twice = np.concatenate([vectors, vectors[:20]])
    weights = np.where(np.arange(60) < 20, 2.0, 1.0)
    labels = spherical_kmeans(vectors, 3, weights=weights, rounds=100).labels
    assert np.array_equal(labels, labels[np.arange(60)])
    assert np.allclose(
        sums_of(vectors, labels, 3, weights), sums_of(twice, np.append(labels, labels[:20]), 3)
    )
    centres = sums_of(vectors, labels, 3, weights)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    assert adjusted_rand(nearest(vectors, centres)[0], labels) > 0.9


def test_the_nearest_centre_is_found_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shelfspace.tasks.groups.kmeans._BLOCK", 10)
    vectors, _ = around(4, 10, 1.0)
    labels, cosines = nearest(vectors, vectors[:4])
    assert np.array_equal(labels, (vectors @ vectors[:4].T).argmax(axis=1))
    assert np.allclose(cosines, (vectors @ vectors[:4].T).max(axis=1))


@pytest.mark.parametrize("centres", [2, 4, 6])
def test_the_number_of_planted_clusters_is_found(centres: int) -> None:
    found = strengths(around(centres, 60, 0.4)[0], 9)
    assert set(found) == set(range(1, 10))
    assert all(0 <= strength <= 1 for strength in found.values())
    assert best_count(found) == centres


def test_what_has_no_clusters_is_one() -> None:
    noise = unit(np.random.default_rng(1).normal(size=(400, 20)).astype(np.float32))
    assert best_count(strengths(noise, 6)) == 1


@pytest.mark.parametrize("n", [0, 1, 3])
def test_too_few_users_are_one_cluster(n: int) -> None:
    assert strengths(np.eye(4, dtype=np.float32)[:n]) == {1: 1.0}
