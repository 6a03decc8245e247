"""The matching benchmark on pairs written out: cross-validation, since there is no split and little data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.listing import Listings
from shelfspace.errors import FeedError, OptionError
from shelfspace.evaluation.bench_result import BenchResult, Figures
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.floors import match_decisions
from shelfspace.evaluation.folders import PairFolder
from shelfspace.evaluation.metrics import expected_calibration_error, precision_recall_f1
from shelfspace.evaluation.written_pairs import FILE, WrittenPairs, read_written_pairs
from shelfspace.tasks.match.desk import Context
from shelfspace.tasks.match.matcher import matcher_of
from shelfspace.tasks.match.study import Preset, study_match

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

FOLDS = 5


def bench_written(folder: str | Path, *, seed: int, preset: Preset, contexts: list[Context]) -> BenchResult:
    """The figures of a cross-validation over the pairs in `folder`/pairs.jsonl, with floors.

    The pairs are dealt to five folds such that no product stands in two of them; each fifth is decided by a
    matcher and by floors that have seen the labels of the other four only, thresholds included. The figures
    are those of all decisions together. Nothing is known of a product of a fold, so the context "known" is
    left out; `contexts` are "pair", "table" or both.

    Raises `FeedError` where the file cannot be read or holds too few pairs of either kind.
    """
    with measured() as cost:
        written = read_written_pairs(Path(folder) / FILE)
        number = fold_numbers(written, seed)
        labels = written.labelled.labels
        odds: dict[str, Float64] = {}
        called: dict[str, npt.NDArray[np.bool_]] = {}
        for fold in range(FOLDS):
            held, rest = np.flatnonzero(number == fold), np.flatnonzero(number != fold)
            parts = _folder(written, rest, held)
            for name, decided in match_decisions(parts).items():
                called.setdefault(name, np.zeros(len(labels), bool))[held] = decided
            for context, (probabilities, decided) in _verdicts(parts, contexts, preset, seed).items():
                odds.setdefault(context, np.zeros(len(labels)))[held] = probabilities
                called.setdefault(context, np.zeros(len(labels), bool))[held] = decided
        floors = {name: _figures(labels, called[name]) for name in called if name not in odds}
        result = BenchResult(
            task="match",
            dataset=written.name,
            seed=seed,
            preset=preset,
            metrics=_metrics(labels, odds, called),
            floors=floors,
            n_train=round(len(labels) * (1 - 1 / FOLDS)),
            data=_data(written),
        )
    return result.costing(cost)


def refuse_others(share: float, size: str | None) -> None:
    """`OptionError` for options that pairs written out do not have."""
    if share != 1 or size is not None:
        raise OptionError(
            f"Labels {share:g} and size {size!r} were asked of pairs written out.",
            "They are few and come in one piece: four fifths teach, the last one tests, in turn.",
            "Leave --labels and --size out.",
        )


def fold_numbers(written: WrittenPairs, seed: int) -> Int64:
    """The fold of each pair `[m]`: pairs with a product in common, by its text, lie in one fold.

    Groups are dealt at random, those with a match and those without apart, so that folds are alike.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    pairs, labels = written.labelled.pairs, written.labelled.labels
    text = _texts(written.catalog)
    left, right = text[pairs.left], text[pairs.right]
    n = int(text.max()) + 1
    joined = csr_matrix((np.ones(len(left)), (left, right)), shape=(n, n))
    group = connected_components(joined, directed=False)[1][left]
    matched = np.isin(group, group[labels == 1])
    rng = np.random.default_rng(seed)
    number = np.zeros(n, np.int64)
    for kind in (matched, ~matched):
        groups = rng.permutation(np.unique(group[kind]))
        number[groups] = np.arange(len(groups)) % FOLDS
    folds: Int64 = number[group]
    if (
        any(len(np.unique(labels[folds != fold])) < 2 for fold in range(FOLDS))
        or len(np.unique(folds)) < FOLDS
    ):
        raise FeedError(
            f"{written.name} holds {len(labels)} pairs, {int(labels.sum())} of them matches.",
            f"Each of {FOLDS} folds needs pairs of both kinds outside it.",
            "Label more pairs.",
        )
    return folds


def _texts(catalog: Catalog) -> Int64:
    """A number for each product's text, the same for the same text `[n]`."""
    listings = Listings.of_catalog(catalog)
    texts = [f"{name}\n{details}" for name, details in zip(listings.names, listings.details, strict=True)]
    return np.unique(np.array(texts, dtype=object), return_inverse=True)[1].astype(np.int64)


def _folder(written: WrittenPairs, rest: Int64, held: Int64) -> PairFolder:
    """The fold as a benchmark: floors choose and cut on all the labels outside it, as the matcher does."""
    train, test = written.labelled.take(rest), written.labelled.take(held)
    return PairFolder(written.name, written.catalog, train, train, test, 0)


def _verdicts(
    folder: PairFolder, contexts: list[Context], preset: Preset, seed: int
) -> dict[Context, tuple[Float64, npt.NDArray[np.bool_]]]:
    """Probabilities and decisions on the test pairs by the matcher of each context."""
    catalog = folder.catalog
    study = study_match(
        catalog, folder.left_rows, folder.right_rows, train=folder.train, preset=preset, seed=seed
    )
    verdicts = {}
    for context in contexts:
        matcher = matcher_of(study, context=context, seed=seed)
        probabilities = matcher.probabilities(folder.test.pairs)
        verdicts[context] = probabilities, probabilities >= matcher.threshold
    return verdicts


def _metrics(labels: Int64, odds: dict[str, Float64], called: dict[str, npt.NDArray[np.bool_]]) -> Figures:
    best = list(odds)[-1]
    single = {f"f1_{context}": _figures(labels, called[context])["f1"] for context in odds}
    ece = expected_calibration_error(labels, odds[best])
    return _figures(labels, called[best]) | single | {"ece": ece}


def _figures(labels: Int64, called: npt.NDArray[np.bool_]) -> Figures:
    return dict(precision_recall_f1(labels, called)._asdict())


def _data(written: WrittenPairs) -> dict[str, float]:
    shops = written.catalog.table["shop"]
    return {
        "left_products": int((shops == "left").sum()),
        "right_products": int((shops == "right").sum()),
        "dropped_pairs": 0,
    }
