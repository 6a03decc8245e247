"""What comes next by several recommenders at once, weighed by what validation users took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shelfspace.data.interactions import Float32, Int64, Interactions
from shelfspace.errors import OptionError
from shelfspace.tasks.recommend.continuations import Continuations, ranks_within, reached
from shelfspace.tasks.recommend.kept import keep, kept
from shelfspace.tasks.recommend.ranked import Seen, best_of
from shelfspace.tasks.recommend.scorer import Recommender, load_recommender
from shelfspace.training.gate import Verdict, gate

_KIND = "next"
_QUESTIONS = 5000
_SHORTLIST = 200  # of each part's best items are told apart when weights are chosen
#: Scores that are sums of counts, never negative: their root is nearer to a normal distribution.
_COUNTED = ("transitions", "session_neighbours")


@dataclass(frozen=True)
class NextMixture:
    """The sum of `parts`' scores, each user's brought to mean 0 and deviation 1, times `weights`.

    Of scores that count (transitions, session neighbours) the root is taken first.
    """

    parts: Mapping[str, Recommender]
    weights: Mapping[str, float]
    kind: str = _KIND

    def scores(self, histories: Interactions, users: Int64 | None = None) -> Float32:
        """Scores [n, n_items], see `Recommender`."""
        total = np.zeros((histories.n_users, histories.n_items), np.float32)
        for name, weight in self.weights.items():
            total += np.float32(weight) * standardised(self.parts[name], histories, users)
        return total

    def save(self, folder: Path) -> None:
        """Write the parts into folders of their own within `folder`."""
        keep(folder, self.kind, {}, weights=dict(self.weights))
        for name in self.weights:
            self.parts[name].save(folder / name)

    @classmethod
    def load(cls, folder: Path) -> NextMixture:
        """The recommender that was saved in `folder`; `SpaceError` where there is none."""
        _, settings = kept(folder, _KIND)
        weights = {str(name): float(weight) for name, weight in settings["weights"].items()}
        parts: dict[str, Recommender] = {name: load_recommender(folder / name) for name in weights}
        return cls(parts, weights)


def standardised(part: Recommender, histories: Interactions, users: Int64 | None = None) -> Float32:
    """A part's scores [n, n_items], each row at mean 0 and deviation 1; the roots of scores that count."""
    scores = part.scores(histories, users)
    if part.kind in _COUNTED:
        np.sqrt(scores, out=scores)
    scores -= scores.mean(axis=1, keepdims=True)
    deviations = np.sqrt(np.einsum("ij,ij->i", scores, scores) / max(1, scores.shape[1]))
    scores /= np.where(deviations > 0, deviations, 1)[:, None].astype(np.float32)
    return scores


def mixed(
    parts: Mapping[str, Recommender],
    valid: Continuations,
    *,
    seen: Seen = "exclude",
    steps: int = 10,
    seed: int = 0,
) -> tuple[NextMixture, Verdict]:
    """The mixture of `parts` with the best ndcg@20 on `valid`, and how all candidates did.

    The best single part is held to be the closed form of the gate: a mixture is shipped where its gain over
    it is sure. Told apart are each part's 200 best items of a user, with the target; asked are 5,000 users
    at most, drawn by `seed`. Raises `OptionError` without parts or without questions.
    """
    asked = valid.sample(_QUESTIONS, seed=seed)
    if not parts or not len(asked):
        raise OptionError(
            f"There are {len(parts)} parts and {len(asked)} questions to weigh them by.",
            "A mixture is of one part at least, weighed by what users took next.",
            "Leave histories of two and more events for validation.",
        )
    found = _shortlists(parts, asked, seen)

    def measure(scores: Float32) -> Float32:
        return reached(ranks_within(scores, np.zeros(len(scores), np.int64))).astype(np.float32)

    alone = {name: float(measure(scores).mean()) for name, scores in found.items()}
    verdict = gate(found, measure, closed=max(alone, key=lambda name: alone[name]), steps=steps)
    weights = {name: weight / verdict.scales[name][1] for name, weight in verdict.weights.items() if weight}
    total = sum(weights.values())
    return NextMixture(parts, {name: weight / total for name, weight in weights.items()}), verdict


def _shortlists(parts: Mapping[str, Recommender], asked: Continuations, seen: Seen) -> dict[str, Float32]:
    """Each part's scores [n, c] of a user's shortlist, the target first, -inf for an item's second place."""
    found: dict[str, list[Float32]] = {name: [] for name in parts}
    for rows in asked.blocks():
        part = asked.take(rows)
        scores = {name: standardised(each, part.histories) for name, each in parts.items()}
        if seen == "exclude":
            for each in scores.values():
                each[part.histories.users, part.histories.items] = -np.inf
        columns = np.hstack([best_of(each, _SHORTLIST) for each in scores.values()])
        columns = np.sort(np.where(columns == part.targets[:, None], -1, columns), axis=1)
        twice = np.hstack([np.zeros((len(columns), 1), np.bool_), columns[:, 1:] == columns[:, :-1]])
        dropped = np.hstack([np.zeros((len(columns), 1), np.bool_), twice | (columns < 0)])
        columns = np.hstack([part.targets[:, None], np.maximum(columns, 0)])
        for name, each in scores.items():
            listed = np.take_along_axis(each, columns, axis=1)
            listed[dropped] = -np.inf
            found[name].append(listed)
    return {name: np.concatenate(blocks) for name, blocks in found.items()}
