"""What variety costs: recall against diversity over the settings of the knob, as a table and a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
import polars as pl

from shelfspace.data.interactions import Float32, Interactions
from shelfspace.data.neighbours import Neighbours
from shelfspace.errors import OptionError
from shelfspace.evaluation.beyond_accuracy import diversity
from shelfspace.report.curve import write_curves
from shelfspace.tasks.recommend.diversity import Method, diversified
from shelfspace.tasks.recommend.ranking_figures import accuracy

KNOBS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)


@dataclass(frozen=True)
class DiversityCurve:
    """What lists of `k` reach by method and knob: `table` has method, knob, diversity, recall and ndcg."""

    table: pl.DataFrame
    k: int

    def curves(self) -> dict[str, list[tuple[float, float]]]:
        """Recall by diversity, points (diversity, recall) of each method, the lowest knob first."""
        return {
            str(name): list(part.select("diversity", "recall").iter_rows())
            for (name,), part in self.table.group_by("method", maintain_order=True)
        }

    def write(self, path: str | Path, dataset: str) -> Path:
        """The path of the SVG just written: recall by diversity, a line a method."""
        title = f"recall@{self.k} by diversity · {dataset}"
        return write_curves(path, title, f"diversity@{self.k}", self.curves(), logarithmic=False)


def diversity_curve(
    candidates: Neighbours,
    asked: Interactions,
    vectors: Float32,
    k: int = 20,
    *,
    knobs: Sequence[float] = KNOBS,
) -> DiversityCurve:
    """The curve of every method over `knobs`, on the users who are asked for something.

    `candidates` are longer lists than k, as of `top_scored`, a user a row; `asked` is what these users took
    afterwards; `vectors` `[n_items, dim]` say what is alike. Raises `OptionError` where there is no knob, one
    is outside 0…1, or candidates and asked are not as many.
    """
    if not knobs or len(candidates) != asked.n_users:
        raise OptionError(
            f"{len(knobs)} knobs and {len(candidates)} lists for {asked.n_users} users were given.",
            "A curve has a knob at least, and each user a list.",
            "Name some knobs, and rank the items for the users who are asked for something.",
        )
    some = np.flatnonzero(asked.lengths)
    ids, scores, wanted = candidates.ids[some], candidates.scores[some], asked.take(some)
    rows = []
    for method in get_args(Method):
        for knob in sorted(set(knobs)):
            lists = diversified(ids, scores, k, knob, vectors, method)
            met = accuracy(lists, wanted)
            rows.append((method, knob, diversity(lists, vectors), met[f"recall@{k}"], met[f"ndcg@{k}"]))
    schema = {"method": pl.String(), **dict.fromkeys(("knob", "diversity", "recall", "ndcg"), pl.Float64())}
    return DiversityCurve(pl.DataFrame(rows, schema=schema, orient="row"), k)
