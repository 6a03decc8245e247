"""Cases for an analyst: each alert with its evidence and a small graph of who stands around it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shelfspace.tasks.fraud.fraud import Fraud

_AROUND = 10


def cases(found: Fraud, rows: Sequence[int]) -> list[dict[str, Any]]:
    """A case for each of the accounts `rows`: who, how likely, why, and the graph around it.

    `evidence` lists reasons with name, value and weight. `graph` has the account and at most ten of its
    neighbours, the most suspicious, as `nodes`, and the connections among them as `edges` of ids.
    """
    return [_case(found, row) for row in rows]


def write_cases(found: Fraud, rows: Sequence[int], path: str | Path) -> None:
    """Write the cases as JSON, a list, its folder made where there was none."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(cases(found, rows), ensure_ascii=False, indent=2, allow_nan=False)
    target.write_text(text + "\n", encoding="utf-8")


def _case(found: Fraud, row: int) -> dict[str, Any]:
    around = [row, *found.neighbours(row)[:_AROUND]]
    among = found.network[around][:, around].toarray()
    ids = [found.accounts.ids[place] for place in around]
    pairs = [(ids[a], ids[b]) for a in range(len(ids)) for b in range(a + 1, len(ids)) if among[a, b]]
    likely = float(found.learned.probabilities[row]) if found.learned else None
    return {
        "account": found.accounts.ids[row],
        "p_value": float(found.p_values[row]),
        "probability": likely,
        "evidence": [reason._asdict() for reason in found.reasons(row)],
        "features": dict(zip(found.accounts.columns, map(float, found.accounts.features[row]), strict=True)),
        "graph": {
            "nodes": [
                {
                    "account": found.accounts.ids[place],
                    "p_value": float(found.p_values[place]),
                    "known": int(found.accounts.labels[place]),
                }
                for place in around
            ],
            "edges": [list(pair) for pair in pairs],
        },
    }
