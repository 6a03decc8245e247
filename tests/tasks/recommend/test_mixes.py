from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from shelfspace.tasks.recommend.mixes import category_shares, mixes


def test_shares_of_an_item_are_equal_and_add_up_to_one() -> None:
    shares = category_shares(["b", ("b", "a", "b"), None, ()])
    assert shares.toarray().tolist() == [[0, 1], [0.5, 0.5], [0, 0], [0, 0]]
    assert category_shares([]).shape == (0, 0)
    assert category_shares([None]).shape == (1, 0)


def test_mixes_are_what_users_took_by_category() -> None:
    shares = category_shares(["a", ("a", "b"), "c", None])
    taken = csr_array(np.array([[1, 1, 0, 5], [0, 0, 2, 0], [0, 0, 0, 1], [0, 0, 0, 0]], np.float32))
    assert mixes(taken, shares).tolist() == [[0.75, 0.25, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]]
