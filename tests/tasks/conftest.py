from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.data.cleaning.gtin import check_digit
from shelfspace.data.pairs import Pairs
from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.data.synthetic import two_shops
from shelfspace.encoders import bags, static
from shelfspace.space.space import Space
from shelfspace.tasks.fit import fit
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.desk import Desk
from shelfspace.tasks.match.labelled import LabelledPairs
from shelfspace.tasks.match.study import MatchStudy, study_match
from shelfspace.training import text


@dataclass(frozen=True)
class Planted:
    """Two shops' catalogue and the true pairs of rows."""

    catalog: Catalog
    left: np.ndarray
    right: np.ndarray
    truth: PairRows

    def named(self, pairs: PairRows, labels: np.ndarray) -> Pairs:
        ids = self.catalog.table["id"]
        return Pairs.from_table(
            pl.DataFrame(
                {
                    "left_shop": ["left"] * len(pairs),
                    "left_id": ids.gather(pairs.left),
                    "right_shop": ["right"] * len(pairs),
                    "right_id": ids.gather(pairs.right),
                    "label": labels,
                }
            )
        )

    def figures(self, found: pl.DataFrame) -> tuple[float, float]:
        """Precision and recall of a table of matches."""
        table = self.catalog.table["id"]
        true = set(zip(table.gather(self.truth.left), table.gather(self.truth.right), strict=True))
        hits = len(true & set(found.select("left_id", "right_id").rows()))
        return hits / max(found.height, 1), hits / len(true)


@contextmanager
def small() -> Iterator[None]:
    """Few shared vectors and small batches, so that a training step costs a hundredth of a second."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (bags, static):
            patch.setattr(module, "N_SHARED_VECTORS", 256)
        for name in ("PAIRS_A_BATCH", "LOOKS_A_BATCH"):
            patch.setattr(text, name, 16)
        yield


@pytest.fixture(scope="module", autouse=True)
def small_steps() -> Iterator[None]:
    """All tests of this folder, and none of another, work with what is small."""
    with small():
        yield


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    shops = two_shops(160, seed=1)
    left, right, _ = shops.write(tmp_path_factory.mktemp("planted"))
    catalog = read_catalog([left, right])
    truth = [
        catalog.rows_of(shops.truth.select(pl.lit(side).alias("shop"), pl.col(f"{side}_id").alias("id")))
        for side in ("left", "right")
    ]
    return Planted(catalog, catalog.rows_of_shop("left"), catalog.rows_of_shop("right"), PairRows(*truth))


@pytest.fixture(scope="session")
@small()
def study(planted: Planted) -> MatchStudy:
    """The closed form's study, without labels."""
    return study_match(planted.catalog, planted.left, planted.right, preset="fast")


@pytest.fixture(scope="session")
def desk(study: MatchStudy) -> Desk:
    return study.desk


@pytest.fixture(scope="session")
def labelled(planted: Planted, desk: Desk) -> LabelledPairs:
    """Half of the true pairs, and every eighth of the other candidates."""
    others = desk.candidates.take(~desk.candidates.within(planted.truth))
    positives, negatives = planted.truth.take(slice(None, None, 2)), others.take(slice(None, None, 8))
    pairs = PairRows(
        np.concatenate([positives.left, negatives.left]), np.concatenate([positives.right, negatives.right])
    )
    return LabelledPairs(pairs, np.repeat([1, 0], [len(positives), len(negatives)]))


@pytest.fixture(scope="session")
def numbered(planted: Planted) -> Planted:
    """The same shops, where both sides of most true pairs and some other products bear trade item numbers."""
    numbers: list[str | None] = [None] * len(planted.catalog)
    for place, (one, other) in enumerate(zip(planted.truth.left, planted.truth.right, strict=True)):
        if place < 80:
            body = f"{400_000_000_000 + place * 17:013d}"
            numbers[one] = numbers[other] = body + check_digit(body)
    table = planted.catalog.table.with_columns(pl.Series("gtin", numbers, dtype=pl.String))
    return Planted(Catalog.from_table(table), planted.left, planted.right, planted.truth)


@pytest.fixture(scope="session")
@small()
def fast_space(planted: Planted) -> Space:
    """Fitted without labels and without training."""
    return fit(planted.catalog, preset="fast")


@pytest.fixture(scope="session")
@small()
def labelled_space(planted: Planted, labelled: LabelledPairs) -> Space:
    """Fitted on labels, without training."""
    return fit(planted.catalog, pairs=planted.named(labelled.pairs, labelled.labels), preset="fast")


@pytest.fixture(scope="session")
@small()
def numbered_space(numbered: Planted) -> Space:
    """Fitted on equal and differing trade item numbers, without training."""
    return fit(numbered.catalog, preset="fast")
