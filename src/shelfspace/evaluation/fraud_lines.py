"""What is to be known of a benchmark of fraud, in words."""

from __future__ import annotations

from shelfspace.evaluation.bench_result import BenchResult


def fraud_lines(result: BenchResult) -> list[str]:
    """The sizes, and what was learned from: lists of labels or nothing."""
    data = {name: f"{value:,.0f}" for name, value in result.data.items()}
    sizes = f"{data['accounts']} accounts with {data['features']} features and {data['edges']} connections"
    if "lists" in data:
        return [f"{sizes}; {data['lists']} published lists, {result.n_train:,} labels each on average."]
    return [
        f"{sizes}, {data['outliers']} of them outliers.",
        "No labels.",
        f"At a p-value of 0.05 {result.data['found@5%']:.1%} of the outliers were flagged, and "
        f"{result.data['false_alarms@5%']:.1%} of the others.",
    ]
