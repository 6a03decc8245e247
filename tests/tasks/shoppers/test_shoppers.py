from __future__ import annotations

import numpy as np
import pytest

from shelfspace.data.synthetic import Shopping
from shelfspace.errors import OptionError
from shelfspace.tasks.shoppers.shoppers import Shoppers


def test_everybody_who_took_something_has_a_row(shoppers: Shoppers, made: Shopping) -> None:
    assert len(shoppers) == made.events.table["user_id"].n_unique()
    assert shoppers.row(shoppers.users[7]) == 7
    assert len(shoppers.histories) == len(made.events)
    with pytest.raises(OptionError, match="nobody"):
        shoppers.row("nobody")


def test_tastes_are_nearest_to_what_the_segment_likes(
    shoppers: Shoppers, made: Shopping, planted: np.ndarray
) -> None:
    liked = made.chances @ shoppers.vectors
    liked = liked - liked.mean(axis=0)
    nearest = (shoppers.tastes @ liked.T).argmax(axis=1)
    assert np.mean(nearest == made.later[planted]) > 0.75


def test_what_users_took_has_traits(shoppers: Shoppers) -> None:
    assert shoppers.took.shape == (len(shoppers), len(shoppers.traits))
    own = shoppers.histories.of(3)
    expected = np.asarray(shoppers.traits.matrix[own].sum(axis=0)).ravel() > 0
    assert np.array_equal(shoppers.took[[3]].toarray()[0], expected)
