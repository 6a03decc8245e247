"""The matching benchmark: how well labelled test pairs are told, knowing less or more of the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError
from shelfspace.evaluation.bench_match_photos import bench_match_photos
from shelfspace.evaluation.bench_result import BenchResult, Figures
from shelfspace.evaluation.bench_written import bench_written, refuse_others
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.floors import match_floors
from shelfspace.evaluation.folders import PairFolder, read_pair_folder
from shelfspace.evaluation.labels import Share, label_share, with_share
from shelfspace.evaluation.lender import lender
from shelfspace.evaluation.metrics import expected_calibration_error, precision_recall_f1
from shelfspace.evaluation.overlap import TextOverlap
from shelfspace.evaluation.unseen import with_unseen
from shelfspace.evaluation.written_pairs import FILE
from shelfspace.tasks.match.desk import Context
from shelfspace.tasks.match.matcher import matcher_of
from shelfspace.tasks.match.study import Preset, study_match
from shelfspace.tasks.match.transfer import Init
from shelfspace.tasks.match.tuned import TextModel
from shelfspace.training.tuning import Tuning

#: From the least to the most informed.
CONTEXTS: tuple[Context, ...] = ("pair", "table", "known")


@dataclass(frozen=True)
class Verdict:
    """What a matcher says of the test pairs before anyone looks at their labels."""

    probabilities: npt.NDArray[np.float64]
    threshold: float

    def figures(self, labels: npt.NDArray[np.int64]) -> Figures:
        """Precision, recall, F1 and the expected calibration error."""
        decided = self.probabilities >= self.threshold
        ece = expected_calibration_error(labels, self.probabilities)
        return {**precision_recall_f1(labels, decided)._asdict(), "ece": ece}


def bench_match(
    folder: str | Path,
    *,
    seed: int = 0,
    preset: Preset = "balanced",
    labels: Share = "all",
    contexts: Sequence[Context] = CONTEXTS,
    size: str | None = None,
    init: str | Path | None = None,
    encoder: str = "auto",
    tuning: Tuning | None = None,
    unseen: float = 0.0,
    tune: int = 0,
    ensemble: int = 1,
) -> BenchResult:
    """The figures on the test pairs of `folder`, with floors and the overlap of test and training texts.

    `precision`, `recall`, `f1` and `ece` are those of the most informed of `contexts`, by default "known";
    `f1_pair`, `f1_table` and `f1_known` those of each. Without labels nothing is known and the contexts
    coincide, so these three are left out; floors then still take their thresholds from all validation labels,
    which favours them. Encoders, trees and threshold see training and validation pairs only; test labels are
    looked at once, when all is decided. A pool of offers is one table, matched with itself. With `unseen`
    above 0 that share of the test's products is left out of training (see `with_unseen`); `f1_seen` is then
    the F1 of the test pairs of which both products are known, `f1_unseen` of those of which neither is, and
    the other figures are those of all.

    With `init`, a space or another benchmark folder, the match starts from what that has learned. Folders of
    benchmarks are fitted at each seed, which the cost includes.

    With the preset "best" the pretrained text model `encoder` is fine-tuned as `tuning` says; "static" is
    none. `tune` and `ensemble` are those of `fit`.

    A folder of products with photos becomes two shops, see `bench_match_photos`; one with a `pairs.jsonl` is
    cross-validated instead, see `bench_written`.

    Raises `FeedError` where the folder is in no known layout, `OptionError` for impossible options.
    """
    share, ordered = label_share(labels), _ordered(contexts)
    if (Path(folder) / "products.csv").is_file():
        refuse_others(share, size)
        return bench_match_photos(folder, seed=seed, preset=preset)
    if (Path(folder) / FILE).is_file():
        refuse_others(share, size)
        kept: list[Context] = [context for context in ordered if context != "known"]
        return bench_written(folder, seed=seed, preset=preset, contexts=kept or ["table"])
    with measured() as cost:
        pairs, new = with_unseen(read_pair_folder(folder, size=size), unseen, seed)
        told = with_share(pairs, share, seed) if share else pairs
        lent = None if init is None else lender(init, preset=preset, seed=seed)
        tuned = preset == "best" and share and encoder != "static"
        text_model = TextModel.named(encoder, tuning, seed) if tuned else None
        n_labels = len(told.train.pairs) + len(told.valid.pairs)
        verdicts = _verdicts(
            told, ordered if share else None, preset, seed, lent, text_model, tune=tune, ensemble=ensemble
        )
        left_out = {"unseen_products": unseen} if unseen else {}
        result = BenchResult(
            task="match",
            dataset=pairs.name,
            seed=seed,
            preset=preset,
            metrics=_metrics(verdicts, pairs.test.labels, each=share > 0)
            | (_by_news(verdicts, pairs.test.labels, new) if unseen else {}),
            floors=match_floors(told),
            n_train=len(told.train.pairs) if share else 0,
            labels=share,
            data={**_data(told), "labelled_pairs": n_labels if share else 0} | left_out,
            init="" if init is None else Path(init).resolve().name,
        )
    return result.costing(cost)


def _ordered(contexts: Sequence[Context]) -> list[Context]:
    """The contexts once each, the most informed last."""
    if not contexts or not set(contexts) <= set(CONTEXTS):
        raise OptionError(
            f"The contexts {', '.join(contexts) or '(none)'} were asked for.",
            f"The contexts are {', '.join(CONTEXTS)}.",
            "Choose one of them or several.",
        )
    return [context for context in CONTEXTS if context in contexts]


def _verdicts(
    folder: PairFolder,
    contexts: list[Context] | None,
    preset: Preset,
    seed: int,
    lent: Init | None,
    text_model: TextModel | None,
    *,
    tune: int,
    ensemble: int,
) -> dict[Context, Verdict]:
    """What the matcher of each context says; with None what the one without labels says."""
    study = study_match(
        folder.catalog,
        folder.left_rows,
        folder.right_rows,
        train=folder.train if contexts else None,
        valid=folder.valid if contexts else None,
        preset=preset,
        seed=seed,
        init=None if lent is None else lent.encoder,
        text_model=text_model,
        tune=tune,
        ensemble=ensemble,
    )
    transferred = None if lent is None else lent.transferred
    verdicts = {}
    for context in contexts or CONTEXTS[-1:]:
        matcher = matcher_of(study, context=context, transferred=transferred, seed=seed)
        verdicts[context] = Verdict(matcher.probabilities(folder.test.pairs), matcher.threshold)
    return verdicts


def _metrics(verdicts: dict[Context, Verdict], labels: npt.NDArray[np.int64], *, each: bool) -> Figures:
    figures = {context: verdict.figures(labels) for context, verdict in verdicts.items()}
    best = list(figures.values())[-1]
    single = {f"f1_{context}": found["f1"] for context, found in figures.items()} if each else {}
    return {name: best[name] for name in ("precision", "recall", "f1")} | single | {"ece": best["ece"]}


def _by_news(
    verdicts: dict[Context, Verdict], labels: npt.NDArray[np.int64], new: npt.NDArray[np.int64]
) -> Figures:
    """The F1 of the most informed verdict on pairs of known products, and on pairs of new ones."""
    verdict = list(verdicts.values())[-1]
    decided = verdict.probabilities >= verdict.threshold
    parts = {"f1_seen": new == 0, "f1_unseen": new == 2}
    return {name: precision_recall_f1(labels[part], decided[part]).f1 for name, part in parts.items()}


def _data(folder: PairFolder) -> dict[str, float]:
    return {
        "left_products": len(folder.left_rows),
        "right_products": len(folder.right_rows),
        "dropped_pairs": folder.dropped,
        **TextOverlap.of(folder.catalog, folder.train, folder.test).to_dict(),
    }
