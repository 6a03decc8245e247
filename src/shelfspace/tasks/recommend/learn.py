"""Learn to recommend from a space's events: each way by itself, their blend, and what few have taken."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfspace.data.events import Events
from shelfspace.data.interactions import Float32, Interactions
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.match.study import Preset
from shelfspace.tasks.recommend.adviser import Adviser, Learned, lending_of
from shelfspace.tasks.recommend.blend import Blend
from shelfspace.tasks.recommend.collaborative import fit_collaborative, options_of
from shelfspace.tasks.recommend.confirmed import blend_of, confirmed
from shelfspace.tasks.recommend.continuations import Continuations, reached, target_ranks
from shelfspace.tasks.recommend.fit_next import MEMBERS, fit_next
from shelfspace.tasks.recommend.gate import gated
from shelfspace.tasks.recommend.histories import Histories
from shelfspace.tasks.recommend.scorer import Recommender
from shelfspace.tasks.recommend.transitions import Transitions
from shelfspace.training.sequences import SequenceRecipe

#: Users whose last event decides; more would not say it much surer.
_JUDGES, _SHARE_OF_JUDGES = 2000, 0.2
_FEW_JUDGES = 20  # with fewer, nothing is decided by them
_EPOCHS: dict[Preset, int] = {"balanced": 8, "best": 16}
_STRENGTHS = (0.0, 1.0, 3.0, 10.0)
_USUAL_STRENGTH = 3.0
_MADE_NEW = 0.1  # the share of products that are made new to choose the strength
_LEFT = 2  # events that each of these keeps, at most


def with_recommender(space: Space, events: Events, *, preset: Preset = "balanced", seed: int = 0) -> Space:
    """The space with `events` kept and, in its artifacts, what was learned from them to recommend by.

    Parts are learned from who took what and from what followed what; with the preset "fast" both in closed
    form. Of events of a user with one product the first counts. What a fifth of the users took last, 2,000
    users at most, is held out from all parts and decides how they are blended, and how much a product that
    few have taken borrows from those like it: for this a tenth of the products are made new on purpose.
    `figures` tell what was chosen. `space` is changed and returned.

    Raises `OptionError` where none of the events is of the space's products.
    """
    histories = Histories.of_events(events, space.catalog)
    log = histories.learned.first_takes()
    if not len(log):
        raise OptionError(
            f"None of the {len(events):,} events is of a product of this space.",
            "An event names a product by the id, and where several shops have it the shop, of the catalogue.",
            "Compare the ids of the log with those of the feed.",
        )
    before, exam = examined(log, seed)
    parts = learn_parts(before, exam, preset=preset, products=space.vectors, seed=seed)
    blend = Blend(tuple(parts.values()), (1 / len(parts),) * len(parts))
    if len(exam) >= _FEW_JUDGES:
        blend = blend_of(parts, confirmed(parts, exam, seed=seed))
    strength = _strength(space, before, exam, seed)
    learned = Learned(blend, tuple(histories.users), log.popularity(), strength)
    space.events = events
    space.artifacts.update(learned.artifacts())
    told = (f"{name} {weight:.2f}" for name, weight in zip(parts, blend.weights, strict=True) if weight)
    space.figures |= {
        "events": float(len(histories.learned)),
        "shoppers": float(log.n_users),
        "recommends_by": ", ".join(told),
        "lending_strength": strength,
    }
    return space


def examined(log: Interactions, seed: int) -> tuple[Interactions, Continuations]:
    """The log before the last events of some users with two or more, and these events as what came next."""
    able = np.flatnonzero(log.lengths >= 2)
    n = min(_JUDGES, int(np.ceil(len(able) * _SHARE_OF_JUDGES)))
    users = np.sort(np.random.default_rng(seed).permutation(able)[:n])
    last = log.starts[users + 1] - 1
    kept = np.ones(len(log), np.bool_)
    kept[last] = False
    before = log.where(kept)
    return before, Continuations(before.take(users), log.items[last])


def learn_parts(
    log: Interactions,
    valid: Continuations,
    *,
    preset: Preset,
    products: Float32 | None = None,
    seed: int = 0,
) -> dict[str, Recommender]:
    """Every way to recommend that a log can teach, by name; `valid` tunes what has options.

    `products` are product vectors, by which what comes next may be a product without events.
    """
    options = options_of(preset)
    if preset != "fast":
        options = gated(log, options, seed=seed)
    parts: dict[str, Recommender] = {
        "collaborative": fit_collaborative(log, options, seed=seed),
        "transitions": Transitions.fit(log),
    }
    if preset == "fast" or len(valid) < _FEW_JUDGES or not (log.lengths >= 2).any():
        return parts
    recipe = SequenceRecipe(epochs=_EPOCHS[preset], seed=seed)
    found = fit_next(log, valid, recipe=recipe, products=products, members=MEMBERS[preset])
    return parts | found.parts


def _strength(space: Space, before: Interactions, exam: Continuations, seed: int) -> float:
    """How strongly products that few have taken should borrow, see `Lending`."""
    poorer, new = _with_new_products(before, seed)
    if new[exam.targets].sum() < _FEW_JUDGES:
        return _USUAL_STRENGTH
    closed = fit_collaborative(poorer, options_of("fast"), seed=seed)
    known = poorer.popularity()

    def gain(strength: float) -> float:
        lending = lending_of(space, known, strength)
        adviser = Adviser(Learned(closed, (), known, strength), lending, {}, before.n_items)
        return float(reached(target_ranks(adviser, exam)).mean())

    return max(_STRENGTHS, key=gain)


def _with_new_products(log: Interactions, seed: int) -> tuple[Interactions, npt.NDArray[np.bool_]]:
    """The log with two events left of every tenth product, and which those are, bool `[n_items]`."""
    rng = np.random.default_rng(seed)
    popularity = log.popularity()
    several = np.flatnonzero(popularity > _LEFT)
    new = np.zeros(log.n_items, np.bool_)
    new[rng.permutation(several)[: int(len(several) * _MADE_NEW)]] = True
    shuffled = rng.permutation(len(log))
    order = shuffled[np.argsort(log.items[shuffled], kind="stable")]
    place = np.empty(len(log), np.int64)
    place[order] = np.arange(len(log)) - np.append(0, popularity.cumsum())[log.items[order]]
    return log.where(~new[log.items] | (place < _LEFT)), new
