"""Accounts that are suddenly somebody else's: what they do of late is improbable after what they did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import scipy.sparse

from shelfspace.data.events import Events
from shelfspace.data.interactions import Interactions
from shelfspace.errors import OptionError
from shelfspace.objectives.spectral import followed_by
from shelfspace.tasks.anomalies.population_tail import PopulationTail

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

TAKEOVERS: dict[str, pl.DataType] = {
    "user": pl.String(),
    "verdict": pl.String(),
    "p_value": pl.Float64(),
    "score": pl.Float64(),
    "since": pl.Datetime("us", "UTC"),
    "events": pl.Int64(),
    "why": pl.String(),
}
_CUTS = (0.6, 0.7, 0.8)  # of an account's events, where its habits may have changed
_FEWEST = 10  # events of an account, below which it has no habits to change
_EM_STEPS = 20
_TOLD = 3
_BLOCK = 512


@dataclass(frozen=True)
class Takeovers:
    """For each judged account `scores` [n], higher is more as if somebody else had it, and `p_values` [n].

    `gains` are the logarithms, event by event from `since` on, of how much likelier than by popularity each
    was after what came before, and `items` the products.
    """

    users: tuple[str, ...]
    scores: Float64
    p_values: Float64
    gains: tuple[Float64, ...]
    items: tuple[tuple[str, ...], ...]
    since: tuple[Any, ...]

    def table(self, false_alarms: float = 0.01) -> pl.DataFrame:
        """A row for each account, most suspicious first; `verdict` is changed where the p-value is
        `false_alarms` at most, else same, and `why` then names what was least to be expected.

        Another share needs no new fit. Raises `OptionError` for a share outside (0, 1).
        """
        if not 0 < false_alarms < 1:
            raise OptionError(
                f"A share of false alarms of {false_alarms:g} was asked for.",
                "It lies above 0 and below 1.",
                "0.01 flags about one honest account in a hundred.",
            )
        rows = [
            (
                self.users[user],
                "changed" if self.p_values[user] <= false_alarms else "same",
                float(self.p_values[user]),
                float(self.scores[user]),
                self.since[user],
                len(self.gains[user]),
                self._why(user) if self.p_values[user] <= false_alarms else None,
            )
            for user in np.argsort(-self.scores, kind="stable").tolist()
        ]
        return pl.DataFrame(rows, schema=TAKEOVERS, orient="row")

    def _why(self, user: int) -> str:
        gains = self.gains[user]
        least = np.argsort(gains, kind="stable")
        names = list(dict.fromkeys(self.items[user][place] for place in least))[:_TOLD]
        times = np.exp(gains.mean())
        return f"{', '.join(names)}: {times:.2g} times as likely as for anybody after what it did before"


def find_takeovers(events: Events, *, seed: int = 0) -> Takeovers:
    """How suddenly each account's habits changed, of those with ten events and more.

    An event model, popularity, the account's own history, and what goes with it in the histories of others
    (transitions of the half of accounts it does not belong to), mixed as makes the log likeliest, says how
    likely late events are after the early ones, cut at three places. The gain over popularity is held against
    that of peers with as many events; whoever always was hard to foretell stands out too. P-values are
    estimates against all accounts, see `PopulationTail`. Events without a time stay out; no account: nothing.
    """
    log = events.table.filter(pl.col("timestamp").is_not_null()).sort("timestamp", maintain_order=True)
    # A product that is viewed, put in the cart and bought is one thing done.
    log = log.filter((pl.col("id") != pl.col("id").shift(1).over("user_id")).fill_null(True))
    log = log.filter(pl.len().over("user_id") >= _FEWEST).sort("user_id", "timestamp", maintain_order=True)
    users, names = _numbered(log["user_id"])
    items, products = _numbered(log["id"])
    taken = Interactions.of_rows(users, items, n_users=len(names), n_items=max(1, len(products)))
    n = len(names)
    if not n:
        return Takeovers((), np.zeros(0), np.zeros(0), (), (), ())
    half = np.random.default_rng(seed).permutation(n) % 2
    graphs = [_graph(taken.take(np.flatnonzero(half != side))) for side in (0, 1)]
    lengths = taken.lengths
    found, lates, gains = [], [], []
    for share in _CUTS:
        late = np.minimum(np.ceil(lengths * share).astype(np.int64), lengths - 1)
        after = _gains(taken, graphs, half, late)
        found.append(_beside_peers(-_means(after, lengths - late), 1 / (lengths - late)))
        lates.append(late)
        gains.append(np.split(after, np.cumsum(lengths - late)[:-1]))
    scores, best = np.mean(found, axis=0), np.argmax(found, axis=0)
    cuts = np.stack(lates)[best, np.arange(n)]
    begins = taken.starts[:-1] + cuts
    times = log["timestamp"].to_list()
    texts = log["id"].to_list()
    return Takeovers(
        tuple(names),
        scores,
        PopulationTail(np.sort(scores)).p_values(scores),
        tuple(gains[cut][user] for user, cut in enumerate(best.tolist())),
        tuple(tuple(texts[b:e]) for b, e in zip(begins, taken.starts[1:], strict=True)),
        tuple(times[begin] for begin in begins),
    )


def _gains(taken: Interactions, graphs: list[Any], half: Int64, start: Int64) -> Float64:
    """log p(event | the first `start` [n] events of its account) − log popularity of each event from `start`
    [n] on, account by account.
    """
    place = np.arange(len(taken)) - taken.starts[taken.users]
    known = place < start[taken.users]
    asked = np.flatnonzero(~known)
    shape = (taken.n_users, taken.n_items)
    past = scipy.sparse.csr_array(
        (np.ones(int(known.sum())), (taken.users[known], taken.items[known])), shape=shape
    )
    past = scipy.sparse.diags_array(1 / np.maximum(np.asarray(past.sum(axis=1)), 1)) @ past
    popular = (taken.popularity() + 1.0) / (len(taken) + taken.n_items)
    parts = np.zeros((3, len(asked)))
    users, items = taken.users[asked], taken.items[asked]
    parts[0] = popular[items]
    for begin in range(0, taken.n_users, _BLOCK):
        block = np.arange(begin, min(begin + _BLOCK, taken.n_users))
        mine = np.flatnonzero((users >= begin) & (users < begin + _BLOCK))
        own = past[block]
        parts[1, mine] = own.toarray()[users[mine] - begin, items[mine]]
        for side, graph in enumerate(graphs):
            chosen = mine[half[users[mine]] == side]
            parts[2, chosen] = (own @ graph).toarray()[users[chosen] - begin, items[chosen]]
    weights = np.full(3, 1 / 3)
    for _ in range(_EM_STEPS):
        shares = weights[:, None] * parts
        weights = (shares / np.maximum(shares.sum(axis=0), 1e-300)).mean(axis=1)
        weights = np.maximum(weights, 1e-3) / np.maximum(weights, 1e-3).sum()
    return np.asarray(np.log(weights @ parts) - np.log(parts[0]), np.float64)


def _graph(taken: Interactions) -> Any:
    """What goes with what in both directions, rows that sum to 1 or 0."""
    after = followed_by(taken)
    both = scipy.sparse.csr_array(after + after.T)
    return scipy.sparse.diags_array(1 / np.maximum(np.asarray(both.sum(axis=1)), 1e-12)) @ both


def _means(values: Float64, counts: Int64) -> Float64:
    """The mean of each account's values, which stand one account behind the other."""
    owners = np.repeat(np.arange(len(counts)), counts)
    return np.asarray(np.bincount(owners, values, len(counts)) / np.maximum(counts, 1), np.float64)


def _beside_peers(loss: Float64, noise: Float64) -> Float64:
    """The loss in standard deviations of peers with as many events: the variance is a + b · `noise`."""
    centred = loss - np.median(loss)
    squares = np.minimum(centred**2, np.quantile(centred**2, 0.95))  # few takeovers do not set the scale
    design = np.stack([np.ones(len(noise)), noise], axis=1)
    found, *_ = np.linalg.lstsq(design, squares, rcond=None)
    variance = np.maximum(design @ np.maximum(found, 0), 1e-9 + 0.1 * float(squares.mean()))
    return np.asarray(centred / np.sqrt(variance), np.float64)


def _numbered(values: pl.Series) -> tuple[Int64, list[str]]:
    names = values.unique().sort()
    ranks = values.replace_strict(names, np.arange(len(names)), return_dtype=pl.Int64)
    return ranks.to_numpy(), names.to_list()
