from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shelfspace.data.events import Events
from shelfspace.data.readers.read_events import read_events
from shelfspace.data.synthetic.shopping import shopping
from shelfspace.errors import OptionError, SpaceError
from shelfspace.evaluation.off_policy import judged
from shelfspace.space import Space
from shelfspace.tasks.bandit.bandit import Bandit
from shelfspace.tasks.bandit.ridge import Ridge
from shelfspace.tasks.bandit.trials import Heard, Trials
from shelfspace.tasks.fit import fit

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop() -> Space:
    made = shopping(40, 60, events_each=12, seed=5)
    return fit(made.catalog, events=made.events, preset="fast")


def clicked(user: str, ids: list[str], at: datetime) -> Events:
    return read_events(pl.DataFrame({"user_id": user, "id": ids, "timestamp": [at] * len(ids)}))


def test_what_is_shown_first_is_the_recommenders_choice_nearly_always(shop: Space, tmp_path: Path) -> None:
    trials = Trials(tmp_path)
    greedy = Bandit(Ridge.starting_at(trials.bandit(shop).model.weights), width=0, at_random=0)
    greedy.save(tmp_path / "bandit")
    shown = trials.show(shop, "u3", 5, seed=0)
    assert shown["id"].to_list() == shop.recommend("u3", k=5)["id"].to_list()
    assert shown["propensity"].to_list() == [1.0] * 5


def test_a_list_is_settled_when_its_time_is_over(shop: Space, tmp_path: Path) -> None:
    trials = Trials(tmp_path)
    shown = trials.show(shop, "u1", 4, seed=1, now=NOON)
    trials.show(shop, "u2", 4, seed=1, now=NOON + timedelta(hours=20))
    taken = shown["id"].to_list()[1:3]
    heard = trials.hear(shop, clicked("u1", taken, NOON + timedelta(hours=1)), now=NOON + timedelta(hours=2))
    assert heard == Heard(0, 0, 2)
    late = clicked("u1", taken, NOON + timedelta(hours=30))
    log = Events(pl.concat([clicked("u1", taken, NOON + timedelta(hours=1)).table, late.table]))
    before = trials.bandit(shop)
    assert trials.hear(shop, log) == Heard(1, 2, 1)
    after = trials.bandit(shop)
    assert (before.model.n, after.model.n) == (0, 4)
    assert trials.hear(shop, log) == Heard(0, 0, 1)
    decisions = trials.log()
    assert decisions is not None
    assert len(decisions) == 1
    assert decisions.rewards.tolist() == [0.0]


def test_what_others_took_or_what_was_taken_late_earns_nothing(shop: Space, tmp_path: Path) -> None:
    trials = Trials(tmp_path, patience_seconds=3600)
    shown = trials.show(shop, "u1", 4, seed=1, now=NOON)["id"].to_list()
    others = clicked("u9", shown, NOON + timedelta(minutes=5)).table
    before, late = (clicked("u1", shown, NOON + timedelta(hours=h)).table for h in (-1, 3))
    assert trials.hear(shop, Events(pl.concat([others, before, late]))) == Heard(1, 0, 0)


def test_it_learns_what_is_taken_and_its_log_judges_policies(shop: Space, tmp_path: Path) -> None:
    """Users take what costs little, whatever the recommender thinks."""
    trials = Trials(tmp_path, patience_seconds=60)
    cheap = set(shop.catalog.table.sort("price")["id"][:20])
    shares, at = [], NOON
    for visit in range(90):
        user, at = f"u{visit % 40}", at + timedelta(hours=1)
        shown = trials.show(shop, user, 5, seed=visit, now=at)["id"].to_list()
        taken = [name for name in shown if name in cheap]
        shares.append(len(taken) / 5)
        trials.hear(
            shop, clicked(user, taken or ["no such"], at + timedelta(seconds=30)), now=at + timedelta(hours=1)
        )
    assert np.mean(shares[-30:]) > np.mean(shares[:30]) + 0.1
    log = trials.log()
    assert log is not None
    assert len(log) == 90
    estimates = judged(log, trials.bandit(shop), clip=20)
    assert estimates["dr"].value > log.rewards[:30].mean()


def test_nothing_was_decided_yet(shop: Space, tmp_path: Path) -> None:
    assert Trials(tmp_path).log() is None
    assert Trials(tmp_path).hear(shop, clicked("u1", ["1"], NOON)) == Heard(0, 0, 0)
    assert Trials(tmp_path / "none").show(shop, "u1", where="price < 0").height == 0
    assert not (tmp_path / "none" / "shown").exists()


def test_a_bandit_of_other_vectors_or_none_for_anybody_is_refused(shop: Space, tmp_path: Path) -> None:
    Bandit(Ridge.starting_at(np.zeros(5))).save(tmp_path / "bandit")
    with pytest.raises(SpaceError, match="fitted anew"):
        Trials(tmp_path).show(shop, "u1")
    with pytest.raises(OptionError, match="k is 0"):
        Trials(tmp_path / "other").show(shop, "u1", 0)
