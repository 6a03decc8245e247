"""Accounts that change hands in a made-up log: how well they are told, beside plain floors.

python benchmarks/fraud_takeovers.py --seed 4 --seed 5 --seed 6
"""

from __future__ import annotations

import argparse

import numpy as np
import polars as pl

from shelfspace.data.events import Events
from shelfspace.data.synthetic.shopping import shopping
from shelfspace.data.synthetic.takeovers import plant_takeovers
from shelfspace.evaluation.fraud_figures import fraud_figures
from shelfspace.tasks.fraud.takeovers import find_takeovers

LATE = 0.7


def floors(events: Events, users: tuple[str, ...]) -> dict[str, np.ndarray]:
    """How unpopular what an account did of late is, and how much more it did than before."""
    counts = events.table.group_by("id").len("taken")
    log = events.table.join(counts, on="id").with_columns(
        place=pl.int_range(pl.len()).over("user_id") / pl.len().over("user_id"),
        day=pl.col("timestamp").dt.epoch("s") / 86_400,
    )
    late = log.filter(pl.col("place") >= LATE).group_by("user_id")
    unpopular = dict(late.agg(-pl.col("taken").log().mean()).iter_rows())
    days = dict(late.agg(pl.col("day").max() - pl.col("day").min()).iter_rows())
    whole = dict(log.group_by("user_id").agg(pl.col("day").max() - pl.col("day").min()).iter_rows())
    return {
        "popularity surprise": np.array([unpopular[user] for user in users]),
        "event rate": np.array([whole[user] / (days[user] + 1e-3) for user in users]),
    }


def main() -> None:
    """Print a row for each method: the mean over seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--users", type=int, default=400)
    options = parser.parse_args()
    figures: dict[str, list[dict[str, float]]] = {}
    alarms = []
    for seed in options.seed or [0]:
        made = shopping(options.users, 300, events_each=60, drifting=0.0, seed=seed)
        events, planted = plant_takeovers(made.events, seed=seed)
        found = find_takeovers(events, seed=seed)
        guilty = {takeover.user for takeover in planted}
        truth = np.array([user in guilty for user in found.users]).astype(np.int64)
        for name, scores in {"shelfspace": found.scores, **floors(events, found.users)}.items():
            figures.setdefault(name, []).append(fraud_figures(truth, scores))
        alarms.append([(found.p_values[truth == kind] <= 0.05).mean() for kind in (1, 0)])
    for name, each in figures.items():
        means = {key: np.mean([one[key] for one in each]) for key in each[0]}
        print(f"{name:20s}  " + "  ".join(f"{key} {value:.3f}" for key, value in means.items()))
    print("found and false alarms at 5 %: " + " ".join(f"{share:.3f}" for share in np.mean(alarms, axis=0)))


if __name__ == "__main__":
    main()
