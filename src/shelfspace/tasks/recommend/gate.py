"""The gate: how what was learned is mixed, chosen on events that were held out of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from shelfspace.data.interactions import Int64, Interactions
from shelfspace.tasks.recommend.collaborative import CollaborativeOptions, fit_collaborative
from shelfspace.tasks.recommend.mixture import MixtureRecommender
from shelfspace.tasks.recommend.ranked import top_k
from shelfspace.tasks.recommend.ranking_figures import ndcg


class Powers(NamedTuple):
    """How the parts of a `MixtureRecommender` are mixed."""

    linear_power: float
    contrastive_power: float
    popularity: float


#: What is tried beside the powers given: each part alone, and more or less of it or of popularity.
TRIED = (
    Powers(1.0, 0.0, 0.0),
    Powers(0.0, 1.0, 0.2),
    Powers(0.25, 0.5, 0.0),
    Powers(1.0, 0.5, 0.0),
    Powers(0.5, 0.5, 0.3),
    Powers(0.5, 0.25, 1.0),
)

_EVENTS = 200_000
_SHARE = 0.2
_K = 20
_FEWEST_USERS = 100
_STANDARD_ERRORS = 2.0
#: By how much others must be ahead, as a share of what the powers given reach, where some of the users alone
#: were looked at: in a thinner log items have fewer takers, which favours the contrast over the filter.
_THINNED = 0.1
#: Held-out events are drawn with chances that fall with an item's popularity to this power. What is taken
#: next is less of what was popular then than a draw at random from the past would have it.
_TEMPERING = 0.4


def gated(log: Interactions, options: CollaborativeOptions, *, seed: int = 0) -> CollaborativeOptions:
    """The options with the powers that do best on events held out of `log`, those given unless others win.

    Of a large log some users' events are taken, near 200,000. With times, what is held out is what happened
    last, else a part of each user's items that leans to the less popular. Others win only where their ndcg@20
    is ahead by two standard errors over the users, and by a tenth where these are some of the users alone: a
    held-out part is never quite like what is to come, so small gains count for nothing. A log too small to
    tell keeps the powers given.
    """
    few = _some_users(log, seed)
    train, asked = hold_out(few, seed=seed)
    rows = np.flatnonzero((asked.lengths > 0) & (train.lengths > 0))
    if len(rows) < _FEWEST_USERS:
        return options
    learned = fit_collaborative(train, options, seed=seed)
    given = Powers(options.linear_power, options.contrastive_power, options.popularity)
    gains = [_gains(mixed(learned, powers), train, asked, rows) for powers in (given, *TRIED)]
    best = chosen(gains, least=_THINNED if len(few) < len(log) else 0.0)
    return replace(options, **(given, *TRIED)[best]._asdict())


def chosen(gains: Sequence[np.ndarray], least: float = 0.0) -> int:
    """Which of several lists of gains, an entry a user, is best: the first unless another surely is.

    And unless that one is ahead by the share `least` of the first's mean.
    """
    best, lead = 0, least * float(gains[0].mean())
    for number, others in enumerate(gains[1:], start=1):
        ahead = others - gains[0]
        error = float(ahead.std(ddof=1)) / len(ahead) ** 0.5 if len(ahead) > 1 else np.inf
        if ahead.mean() > max(lead, _STANDARD_ERRORS * error):
            best, lead = number, float(ahead.mean())
    return best


def mixed(learned: MixtureRecommender, powers: Powers) -> MixtureRecommender:
    """The same parts, mixed otherwise."""
    return replace(
        learned,
        contrastive=replace(learned.contrastive, popularity=powers.popularity),
        linear_power=powers.linear_power,
        contrastive_power=powers.contrastive_power,
    )


def hold_out(log: Interactions, *, seed: int = 0) -> tuple[Interactions, Interactions]:
    """What may be learned from and what is asked for, a fifth of the log, over the same users and items."""
    if log.times is not None and len(log):
        moment = np.quantile(log.times, 1 - _SHARE, method="lower")
        train, later = log.where(log.times <= moment), log.where(log.times > moment).first_takes()
        return train, later.where(~_among(later, train))
    taken = log.first_takes()
    rng = np.random.default_rng(seed)
    late = rng.exponential(size=len(taken)) * taken.popularity()[taken.items] ** _TEMPERING
    place = np.empty(len(taken), np.int64)
    begins = np.repeat(taken.starts[:-1], taken.lengths)
    place[np.lexsort((late, taken.users))] = np.arange(len(taken)) - begins
    asked = taken.where(place < np.repeat(np.rint(taken.lengths * _SHARE), taken.lengths))
    return log.where(~_among(log, asked)), asked


def _gains(
    recommender: MixtureRecommender, train: Interactions, asked: Interactions, rows: Int64
) -> np.ndarray:
    lists = top_k(recommender, train.take(rows), _K, users=rows)
    return ndcg(lists, asked.take(rows))


def _some_users(log: Interactions, seed: int) -> Interactions:
    """The events of users drawn at random until there are enough."""
    if len(log) <= _EVENTS:
        return log
    order = np.random.default_rng(seed).permutation(log.n_users)
    enough = int(np.searchsorted(log.lengths[order].cumsum(), _EVENTS)) + 1
    return log.take(np.sort(order[:enough]))


def _among(events: Interactions, others: Interactions) -> np.ndarray:
    cells, known = (part.users * part.n_items + part.items for part in (events, others))
    return np.isin(cells, known)
