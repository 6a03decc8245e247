from __future__ import annotations

import numpy as np

from shelfspace.data import Neighbours
from shelfspace.tasks.recommend.lending import Lending, borrowers_of

POPULARITY = np.array([100, 50, 0, 3])


def lending(strength: float) -> Lending:
    """Product 2 is like 0 alone, product 3 like 1, and like 2, which has less to lend than it needs."""
    ids = np.array([[0, -1], [1, 2]])
    scores = np.array([[0.9, -np.inf], [0.5, 0.5]], np.float32)
    return Lending.of(POPULARITY, borrowers_of(POPULARITY), Neighbours(ids, scores), strength)


def test_a_product_without_events_has_the_score_of_what_is_like_it():
    scores = np.array([[4.0, 2.0, -np.inf, 1.0]], np.float32)
    found = lending(strength=3).applied(scores)
    assert found.tolist() == [[4.0, 2.0, 4.0, 0.5 * 1.0 + 0.5 * 2.0]]


def test_without_strength_everything_keeps_its_score():
    scores = np.array([[4.0, 2.0, -np.inf, 1.0]], np.float32)
    assert lending(strength=0).applied(scores.copy()).tolist() == scores.tolist()


def test_what_has_no_lender_keeps_its_score():
    nobody = Neighbours(np.full((2, 1), -1), np.full((2, 1), -np.inf, np.float32))
    alone = Lending.of(POPULARITY, borrowers_of(POPULARITY), nobody, 3)
    scores = np.array([[4.0, 2.0, -np.inf, 1.0]], np.float32)
    assert alone.applied(scores.copy()).tolist() == scores.tolist()


def test_products_that_many_take_do_not_borrow():
    assert borrowers_of(np.array([0, 19, 20, 400])).tolist() == [0, 1]
