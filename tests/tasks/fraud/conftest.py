import numpy as np
import pytest

from shelfspace.data.accounts import UNKNOWN, Accounts


@pytest.fixture(scope="session")
def planted():
    """300 accounts in 3 communities with features of their own; 12 in a clique, 10 with foreign features.

    The accounts and, as arrays of rows, the ring and the misfits.
    """
    rng = np.random.default_rng(0)
    n, community = 300, np.arange(300) % 3
    features = rng.normal(0, 0.5, (n, 6)) + 2 * np.eye(6)[community]
    chances = np.where(community[:, None] == community, 0.08, 0.002)
    edges = np.argwhere(np.triu(rng.random((n, n)) < chances, 1))
    ring, misfits = np.arange(12), np.arange(20, 30)
    edges = np.concatenate([edges, np.argwhere(np.triu(np.ones((12, 12)), 1))])
    features[misfits] = rng.normal(0, 0.5, (10, 6)) + 2 * np.eye(6)[(community[misfits] + 1) % 3]
    ids = tuple(f"a{row}" for row in range(n))
    accounts = Accounts(ids, tuple("pqrstu"), features, edges, np.full(n, UNKNOWN))
    return accounts, ring, misfits


@pytest.fixture(scope="session")
def spammers():
    """240 accounts, every sixth of them a fraud: frauds know each other, and their features tell a little."""
    rng = np.random.default_rng(1)
    n = 240
    fraud = (np.arange(n) % 6 == 0).astype(np.int64)
    features = rng.normal(0, 1, (n, 4)) + 0.6 * fraud[:, None]
    chances = np.where(fraud[:, None] & fraud == 1, 0.25, 0.02)
    edges = np.argwhere(np.triu(rng.random((n, n)) < chances, 1))
    ids = tuple(f"a{row}" for row in range(n))
    return Accounts(ids, tuple("pqrs"), features, edges, fraud)
