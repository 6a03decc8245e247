"""Segments and drift of made-up shoppers against the truth: the tables of docs/shoppers.md.

    python benchmarks/shoppers.py

Four planted tastes, a fifth of the users with another one in the second half. Segments: the adjusted Rand
index with the taste at the end, of four clusters over vectors of the products alone and with those of who
takes what together, and how many segments are chosen. Drift: how many of those who changed are named, how
many others are, and the share of the others with p at most 0.05.
"""

from __future__ import annotations

import numpy as np

from shelfspace.data.synthetic import shopping
from shelfspace.evaluation.clusterings import adjusted_rand
from shelfspace.tasks.groups.kmeans import spherical_kmeans
from shelfspace.tasks.shoppers.shoppers import Shoppers
from shelfspace.tasks.shoppers.tastes import taste_vectors

SEGMENTS = ((200, 300, 80, 0), (1_000, 300, 60, 2), (2_000, 1_000, 40, 3))
DRIFTS = ((400, 300, 80, 0), (400, 300, 160, 1))


def main() -> None:
    """Print both tables."""
    print("| users, products, events each | products alone | both | number found |\n|---|---|---|---|")
    for n_users, n_products, events_each, seed in SEGMENTS:
        made = shopping(n_users, n_products, events_each=events_each, seed=seed)
        shoppers = Shoppers.of_events(made.events, made.catalog, made.vectors)
        truth = made.later[[int(user[1:]) for user in shoppers.users]]
        alone = spherical_kmeans(taste_vectors(shoppers.histories, made.vectors), 4).labels
        both = spherical_kmeans(shoppers.tastes, 4).labels
        figures = f"{adjusted_rand(truth, alone):.2f} | {adjusted_rand(truth, both):.2f}"
        print(f"| {n_users:,}, {n_products:,}, {events_each} | {figures} | {len(shoppers.segments())} |")
    print("\n| users, events each | changed, tested | named | wrongly named | others at p ≤ 0.05 |")
    print("|---|---|---|---|---|")
    for n_users, n_products, events_each, seed in DRIFTS:
        made = shopping(n_users, n_products, events_each=events_each, seed=seed)
        shoppers = Shoppers.of_events(made.events, made.catalog, made.vectors)
        changed = made.drifts[[int(user[1:]) for user in shoppers.users]]
        found = shoppers.drifts()
        named, steady = found.q <= 0.1, found.tested & ~changed
        figures = (
            f"{np.sum(changed & found.tested)} | {np.sum(named & changed)} | {np.sum(named & ~changed)} | "
            f"{np.mean(found.p[steady] <= 0.05):.1%}"
        )
        print(f"| {n_users:,}, {events_each} | {figures} |")


if __name__ == "__main__":
    main()
