"""The grouping benchmark: titles put into groups without a label, held against their classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from shelfspace.data import read_catalog
from shelfspace.evaluation.bench_result import BenchResult
from shelfspace.evaluation.class_folders import read_class_folder
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.group_floors import group_figures, group_floors
from shelfspace.evaluation.group_quality import group_quality
from shelfspace.tasks.fit import fit
from shelfspace.tasks.match.study import Preset


def bench_group(
    folder: str | Path,
    *,
    seed: int = 0,
    preset: Preset = "balanced",
    label: str | None = None,
    text: str | None = None,
) -> BenchResult:
    """How well groups of a folder's titles agree with their classes, at as many groups as there are classes.

    The folder is one that `read_class_folder` takes, with its options `label` and `text`; all its things are
    grouped. Titles are all that is read, and the classes say nothing but their number until all is decided.
    `metrics` are those of `group_figures`; in `data` stand how many groups each level has that was chosen
    without knowing the number, how well it agrees (`ari_coarse`…), and what the groups say of themselves. The
    costs are those of `fit` and of the grouping; each floor has its own.

    Raises `FeedError` and `OptionError` where the folder or a column cannot be read.
    """
    read = read_class_folder(folder, label=label, text=text, seed=seed)
    rows = np.flatnonzero(read.labels >= 0)
    texts, truth = [read.texts[row] for row in rows], read.labels[rows]
    table = pl.DataFrame({"id": [f"{row}" for row in range(len(texts))], "title": texts})
    k = len(read.names)
    with measured() as cost:
        space = fit(read_catalog(table, shop="titles"), preset=preset, seed=seed)
        found = space.groups(k, seed=seed)
    order = space.catalog.table["id"].cast(pl.Int64).to_numpy()
    truth, texts = truth[order], [texts[row] for row in order]
    own = space.groups("fine", seed=seed)
    data: dict[str, float] = {f"groups_{level.name}": float(len(level.ids)) for level in own.levels}
    data |= {f"ari_{level.name}": group_figures(truth, level.labels)["ari"] for level in own.levels}
    data |= {
        f"v_measure_{level.name}": group_figures(truth, level.labels)["v_measure"] for level in own.levels
    }
    data |= {name: float(figure) for name, figure in group_quality(found, seed=seed).items()}
    result = BenchResult(
        task="group",
        dataset=read.name,
        seed=seed,
        preset=preset,
        metrics=group_figures(truth, found.finest.labels),
        floors=group_floors(texts, truth, k, seed),
        n_train=0,
        labels=0.0,
        data={"classes": float(k), **data},
    )
    return result.costing(cost)
