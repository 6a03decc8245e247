"""Run a benchmark by its task's name, over one seed or several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import signature
from pathlib import Path
from typing import Any

from shelfspace.errors import OptionError
from shelfspace.evaluation.bench_anomaly import bench_anomaly
from shelfspace.evaluation.bench_block import bench_block
from shelfspace.evaluation.bench_classify import bench_classify
from shelfspace.evaluation.bench_cluster import bench_cluster
from shelfspace.evaluation.bench_crossmodal import bench_crossmodal
from shelfspace.evaluation.bench_fraud import bench_fraud
from shelfspace.evaluation.bench_group import bench_group
from shelfspace.evaluation.bench_image import bench_image
from shelfspace.evaluation.bench_match import bench_match
from shelfspace.evaluation.bench_next import bench_next
from shelfspace.evaluation.bench_recommend import bench_recommend
from shelfspace.evaluation.bench_result import BenchResult, over_seeds
from shelfspace.evaluation.bench_search import bench_search
from shelfspace.tasks.match.study import STEPS, Preset

#: The tasks that can be measured, each by a function of a folder, `seed`, `preset` and options of its own.
TASKS: dict[str, Callable[..., BenchResult]] = {
    "match": bench_match,
    "block": bench_block,
    "classify": bench_classify,
    "cluster": bench_cluster,
    "group": bench_group,
    "crossmodal": bench_crossmodal,
    "image": bench_image,
    "anomaly": bench_anomaly,
    "recommend": bench_recommend,
    "next": bench_next,
    "search": bench_search,
    "fraud": bench_fraud,
}
_COMMON = ("folder", "seed", "preset")


def bench(
    task: str,
    folder: str | Path,
    *,
    seeds: Sequence[int] = (0,),
    preset: Preset = "balanced",
    **options: Any,
) -> BenchResult:
    """The result of `task` (one of `TASKS`) on a folder: of one seed, or the mean of several.

    `options` are the further ones of the task's function, see `bench_match` and its like.

    Raises `OptionError` for an unknown task, preset or option and where there is no seed, `FeedError` where
    the folder cannot be read.
    """
    if task not in TASKS or not seeds:
        raise OptionError(
            f"The benchmark {task!r} over {len(seeds)} seeds was asked for.",
            f"The benchmarks are {', '.join(TASKS)}, each over one seed at least.",
            "Choose one of them.",
        )
    if preset not in STEPS:
        raise OptionError(
            f"The preset {preset!r} was asked for.",
            f"The presets are {', '.join(STEPS)}.",
            "Choose one of them.",
        )
    run = TASKS[task]
    known = [name for name in signature(run).parameters if name not in _COMMON]
    if foreign := [name for name in options if name not in known]:
        raise OptionError(
            f"The benchmark {task} was given {', '.join(foreign)}.",
            f"Its options are {', '.join(known)}." if known else "It has no options of its own.",
            "Leave out what it does not know, or measure another task.",
        )
    return over_seeds([run(folder, seed=seed, preset=preset, **options) for seed in seeds])
