"""What bandits miss in a world whose clicks are known: the table of docs/exploration.md.

    python benchmarks/bandit.py

4,000 visits in batches of 20, the mean of twelve worlds: the expected clicks missed beside always showing
the best item, in the first and in the second half, and in all by the world where it was worst. In "few"
the 20 items are candidates of every visit, in "many" each visit has 10 of 40 items.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from shelfspace.data.synthetic.clicks import Clicks
from shelfspace.tasks.bandit.bandit import Bandit
from shelfspace.tasks.bandit.ridge import Ridge

VISITS, BATCH, SEEDS = 4_000, 20, range(200, 212)
WORLDS = {"few": (20, 20, 20), "many": (40, 16, 10)}
POLICIES: dict[str, dict[str, Any]] = {
    "at random": {"at_random": 1.0},
    "greedy": {"width": 0.0, "at_random": 0.0},
    "greedy, 5 % at random": {"width": 0.0},
    "LinUCB, width 0.5": {"method": "linucb", "width": 0.5, "at_random": 0.0},
    "LinUCB, width 1": {"method": "linucb", "width": 1.0, "at_random": 0.0},
    "Thompson, width 0.5": {"width": 0.5, "at_random": 0.0},
    "Thompson, width 0.25": {"at_random": 0.0},
    "Thompson, width 0.25, 5 % at random (the default)": {},
}


def missed(world: Clicks, options: dict[str, Any], seed: int) -> np.ndarray:
    """The expected clicks missed by each batch."""
    rng = np.random.default_rng(seed)
    bandit = Bandit(Ridge.starting_at(np.zeros(world.dim)), **options)
    found = []
    for _ in range(VISITS // BATCH):
        candidates, contexts = world.visits(BATCH, rng)
        columns = bandit.ranking(contexts, candidates >= 0, 1, rng).columns[:, 0]
        shown = contexts[np.arange(BATCH), columns]
        bandit = bandit.observed(shown, world.rewards(shown, rng))
        found.append(float((world.chances(contexts).max(axis=1) - world.chances(shown)).sum()))
    return np.array(found)


def main() -> None:
    """Print the table."""
    half = VISITS // BATCH // 2
    heads = [f"{name}: {part}" for name in WORLDS for part in ("first half", "second half", "worst")]
    print(f"| | {' | '.join(heads)} |\n|---|{'---|' * len(heads)}")
    for name, options in POLICIES.items():
        cells = []
        for n_items, dim, n_candidates in WORLDS.values():
            worlds = [Clicks.made(n_items, dim, n_candidates=n_candidates, seed=seed) for seed in SEEDS]
            each = np.array(
                [missed(*pair) for pair in zip(worlds, [options] * len(worlds), SEEDS, strict=True)]
            )
            parts = (
                each[:, :half].sum(axis=1).mean(),
                each[:, half:].sum(axis=1).mean(),
                each.sum(axis=1).max(),
            )
            cells += [f"{part:.0f}" for part in parts]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
