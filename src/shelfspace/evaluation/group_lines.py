"""What is said below the table of a grouping benchmark."""

from __future__ import annotations

from shelfspace.evaluation.bench_result import BenchResult
from shelfspace.tasks.groups.granularity import LEVELS


def group_lines(result: BenchResult) -> list[str]:
    """What was grouped, what the groups say of themselves, and the numbers that were chosen."""
    data = result.data
    own = "; ".join(
        f"{name} {data[f'groups_{name}']:,.0f} (ari {data[f'ari_{name}']:.3f}, "
        f"v measure {data[f'v_measure_{name}']:.3f})"
        for name in LEVELS
    )
    return [
        f"{data['offers']:,.0f} things of {data['classes']:,.0f} classes in {data['groups']:,.0f} groups; no "
        "labels.",
        f"Of themselves they say: silhouette {data['silhouette']:.3f}, stability {data['stability']:.3f}, "
        f"coverage {data['coverage']:.3f}.",
        f"Groups of a number of its own choice: {own}.",
    ]
