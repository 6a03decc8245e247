from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shelfspace.errors import OptionError, SpaceError
from shelfspace.tasks.bandit.decisions import Decisions


def decisions(n: int = 5) -> Decisions:
    rng = np.random.default_rng(0)
    rewards = rng.integers(0, 2, n).astype(float)
    rewards[1::3] = np.nan
    return Decisions(
        rng.integers(0, 9, (n, 3)),
        rng.normal(size=(n, 3, 2)).astype(np.float32),
        rng.integers(0, 3, n),
        rng.uniform(0.1, 1, n),
        rewards,
    )


def test_what_was_shown_is_the_context_of_the_choice() -> None:
    log = decisions()
    assert [row.tolist() for row in log.shown] == [
        log.contexts[i, c].tolist() for i, c in enumerate(log.chosen)
    ]


def test_only_known_rewards_are_learned_from() -> None:
    known = decisions().known()
    assert len(known) == 3
    assert np.isfinite(known.rewards).all()


def test_logs_are_joined_in_order() -> None:
    log = decisions()
    joined = Decisions.joined([log, log.take(np.array([2]))])
    assert len(joined) == 6
    assert joined.propensities[5] == log.propensities[2]


def test_what_was_saved_is_what_is_loaded(tmp_path: Path) -> None:
    log = decisions()
    log.save(tmp_path / "log")
    again = Decisions.load(tmp_path / "log")
    for name in Decisions.__dataclass_fields__:
        assert np.array_equal(getattr(again, name), getattr(log, name), equal_nan=name == "rewards")
    with pytest.raises(SpaceError, match="cannot be read"):
        Decisions.load(tmp_path)


@pytest.mark.parametrize(
    "wrong", [{"chosen": np.full(5, 3)}, {"rewards": np.ones(4)}, {"contexts": np.ones((5, 2, 2))}]
)
def test_what_does_not_fit_together_is_refused(wrong: dict[str, np.ndarray]) -> None:
    log = decisions()
    parts = {name: getattr(log, name) for name in Decisions.__dataclass_fields__} | wrong
    with pytest.raises(OptionError, match="context for each candidate"):
        Decisions(**parts)
