from __future__ import annotations

import numpy as np
import pytest

from shelfspace.data.synthetic import Shopping, shopping
from shelfspace.tasks.shoppers.shoppers import Shoppers


@pytest.fixture(scope="session")
def made() -> Shopping:
    return shopping(200, 300, events_each=80, seed=0)


@pytest.fixture(scope="session")
def shoppers(made: Shopping) -> Shoppers:
    return Shoppers.of_events(made.events, made.catalog, made.vectors)


@pytest.fixture(scope="session")
def planted(made: Shopping, shoppers: Shoppers) -> np.ndarray:
    """The row in what was made of each shopper."""
    return np.array([int(user[1:]) for user in shoppers.users])
