from __future__ import annotations

import numpy as np
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.neighbours import Neighbours
from shelfspace.tasks.clusters.pool import Pool, unordered
from shelfspace.tasks.clusters.standing import Standing
from shelfspace.tasks.match.candidates import PairRows


def test_each_pair_is_found_once_and_none_with_itself() -> None:
    found = Neighbours(np.array([[0, 1], [0, 1], [1, -1]]), np.ones((3, 2), np.float32))
    pairs = unordered(found)
    assert pairs.left.tolist() == [0, 1]
    assert pairs.right.tolist() == [1, 2]


def test_most_planted_pairs_are_candidates(catalog: Catalog, truth: np.ndarray) -> None:
    pairs = Pool.of(catalog).candidates
    assert (pairs.left < pairs.right).all()
    same = truth[:, None] == truth[None, :]
    possible = (same.sum() - len(truth)) / 2
    assert same[pairs.left, pairs.right].sum() > 0.95 * possible


def test_columns_do_not_depend_on_which_side_is_left(catalog: Catalog) -> None:
    pool = Pool.of(catalog)
    pairs = pool.candidates.take(slice(0, 50))
    one, other = pool.columns(pairs), pool.columns(PairRows(pairs.right, pairs.left))
    assert not [name for name in one if name.startswith(("left", "right"))]
    differing = [name for name in one if not np.allclose(one[name], other[name], atol=1e-4, equal_nan=True)]
    assert differing in ([], ["name partial ratio"])


def test_learned_neighbours_are_candidates_too(catalog: Catalog) -> None:
    far = Neighbours(np.array([[5]]), np.ones((1, 1), np.float32))
    pool = Pool.of(catalog, far)
    assert PairRows(np.array([0]), np.array([5])).within(pool.candidates).all()


def test_rivals_are_all_other_candidates_or_those_of_the_same_shop() -> None:
    pairs = PairRows(np.array([0, 0, 0]), np.array([1, 2, 3]))
    scores = np.array([0.9, 0.8, 0.5], np.float32)
    standing = Standing(pairs, scores, np.array([0, 1, 2, 2]))
    columns = standing.columns(pairs, scores)
    np.testing.assert_allclose(columns["left margin"], [0.1, -0.1, -0.4], atol=1e-6)
    np.testing.assert_allclose(columns["left shop margin"], [0.9, 0.3, -0.3], atol=1e-6)
    np.testing.assert_allclose(columns["right margin"], scores)
    assert columns["left rank"].tolist() == [0, 1, 2]
    assert columns["left shop rank"].tolist() == [0, 0, 1]
    assert (columns["shared neighbours"] > 0).all()


def test_a_pool_of_one_or_of_nothing_has_no_candidates() -> None:
    for n in (0, 1):
        table = pl.DataFrame(
            {"shop": ["a"] * n, "id": ["1"] * n, "title": ["lamp"] * n},
            schema=dict.fromkeys(("shop", "id", "title"), pl.String),
        )
        pool = Pool.of(Catalog.from_table(table))
        assert len(pool.candidates) == 0
        assert all(len(column) == 0 for column in pool.columns(pool.candidates).values())
