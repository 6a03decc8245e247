from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.data.synthetic import many_shops
from shelfspace.space.space import Space
from shelfspace.tasks.clusters import teacher
from shelfspace.tasks.clusters.scorer import PairScorer
from shelfspace.tasks.fit import fit


@pytest.fixture(scope="session", autouse=True)
def small_worlds() -> Iterator[None]:
    """A teacher that learns in a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(teacher, "WORLDS", ((200, 3, 1.6, True), (120, 12, 4.0, False)))
        patch.setattr(teacher, "_ROUNDS", 60)
        yield


@pytest.fixture(scope="session")
def scorer(small_worlds: None) -> PairScorer:
    return PairScorer.fit(seed=0)


@pytest.fixture(scope="session")
def shops() -> pl.DataFrame:
    return many_shops(140, 9, offers=2.6, seed=5)


@pytest.fixture(scope="session")
def catalog(shops: pl.DataFrame) -> Catalog:
    return read_catalog(shops.drop("product"))


@pytest.fixture(scope="session")
def truth(shops: pl.DataFrame) -> np.ndarray:
    return shops["product"].cast(pl.Int64).to_numpy()


@pytest.fixture
def space(catalog: Catalog) -> Space:
    return fit(catalog, preset="fast")
