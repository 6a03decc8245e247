from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_array

from shelfspace.tasks.shoppers.apart import apart, in_words
from shelfspace.tasks.shoppers.traits import Traits


def traits_of(*names: tuple[str, str]) -> Traits:
    return Traits(pl.DataFrame(names, schema=["kind", "value"], orient="row"), csr_array((0, len(names))))


TWO = traits_of(("brand", "Acme"), ("category", "Tools"))


def took_by(acme: list[int], tools: list[int], n: int) -> csr_array:
    found = np.zeros((n, 2), bool)
    found[acme, 0] = found[tools, 1] = True
    return csr_array(found)


def test_counts_shares_and_lift_are_those_of_both_sides() -> None:
    inside = np.arange(100) < 40
    found = apart(TWO, took_by([*range(30), *range(40, 46)], list(range(0, 100, 2)), 100), inside)
    assert found["value"].to_list() == ["Acme"]  # half of all take tools, whoever they are
    row = found.row(0, named=True)
    assert (row["users"], row["share"], row["share_rest"]) == (30, 0.75, 0.1)
    assert row["lift"] == pytest.approx((30.5 / 41) / (6.5 / 61))
    pooled = 36 / 100
    assert row["z"] == pytest.approx(0.65 / (pooled * (1 - pooled) * (1 / 40 + 1 / 60)) ** 0.5)


def test_chance_is_not_told() -> None:
    rng = np.random.default_rng(0)
    names = [("word", f"w{i}") for i in range(400)]
    took = csr_array(rng.random((300, 400)) < 0.2)
    told = [apart(traits_of(*names), took, rng.random(300) < 0.3, 20).height for _ in range(20)]
    assert sum(told) <= 2  # of 8,000


def test_two_users_prove_nothing() -> None:
    inside = np.arange(1000) < 2
    assert apart(TWO, took_by([0, 1], [], 1000), inside).height == 0


@pytest.mark.parametrize("inside", [np.zeros(5, bool), np.ones(5, bool), np.zeros(0, bool)])
def test_without_another_side_there_is_nothing_to_tell(inside: np.ndarray) -> None:
    assert apart(TWO, took_by([], [], len(inside)), inside).height == 0


def test_words_name_kinds_in_order_with_their_lift() -> None:
    inside = np.arange(100) < 40
    found = apart(TWO, took_by(list(range(30)), list(range(20)), 100), inside)
    assert in_words(found) == "takes Tools (61.0×); of Acme (90.8×)"
