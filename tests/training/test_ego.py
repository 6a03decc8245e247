import numpy as np

from shelfspace.encoders.graph.ego import principal
from shelfspace.encoders.graph.network import adjacency
from shelfspace.training.ego import learn_ego


def communities(n=200, seed=0):
    rng = np.random.default_rng(seed)
    community = np.arange(n) % 4
    features = rng.normal(0, 0.5, (n, 8)) + 2 * np.eye(8)[community]
    edges = np.argwhere(np.triu(rng.random((n, n)) < np.where(community[:, None] == community, 0.2, 0.0), 1))
    return principal(features, unit_rows=False), adjacency(edges, n)


def test_accounts_find_their_own_neighbourhood():
    rows, network = communities()
    learned = learn_ego(rows, network, steps=60)
    assert learned.verdict is not None
    assert {trial.name for trial in learned.verdict.table} == {"closed", "learned"}
    assert learned.verdict.score > 0.8  # a quarter of the others is of one's own community


def test_the_same_seed_gives_the_same_space():
    rows, network = communities()
    first, second = (learn_ego(rows, network, steps=20, seed=3).space for _ in range(2))
    np.testing.assert_array_equal(first.of_place, second.of_place)


def test_few_accounts_or_no_steps_keep_the_closed_form():
    rows, network = communities(24)
    assert learn_ego(rows, network, steps=20).verdict is None
    rows, network = communities()
    assert learn_ego(rows, network, steps=0).verdict is None


def test_no_edges_give_a_space():
    rows = np.random.default_rng(0).normal(0, 1, (10, 3)).astype(np.float32)
    space = learn_ego(rows, adjacency(np.zeros((0, 2), np.int64), 10)).space
    assert np.isfinite(space.accounts(rows)).all()
