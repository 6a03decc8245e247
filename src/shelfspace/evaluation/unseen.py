"""New products: a benchmark whose training pairs say nothing of some products that its test asks about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.tokens import Int64
from shelfspace.errors import OptionError
from shelfspace.evaluation.folders import PairFolder
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.known_products import products_of
from shelfspace.tasks.match.labelled import LabelledPairs


def with_unseen(folder: PairFolder, share: float, seed: int) -> tuple[PairFolder, Int64]:
    """The folder with `share` of the test's products left out of training, and what is new in each test pair.

    The second part, int64 `[test pairs]`, counts the listings of each test pair whose product was left out:
    0, 1 or 2. Products are what labels and cluster ids of all parts tie together; they are drawn by `seed`.
    Training and validation pairs with a listing of a drawn product go, and from a pool its other listings go
    too; of the validation pairs so many matches go besides that matches stay as frequent as they were. The
    test pairs stay whole. A share of 0 leaves everything as it is.

    Raises `OptionError` for a share outside 0…1, excluding 1, and where too few pairs would remain to learn
    and to choose a threshold from.
    """
    if not 0 <= share < 1:
        raise OptionError(
            f"Products to leave unseen: {share}.",
            "It is a share from 0 to below 1.",
            "Choose 0.5 for half of them.",
        )
    if share == 0:
        return folder, np.zeros(len(folder.test.pairs), np.int64)
    new = _new_rows(folder, share, seed)
    train = folder.train.take(np.flatnonzero(_known(folder.train, new)))
    valid = _thinned(folder.valid, _known(folder.valid, new), seed)
    if any(len(set(pairs.labels.tolist())) < 2 for pairs in (train, valid)):
        raise OptionError(
            f"Leaving {share:.0%} of the products out leaves {len(train.pairs)} training and "
            f"{len(valid.pairs)} validation pairs.",
            "Matches and others are needed in both.",
            "Leave fewer products out.",
        )
    counts = new[folder.test.pairs.left].astype(np.int64) + new[folder.test.pairs.right]
    return _in_use(replace(folder, train=train, valid=valid)), counts


def _new_rows(folder: PairFolder, share: float, seed: int) -> npt.NDArray[np.bool_]:
    """The rows whose product is drawn."""
    parts = (folder.train, folder.valid, folder.test)
    ties = PairRows.union([*(part.matches for part in parts), folder.clusters])
    product = products_of(ties, len(folder.catalog))
    tested = np.unique(product[np.concatenate([folder.test.pairs.left, folder.test.pairs.right])])
    tested = np.random.default_rng(seed).permutation(tested[tested >= 0])
    return np.isin(product, tested[: round(share * len(tested))])


def _known(pairs: LabelledPairs, new: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return np.asarray(~(new[pairs.pairs.left] | new[pairs.pairs.right]))


def _thinned(pairs: LabelledPairs, kept: npt.NDArray[np.bool_], seed: int) -> LabelledPairs:
    """The pairs to keep without so many of the matches that these become no more frequent than they were.

    A match goes with one drawn product, any other pair with either of two, so fewer of the others are kept.
    """
    others, matches = np.flatnonzero(kept & (pairs.labels == 0)), np.flatnonzero(kept & (pairs.labels == 1))
    odds = pairs.labels.sum() / max((pairs.labels == 0).sum(), 1)
    drawn = np.random.default_rng(seed).permutation(matches)[: max(1, round(odds * len(others)))]
    return pairs.take(np.sort(np.concatenate([others, drawn])))


def _in_use(folder: PairFolder) -> PairFolder:
    """The folder without the listings of a pool that no pair is about any more."""
    if len(folder.catalog.shops) > 1:
        return folder
    parts = (folder.train, folder.valid, folder.test)
    rows = np.unique(np.concatenate([side for part in parts for side in (part.pairs.left, part.pairs.right)]))

    def moved(pairs: PairRows) -> PairRows:
        return PairRows(np.searchsorted(rows, pairs.left), np.searchsorted(rows, pairs.right))

    train, valid, test = (LabelledPairs(moved(part.pairs), part.labels) for part in parts)
    inside = np.isin(folder.clusters.left, rows) & np.isin(folder.clusters.right, rows)
    clusters = moved(folder.clusters.take(inside))
    catalog = folder.catalog.take(rows)
    return replace(folder, catalog=catalog, clusters=clusters, train=train, valid=valid, test=test)
