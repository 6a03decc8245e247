"""The blocking benchmark: how deep one must look among a product's neighbours to meet its match."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from shelfspace.evaluation.bench_result import BenchResult
from shelfspace.evaluation.block_target import reached, target_floors
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.floors import block_floors
from shelfspace.evaluation.folders import PairFolder, read_pair_folder
from shelfspace.evaluation.labels import Share, label_share, with_share
from shelfspace.evaluation.rankings import ranked_by, ranks_in, recalls
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.desk import Desk
from shelfspace.tasks.match.recall import check_recall
from shelfspace.tasks.match.signals import score_pairs
from shelfspace.tasks.match.study import MatchStudy, Preset, study_match


def bench_block(
    folder: str | Path,
    *,
    seed: int = 0,
    preset: Preset = "balanced",
    labels: Share = "all",
    size: str | None = None,
    recall: float | None = None,
) -> BenchResult:
    """`recall@k` of the test positives, left to right over the whole tables, and candidates a second.

    `data` adds `all_positives_recall@k` over training, validation and test positives together: of the first
    the encoder has seen the labels, so that figure flatters. The speed is that of the search and the ranking
    on the clock, for listings already encoded.

    With `recall` the metrics are instead what a blocking rule for this target reaches on the test positives:
    `recall`, `candidates_per_product` (a left one) and `reduction_ratio`, rule and cut chosen on training and
    validation positives; and so are the floors, see `target_floors`.

    Raises `FeedError` where the folder is in no known layout, `OptionError` for impossible options or a
    recall that cannot be promised.
    """
    share = label_share(labels)
    if recall is not None:
        check_recall(recall)
    with measured() as cost:
        pairs = read_pair_folder(folder, size=size)
        told = with_share(pairs, share, seed) if share else pairs
        study = _study(told, share > 0, preset, seed)
        desk = study.desk
        start = time.perf_counter()
        ranked = rank_candidates(desk)
        seconds = time.perf_counter() - start
        every = PairRows.union([pairs.train.matches, pairs.valid.matches, pairs.test.matches])
        found = recalls(ranks_in(ranked, every))
        met, promised = ({}, {}) if recall is None else reached(study, pairs, recall, seed)
        result = BenchResult(
            task="block",
            dataset=pairs.name,
            seed=seed,
            preset=preset,
            metrics={
                **(met or recalls(ranks_in(ranked, pairs.test.matches))),
                "candidates_per_second": len(ranked) / max(seconds, 1e-9),
            },
            floors=block_floors(told) if recall is None else target_floors(told, recall),
            n_train=len(told.train.pairs) if share else 0,
            labels=share,
            data={
                "left_products": len(pairs.left_rows),
                "right_products": len(pairs.right_rows),
                "dropped_pairs": pairs.dropped,
                "candidates": len(ranked),
                "test_positives": len(pairs.test.matches),
                "all_positives": len(every),
                **{f"all_positives_{name}": value for name, value in found.items()},
                **promised,
            },
        )
    return result.costing(cost)


def rank_candidates(desk: Desk) -> PairRows:
    """The desk's candidates, each left product's best first.

    Ranked by the mean of three cosines: of the exact wording with the closed form's weights, the same with
    the learned weights, and of the learned vectors.
    """
    candidates = desk.candidates
    signals = [desk.closed_signals["wording"], *desk.learned_signals.values()]
    return ranked_by(candidates, np.mean([score_pairs(rows, candidates) for rows in signals], axis=0))


def _study(folder: PairFolder, labelled: bool, preset: Preset, seed: int) -> MatchStudy:
    study = study_match(
        folder.catalog,
        folder.left_rows,
        folder.right_rows,
        train=folder.train if labelled else None,
        valid=folder.valid if labelled else None,
        preset=preset,
        seed=seed,
    )
    return replace(study, desk=replace(study.desk))  # a fresh desk, which has not searched yet
