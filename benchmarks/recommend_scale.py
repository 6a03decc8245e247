"""What learning to recommend and asking cost, from ten thousand events to ten million.

    python benchmarks/recommend_scale.py --plot recommend_scale.svg

makes up a log of each size (20 events a user, a product for every 50 events up to 100,000 products,
popularities of a power law, users of fifty tastes), learns the closed form from it and asks for 1,000 users'
lists. Each size has a process of its own, so that memory is its own. The plot has decimal logarithms upwards:
what grows in proportion to the events runs alongside the line drawn for it.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
EVENTS_A_USER, EVENTS_A_PRODUCT, MOST_PRODUCTS = 20, 50, 100_000
TASTES, OWN_TASTE = 50, 0.8
SKEW = 0.8  # the exponent of the power law of popularities
ASKED, K = 1_000, 20


def made_up(n_events: int, seed: int):
    """Interactions of users who mostly take what is of their taste."""
    from shelfspace.data.interactions import Interactions

    rng = np.random.default_rng(seed)
    n_users = n_events // EVENTS_A_USER
    n_items = min(MOST_PRODUCTS, max(20 * TASTES, n_events // EVENTS_A_PRODUCT)) // TASTES * TASTES
    users = rng.integers(0, n_users, n_events)
    taste = np.where(rng.random(n_events) < OWN_TASTE, users % TASTES, rng.integers(0, TASTES, n_events))
    rank = np.minimum(rng.random(n_events) ** (1 / (1 - SKEW)) * (n_items // TASTES), n_items // TASTES - 1)
    items = rank.astype(np.int64) * TASTES + taste
    return Interactions.of_rows(users, items, n_users=n_users, n_items=n_items)


def one(n_events: int, seed: int) -> dict[str, float]:
    """Seconds of the processor and the peak of memory for one size."""
    from shelfspace.evaluation.cost import measured
    from shelfspace.tasks.recommend.collaborative import fit_closed, options_of
    from shelfspace.tasks.recommend.ranked import top_k

    log = made_up(n_events, seed)
    with measured() as learning:
        linear = fit_closed(log, options_of("fast"), seed=seed).linear
    asked = log.take(np.arange(min(ASKED, log.n_users)))
    with measured() as asking:
        found = top_k(linear, asked, K)
    own = np.mean((found % TASTES) == (np.arange(len(found)) % TASTES)[:, None])
    return {
        "events": n_events,
        "users": log.n_users,
        "products": log.n_items,
        "learn_seconds": learning.cpu_seconds,
        "ask_1000_seconds": asking.cpu_seconds,
        "peak_mib": asking.peak_mib,
        "own_taste": float(own),
    }


def main() -> None:
    """Measure every size, print the table, and draw the plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--one", type=int, help="measure one size and print it as JSON")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.one, given.seed)))
        return
    rows = []
    for size in given.sizes:
        command = [sys.executable, __file__, "--one", str(size), "--seed", str(given.seed)]
        rows.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        if size == given.sizes[0]:
            print("\t".join(rows[0]))
        print("\t".join(f"{value:,.4g}" if value < 100 else f"{value:,.0f}" for value in rows[-1].values()))
    if given.plot:
        draw(given.plot, rows)


def draw(path: Path, rows: list[dict[str, float]]) -> None:
    """The costs over the events, both as logarithms."""
    from shelfspace.report.curve import write_curves

    first = rows[0]
    curves = {
        name: [(row["events"], math.log10(row[key])) for row in rows]
        for name, key in (("learn s", "learn_seconds"), ("ask s", "ask_1000_seconds"), ("MiB", "peak_mib"))
    }
    ratio = first["learn_seconds"] / first["events"]
    curves["in proportion"] = [(row["events"], math.log10(row["events"] * ratio)) for row in rows]
    write_curves(path, "Cost of recommending, log10", "events", curves)


if __name__ == "__main__":
    main()
