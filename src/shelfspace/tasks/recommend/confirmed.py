"""Several recommenders weighed by what validation users took next, through the gate."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from shelfspace.data.interactions import Float32
from shelfspace.errors import OptionError
from shelfspace.tasks.recommend.blend import Blend, standardised
from shelfspace.tasks.recommend.continuations import Continuations, ranks_within, reached
from shelfspace.tasks.recommend.ranked import Seen, best_of
from shelfspace.tasks.recommend.scorer import Recommender
from shelfspace.training.gate import Verdict, gate

_QUESTIONS = 5000
_SHORTLIST = 200  # of each part's best items are told apart when weights are chosen


def confirmed(
    parts: Mapping[str, Recommender],
    valid: Continuations,
    *,
    seen: Seen = "exclude",
    steps: int = 10,
    seed: int = 0,
) -> Verdict:
    """The mixture of `parts` with the best ndcg@20 on `valid`, its weights those of a `Blend`, summing to 1.

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
    return gate(found, measure, closed=max(alone, key=lambda name: alone[name]), steps=steps)


def blend_of(parts: Mapping[str, Recommender], verdict: Verdict) -> Blend:
    """The mixture that the verdict ships, over whole catalogues: the weights of all parts add up to 1."""
    # The gate brought the shortlists to one scale, a blend does the rows of the whole catalogue.
    weights = {
        name: verdict.weights.get(name, 0.0) / verdict.scales.get(name, (0.0, 1.0))[1] for name in parts
    }
    total = sum(weights.values())
    return Blend(tuple(parts.values()), tuple(weight / total for weight in weights.values()))


def _shortlists(parts: Mapping[str, Recommender], asked: Continuations, seen: Seen) -> dict[str, Float32]:
    """Each part's scores [n, c] of a user's shortlist, the target first, -inf for an item's second place."""
    found: dict[str, list[Float32]] = {name: [] for name in parts}
    for rows in asked.blocks():
        part = asked.take(rows)
        scores = {name: standardised(each.scores(part.histories)) for name, each in parts.items()}
        if seen == "exclude":
            for each in scores.values():
                each[part.histories.users, part.histories.items] = -np.inf
        columns = np.hstack([best_of(each, _SHORTLIST) for each in scores.values()])
        columns = np.sort(np.where(columns == part.targets[:, None], -1, columns), axis=1)
        first = np.zeros((len(columns), 1), np.bool_)
        twice = np.hstack([first, columns[:, 1:] == columns[:, :-1]])
        dropped = np.hstack([first, twice | (columns < 0)])
        columns = np.hstack([part.targets[:, None], np.maximum(columns, 0)])
        for name, each in scores.items():
            listed = np.take_along_axis(each, columns, axis=1)
            listed[dropped] = -np.inf
            found[name].append(listed)
    return {name: np.concatenate(blocks) for name, blocks in found.items()}
