"""Learn to recommend from a space's events: each way by itself, their blend, and what few have taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shelfspace.data.events import Events
from shelfspace.data.interactions import Int64, Interactions
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.match.study import Preset
from shelfspace.tasks.recommend.adviser import Adviser, Learned, lending_of
from shelfspace.tasks.recommend.blend import blended, mean_gain
from shelfspace.tasks.recommend.collaborative import fit_collaborative, options_of
from shelfspace.tasks.recommend.histories import Histories
from shelfspace.tasks.recommend.scorer import Recommender

#: Users whose last event decides what the blend is; more would not say it much surer.
_JUDGES, _SHARE_OF_JUDGES = 2000, 0.2
_FEW_JUDGES = 20  # with fewer, nothing is decided by them
_STRENGTHS = (0.0, 1.0, 3.0, 10.0)
_USUAL_STRENGTH = 3.0
_MADE_NEW = 0.1  # the share of products that are made new to choose the strength
_LEFT = 2  # events that each of these keeps, at most


def with_recommender(space: Space, events: Events, *, preset: Preset = "balanced", seed: int = 0) -> Space:
    """The space with `events` kept and, in its artifacts, what was learned from them to recommend by.

    The last event of a fifth of the users, 2,000 at most, is held out and decides what the blend is. How much
    a product that few have taken borrows from those like it is decided by the same events where a tenth of
    the products are made new on purpose. `figures` tell what was chosen. `space` is changed and returned.

    Raises `OptionError` where none of the events is of the space's products.
    """
    histories = Histories.of_events(events, space.catalog)
    log = histories.learned
    if not len(log):
        raise OptionError(
            f"None of the {len(events):,} events is of a product of this space.",
            "An event names a product by the id, and where several shops have it the shop, of the catalogue.",
            "Compare the ids of the log with those of the feed.",
        )
    exam = _Exam.of(log, seed)
    members = learn_members(exam.before, preset, seed)
    blend = blended(list(members.values()), exam.histories, exam.wanted, exam.users)
    strength = _strength(space, exam, seed)
    learned = Learned(blend, tuple(histories.users), log.popularity(), strength)
    space.events = events
    space.artifacts.update(learned.artifacts())
    space.figures |= {
        "events": float(len(log)),
        "shoppers": float(log.n_users),
        "recommends_by": ", ".join(f"{name} {w:g}" for name, w in zip(members, blend.weights, strict=True)),
        "lending_strength": strength,
    }
    return space


def learn_members(log: Interactions, preset: Preset, seed: int) -> dict[str, Recommender]:
    """Every way to recommend that a log can teach, by name."""
    return {"collaborative": fit_collaborative(log, options_of(preset), seed=seed)}


@dataclass(frozen=True)
class _Exam:
    """The log `before` the last events of some `users`, their `histories` in it, and what they took last."""

    before: Interactions
    users: Int64
    histories: Interactions
    wanted: Int64

    @classmethod
    def of(cls, log: Interactions, seed: int) -> _Exam:
        """An exam for users with two events or more."""
        able = np.flatnonzero(log.lengths >= 2)
        n = min(_JUDGES, int(np.ceil(len(able) * _SHARE_OF_JUDGES)))
        users = np.sort(np.random.default_rng(seed).permutation(able)[:n])
        last = log.starts[users + 1] - 1
        kept = np.ones(len(log), np.bool_)
        kept[last] = False
        before = log.where(kept)
        return cls(before, users, before.take(users), log.items[last])


def _strength(space: Space, exam: _Exam, seed: int) -> float:
    """How strongly products that few have taken should borrow, see `Lending`."""
    before, popularity = exam.before, exam.before.popularity()
    taken = np.flatnonzero(popularity > _LEFT)
    rng = np.random.default_rng(seed)
    new = np.zeros(before.n_items, np.bool_)
    new[rng.permutation(taken)[: int(len(taken) * _MADE_NEW)]] = True
    if new[exam.wanted].sum() < _FEW_JUDGES:
        return _USUAL_STRENGTH
    shuffled = rng.permutation(len(before))
    order = shuffled[np.argsort(before.items[shuffled], kind="stable")]
    starts = np.append(0, popularity.cumsum())
    place = np.empty(len(before), np.int64)
    place[order] = np.arange(len(before)) - starts[before.items[order]]
    poorer = before.where(~new[before.items] | (place < _LEFT))
    closed = fit_collaborative(poorer, options_of("fast"), seed=seed)
    known = poorer.popularity()

    def gain(strength: float) -> float:
        lending = lending_of(space, known, strength)
        adviser = Adviser(Learned(closed, (), known, strength), lending, {}, before.n_items)
        return mean_gain(adviser, poorer.take(exam.users), exam.wanted, exam.users)

    return max(_STRENGTHS, key=gain)
