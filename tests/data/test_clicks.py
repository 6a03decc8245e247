from __future__ import annotations

import numpy as np
import pytest

from shelfspace.data.synthetic.clicks import Clicks
from shelfspace.errors import OptionError


@pytest.mark.parametrize("curved", [False, True])
def test_clicks_come_as_often_as_their_chances_say(curved: bool) -> None:
    world = Clicks.made(12, 5, n_candidates=4, curved=curved, seed=1)
    rng = np.random.default_rng(2)
    candidates, contexts = world.visits(40_000, rng)
    assert contexts.shape == (40_000, 4, world.dim)
    chances = world.chances(contexts)
    clicks = world.rewards(contexts, rng)
    for item in range(12):
        here = candidates == item
        assert np.ptp(chances[here]) < 1e-6
        assert clicks[here].mean() == pytest.approx(chances[here][0], abs=0.02)


def test_chances_are_linear_unless_they_are_curved() -> None:
    for curved in (False, True):
        world = Clicks.made(40, 5, curved=curved, seed=3)
        _, contexts = world.visits(500, np.random.default_rng(4))
        x, y = contexts.reshape(-1, world.dim), world.chances(contexts).ravel()
        error = np.abs(x @ np.linalg.lstsq(x, y, rcond=None)[0] - y).max()
        assert (error < 1e-4) != curved


def test_a_visit_has_different_candidates_and_the_same_seed_the_same_world() -> None:
    world = Clicks.made(seed=5)
    candidates, _ = world.visits(30, np.random.default_rng(0))
    assert all(len(set(row)) == 10 for row in candidates.tolist())
    assert np.array_equal(Clicks.made(seed=5).weights, world.weights)


@pytest.mark.parametrize("wrong", [{"n_items": 0}, {"dim": 0}, {"n_items": 5, "n_candidates": 6}])
def test_numbers_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(OptionError, match="no more candidates than items"):
        Clicks.made(**wrong)
