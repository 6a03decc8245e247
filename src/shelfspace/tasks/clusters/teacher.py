"""A pair scorer for any number of shops that no label has taught: it learned on planted catalogues.

Whether two listings are one product is told by much the same signs in every catalogue: codes, numbers that
differ, how far a pair stands above its rivals. So trees learn these signs where the truth is known, on
made-up catalogues of many kinds (few shops and many, sparse and dense, bare titles and full records), and
are then adapted to the catalogue at hand by how many matches its candidates hold.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfspace.data.catalog import Catalog
from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.data.synthetic import many_shops
from shelfspace.progress import progress
from shelfspace.tasks.clusters.pool import Pool
from shelfspace.tasks.clusters.standing import Columns
from shelfspace.tasks.match.trees import TreeScorer, probability

Float64 = npt.NDArray[np.float64]

#: Products, shops, offers a product, and whether their number is spread: the kinds of catalogues there are.
WORLDS: tuple[tuple[int, int, float, bool], ...] = (
    (2000, 2, 1.4, True),
    (2000, 4, 1.6, True),
    (1200, 30, 2.6, True),
    (800, 10, 4.0, False),
    (500, 30, 7.0, False),
    (500, 60, 7.0, True),
)
_ROUNDS = 150
#: Trade item numbers settle a pair apart from the trees. Categories are named otherwise in every shop, and
#: prices, in one currency and of one day where they are made up, would be believed too much.
_HIDDEN = ("gtin", "category", "price distance")
_PATIENCE, _MOST = 200, 1.0


def fit_teacher(*, seed: int = 0) -> tuple[TreeScorer, float]:
    """Trees over the columns of a pool, and the share of matches among the pairs that taught them."""
    tables: list[Columns] = []
    labels = []
    with progress("Learning what tells products apart", len(WORLDS)) as advance:
        for number, (products, shops, offers, spread) in enumerate(WORLDS):
            table = many_shops(
                products, shops, offers=offers, spread=spread, seed=seed * len(WORLDS) + number
            )
            columns, label = lesson(read_catalog(table))
            tables.append(columns)
            labels.append(label)
            advance()
    together = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    visible = {name: column for name, column in together.items() if name not in _HIDDEN}
    label = np.concatenate(labels)
    trees = TreeScorer.fit(visible, label, seed=seed, bag=1, rounds=_ROUNDS)
    return trees, float(label.mean())


def lesson(catalog: Catalog) -> tuple[Columns, npt.NDArray[np.int64]]:
    """The columns of a planted catalogue's candidates, and which of them are one product."""
    truth = catalog.table["product"].to_numpy()
    pool = Pool.of(Catalog(catalog.table.drop("product")))
    pairs = pool.candidates
    return pool.columns(pairs), (truth[pairs.left] == truth[pairs.right]).astype(np.int64)


def shift_of(log_odds: Float64, share: float) -> float:
    """What to add to log-odds learned where `share` of the pairs matched: halfway to these pairs' own share.

    That share is the fixed point of the mean probability (Saerens, Latinne and Decaestecker 2002, equation
    4). Halfway, since the estimate leans on the scores it mends: trials on planted and public data found half
    the step safer than either none or all of it. At most 1 either way: among few matches the estimate runs
    away to none at all. 0 where there is no pair.
    """
    if not len(log_odds):
        return 0.0
    base, shift = np.log(share / (1 - share)), 0.0
    for _ in range(_PATIENCE):
        mean = float(np.clip(probability(log_odds + shift).mean(), 1e-6, 1 - 1e-6))
        step = float(np.log(mean / (1 - mean)) - base)
        if abs(step - shift) < 1e-6:
            break
        shift = step
    return float(np.clip(shift / 2, -_MOST, _MOST))
