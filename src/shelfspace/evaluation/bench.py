"""Run a benchmark by its task's name, over one seed or several."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shelfspace.errors import OptionError
from shelfspace.evaluation.bench_anomaly import bench_anomaly
from shelfspace.evaluation.bench_block import bench_block
from shelfspace.evaluation.bench_cluster import bench_cluster
from shelfspace.evaluation.bench_crossmodal import bench_crossmodal
from shelfspace.evaluation.bench_image import bench_image
from shelfspace.evaluation.bench_match import CONTEXTS, bench_match
from shelfspace.evaluation.bench_result import BenchResult, over_seeds
from shelfspace.evaluation.image_study import ImageOptions
from shelfspace.evaluation.labels import Share
from shelfspace.tasks.match.desk import Context
from shelfspace.tasks.match.study import STEPS, Preset
from shelfspace.training.tuning import Tuning

#: The tasks that can be measured so far.
TASKS = ("match", "block", "cluster", "crossmodal", "image", "anomaly")


def bench(
    task: str,
    folder: str | Path,
    *,
    seeds: Sequence[int] = (0,),
    preset: Preset = "balanced",
    labels: Share = "all",
    contexts: Sequence[Context] = CONTEXTS,
    size: str | None = None,
    recall: float | None = None,
    init: str | Path | None = None,
    encoder: str = "auto",
    tuning: Tuning | None = None,
    unseen: float = 0.0,
    image: ImageOptions | None = None,
) -> BenchResult:
    """The result of `task` (one of `TASKS`) on a folder: of one seed, or the mean of several.

    `labels` is "all", "none" or a share of the labelled pairs; `contexts` says how much a matcher may know
    (see `bench_match`); `size` chooses among the training sets of a folder that has several; `recall` is what
    "block" is asked for; `init` is a space, or another benchmark folder, from which "match" starts; `encoder`
    and `tuning` are those of `fit`; `unseen` is the share of the test's products that "match" may not learn
    from; `image` are the options of "image", labels included.

    Raises `OptionError` for an unknown task or option and where there is no seed, `FeedError` where the
    folder cannot be read.
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
    if recall is not None and task != "block":
        raise OptionError(
            f"A recall of {recall:g} was asked of the benchmark {task}.",
            "A recall is a target of the benchmark block.",
            "Leave --recall out, or measure block.",
        )
    if init is not None and task != "match":
        raise OptionError(
            f"The benchmark {task} was to start from {init}.",
            "Only match starts from another space.",
            "Leave --init out, or measure match.",
        )
    if unseen and task != "match":
        raise OptionError(
            f"Unseen products were asked of the benchmark {task}.",
            "Only match can leave products out of training.",
            "Leave --unseen out, or measure match.",
        )
    if image is not None and task != "image":
        raise OptionError(
            f"Options of photos were given to the benchmark {task}.",
            "Only image learns by an objective, or with wrong labels.",
            "Leave --objective, --taught and --label-noise out, or measure image.",
        )
    runs = []
    for seed in seeds:
        if task == "match":
            run = bench_match(
                folder,
                seed=seed,
                preset=preset,
                labels=labels,
                contexts=contexts,
                size=size,
                init=init,
                encoder=encoder,
                tuning=tuning,
                unseen=unseen,
            )
        elif task == "image":
            run = bench_image(folder, seed=seed, preset=preset, options=image)
        elif task == "cluster":
            run = bench_cluster(folder, seed=seed, preset=preset)
        elif task == "crossmodal":
            run = bench_crossmodal(folder, seed=seed, preset=preset)
        elif task == "anomaly":
            run = bench_anomaly(folder, seed=seed, preset=preset)
        else:
            run = bench_block(folder, seed=seed, preset=preset, labels=labels, size=size, recall=recall)
        runs.append(run)
    return over_seeds(runs)
