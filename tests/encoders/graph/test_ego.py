import numpy as np

from shelfspace.encoders.graph.ego import closed_ego, places_of, principal, unit
from shelfspace.encoders.graph.network import adjacency


def test_closed_form_finds_what_two_views_share():
    """Of ten directions two are shared, so the vectors of both views agree in the order of these."""
    rng = np.random.default_rng(0)
    shared = rng.normal(0, 1, (2_000, 2))
    left = np.hstack([shared, rng.normal(0, 3, (2_000, 8))]).astype(np.float32)
    right = np.hstack([rng.normal(0, 3, (2_000, 8)), shared]).astype(np.float32)
    space = closed_ego(left, right)
    a, b = space.accounts(left), space.places(right)
    np.testing.assert_allclose(np.linalg.norm(a, axis=1), 1, rtol=1e-5)
    own, others = (a * b).sum(axis=1), (a * np.roll(b, 1, axis=0)).sum(axis=1)
    assert (own > others).mean() > 0.85


def test_length_says_nothing_of_bags_of_words():
    bags = np.random.default_rng(0).random((30, 4))
    np.testing.assert_allclose(
        principal(bags, unit_rows=True),
        principal(bags * np.arange(1, 31)[:, None], unit_rows=True),
        atol=1e-6,
    )


def test_many_directions_are_cut_to_the_principal_ones():
    rows = np.random.default_rng(0).normal(0, 1, (50, 150))
    found = principal(rows, unit_rows=False)
    assert found.shape == (50, 128)
    spread = found.var(axis=0)
    assert (np.diff(spread) <= 1e-4).all()


def test_constant_columns_and_no_rows_give_numbers():
    assert np.isfinite(principal(np.ones((5, 3)), unit_rows=False)).all()
    assert principal(np.zeros((0, 3)), unit_rows=False).shape == (0, 3)
    assert np.isfinite(
        closed_ego(np.zeros((5, 3), np.float32), np.zeros((5, 3), np.float32)).of_account
    ).all()
    assert unit(np.zeros((2, 3))).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_places_are_centred_over_those_with_neighbours():
    rows = np.array([[1.0], [3.0], [100.0]], np.float32)
    places = places_of(rows, adjacency(np.array([[0, 1]]), 3))
    assert places.rows.tolist() == [[1], [-1], [0]]
    assert places.centre.tolist() == [2]
