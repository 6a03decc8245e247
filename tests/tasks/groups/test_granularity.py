from __future__ import annotations

import numpy as np
import pytest

from shelfspace.tasks.groups.granularity import Resampled, chosen_counts, tried
from shelfspace.tasks.groups.tree import grow
from shelfspace.tasks.groups.vectors import unit


def planted(branches: int, twigs: int, each: int, seed: int = 0) -> np.ndarray:
    """Branches as far as can be from each other, each of twigs that are nearer, all of them alike."""
    rng = np.random.default_rng(seed)
    n = branches * twigs
    twig = np.zeros((n, branches + n))
    twig[np.arange(n), np.arange(n) // twigs] = 1.0
    twig[np.arange(n), branches + np.arange(n)] = 0.7
    noise = 0.05 * rng.normal(size=(n * each, branches + n))
    return unit((np.repeat(twig, each, axis=0) + noise).astype(np.float32))


def test_planted_numbers_are_the_steadiest() -> None:
    vectors = planted(4, 6, 40)
    grown = grow(vectors, np.ones(len(vectors)))
    resampled = Resampled.of(grown, vectors, np.ones(len(vectors)))
    assert resampled.stability(4) > 0.99
    assert resampled.stability(24) > 0.99
    assert resampled.stability(29) < resampled.stability(24)
    found = chosen_counts(resampled, len(vectors))
    assert found["coarse"] == 4
    assert found["fine"] in (24, 25)  # a product that is far from all others is so in both draws


def test_levels_follow_each_other() -> None:
    for n in (2, 9, 40, 1000, 1_000_000):
        numbers = tried(n)
        assert all(min(each) >= 1 and max(each) <= max(n, 1) for each in numbers.values())
        if n >= 40:
            assert max(numbers["coarse"]) < min(numbers["medium"])
            assert max(numbers["medium"]) < min(numbers["fine"])
            assert max(numbers["fine"]) <= n**0.5 + 2
        assert all(len(each) <= 12 for each in numbers.values())


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_few_products_are_no_error(n: int) -> None:
    vectors = planted(1, 1, 5)[:n]
    grown = grow(vectors, np.ones(n))
    found = chosen_counts(Resampled.of(grown, vectors, np.ones(n)), n)
    assert set(found) == {"coarse", "medium", "fine"}
    assert list(found.values()) == sorted(found.values())


def test_the_same_seed_draws_the_same() -> None:
    vectors = planted(3, 3, 20)
    grown = grow(vectors, np.ones(len(vectors)))
    one, other = (Resampled.of(grown, vectors, np.ones(len(vectors)), seed=4) for _ in range(2))
    assert one.stability(7) == other.stability(7)
