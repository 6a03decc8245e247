"""Rings planted in a made-up log: found, false alarms and time to detect, over ring size and camouflage.

python benchmarks/fraud_rings.py --seed 0 --seed 1 --seed 2
"""

from __future__ import annotations

import argparse
from datetime import timedelta

import numpy as np
import polars as pl

from shelfspace.data.events import Events
from shelfspace.data.synthetic.rings import PlantedRing, plant_rings
from shelfspace.data.synthetic.shopping import shopping
from shelfspace.tasks.fraud.rings import Ring, find_rings


def caught(ring: PlantedRing, found: list[Ring]) -> bool:
    """Whether half of the ring's accounts stand in one found ring, and are most of it."""
    members = set(ring.users)
    return any(len(members & set(each.users)) >= max(len(members), len(each.users)) / 2 for each in found)


def days_to_detect(events: Events, ring: PlantedRing, seed: int) -> float:
    """How many days after its first event the ring is found in what was logged till then; NaN for never."""
    for days in (0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 7):
        seen = events.table.filter(pl.col("timestamp") <= ring.begins + timedelta(days=days))
        if caught(ring, find_rings(Events(seen), seed=seed)):
            return days
    return float("nan")


def main() -> None:
    """Print a row for each size of ring and camouflage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--users", type=int, default=400)
    parser.add_argument("--products", type=int, default=300)
    options = parser.parse_args()
    seeds = options.seed or [0]
    rings = 3
    print("size  camouflage  found of planted  members found  innocent accounts flagged  days to detect")
    for size in (4, 8, 16):
        for camouflage in (0.0, 0.5, 0.8):
            found_rings, members, innocent, delays = 0, [], [], []
            for seed in seeds:
                made = shopping(options.users, options.products, seed=seed)
                events, planted = plant_rings(
                    made.events, rings=rings, size=size, camouflage=camouflage, seed=seed
                )
                found = find_rings(events, seed=seed)
                flagged = {user for ring in found for user in ring.users}
                guilty = {user for ring in planted for user in ring.users}
                innocent.append(len(flagged - guilty) / options.users)
                members.append(len(flagged & guilty) / len(guilty))
                found_rings += sum(caught(ring, found) for ring in planted)
                delays.append(days_to_detect(events, planted[0], seed))
            known = [days for days in delays if days == days]
            detect = f"{np.median(known):.1f}" if known else "never"
            print(
                f"{size:4d}  {camouflage:10.1f}  {found_rings:6d} of {rings * len(seeds):<7d}"
                f"  {np.mean(members):13.3f}  {np.mean(innocent):25.4f}  {detect:>14s}",
                flush=True,
            )


if __name__ == "__main__":
    main()
