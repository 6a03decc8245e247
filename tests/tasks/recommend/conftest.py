"""Users who take from the shelf of their taste: what each will take next is known."""

from typing import NamedTuple

import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.data.synthetic.shopping import Shopping, shopping
from shelfspace.space import Space
from shelfspace.tasks.fit import fit

TASTES = 5


class Planted(NamedTuple):
    """A log, and for each user which items of their shelf they have not taken yet [n_users, n_items]."""

    log: Interactions
    wanted: np.ndarray

    def hit_share(self, scores):
        """Which share of each user's best untaken items, as many as are wanted, are wanted."""
        scores = np.array(scores)
        scores[self.log.users, self.log.items] = -np.inf
        order = np.argsort(-scores, axis=1)
        counts = self.wanted.sum(axis=1)
        shares = [self.wanted[u, order[u, : counts[u]]].mean() for u in np.flatnonzero(counts)]
        return float(np.mean(shares))


@pytest.fixture
def planted():
    rng = np.random.default_rng(0)
    own = np.arange(200)[:, None] % TASTES == np.arange(100)[None, :] % TASTES
    taken = own & (rng.random(own.shape) < 0.5)
    users, items = np.nonzero(taken)
    return Planted(Interactions.of_rows(users, items, n_users=200, n_items=100), own & ~taken)


@pytest.fixture(scope="session")
def made() -> Shopping:
    return shopping(150, 120, events_each=30, seed=3)


@pytest.fixture(scope="session")
def shop(made: Shopping) -> Space:
    """A space of made-up products whose shoppers have taught it."""
    return fit(made.catalog, events=made.events, preset="fast")
