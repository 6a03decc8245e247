from __future__ import annotations

import numpy as np
import polars as pl

from shelfspace.tasks.clusters.ids import named


def keys(n: int) -> pl.DataFrame:
    return pl.DataFrame({"shop": ["s"] * n, "id": [str(row) for row in range(n)]})


def test_the_same_products_get_the_same_ids() -> None:
    labels = np.array([0, 0, 2, 2, 4])
    first = named(labels, keys(5), [None] * 5)
    assert first == named(labels, keys(5), [None] * 5)
    assert len(set(first)) == 3
    assert first[:4:2] == named(np.array([0, 1, 2, 3, 4]), keys(5), [None] * 5)[:4:2]
    assert all(one.startswith("c") for one in first)


def test_nothing_changes_where_nothing_changes() -> None:
    labels = np.array([0, 0, 2, 3])
    before = named(labels, keys(4), [None] * 4)
    assert named(labels, keys(4), list(before)) == before


def test_the_greater_part_keeps_the_id_and_the_other_gets_a_new_one() -> None:
    found = named(np.array([0, 1, 1]), keys(3), ["x", "x", "x"])
    assert found[1:] == ["x", "x"]
    assert found[0] != "x"


def test_of_two_that_merge_the_larger_gives_the_id() -> None:
    assert named(np.array([0, 0, 0]), keys(3), ["x", "y", "y"]) == ["y", "y", "y"]


def test_an_id_that_is_taken_is_not_given_again() -> None:
    before = named(np.array([0]), keys(1), [None])
    # The founder has left for a cluster of its own, and its name stays with the others.
    found = named(np.array([0, 1, 1]), keys(3), [before[0]] * 3)
    assert found[1] == before[0] != found[0]


def test_no_rows_no_ids() -> None:
    assert named(np.zeros(0, np.int64), keys(0), []) == []
