import time

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.data.neighbours import Neighbours
from shelfspace.errors import OptionError
from shelfspace.views.negatives import contains, hard_negatives, known_mask, variant_negatives


def neighbours_of(ids: npt.ArrayLike) -> Neighbours:
    table = np.asarray(ids, np.int64)
    return Neighbours(table, np.where(table < 0, -np.inf, 0.5).astype(np.float32))


def rows(*numbers: int) -> npt.NDArray[np.int64]:
    return np.array(numbers, np.int64)


def test_known_mask_is_symmetric_and_skips_what_is_missing() -> None:
    known = known_mask(rows(0, 1, 0, -1), rows(1, 2, 1, 2), 4)
    assert known.dtype == np.bool_
    expected = np.zeros((4, 4), bool)
    expected[[0, 1, 1, 2], [1, 0, 2, 1]] = True
    np.testing.assert_array_equal(known.toarray(), expected)
    assert known_mask(rows(), rows(), 3).nnz == 0
    with pytest.raises(OptionError, match="up to 4"):
        known_mask(rows(4), rows(0), 4)


def test_contains_agrees_with_the_dense_matrix() -> None:
    rng = np.random.default_rng(0)
    known = known_mask(rng.integers(0, 50, 200), rng.integers(0, 50, 200), 50)
    anchors, columns = rng.integers(0, 50, 30), rng.integers(-1, 50, (30, 7))
    dense = known.toarray()[anchors[:, None], columns] & (columns >= 0)
    np.testing.assert_array_equal(contains(known, anchors, columns), dense)


def test_hard_negatives_are_never_known_nor_the_anchor() -> None:
    rng = np.random.default_rng(0)
    ids = np.stack([rng.permutation(60)[:15] for _ in range(40)])
    ids[:, -2:] = -1
    anchors = rng.integers(0, 60, 40)
    known = known_mask(rng.integers(0, 60, 300), rng.integers(0, 60, 300), 60)
    dense = known.toarray()
    taken = hard_negatives(anchors, neighbours_of(ids), known, 20, rng)
    assert taken.shape == (40, 20) and taken.dtype == np.int64
    for anchor, found, near in zip(anchors, taken, ids, strict=True):
        allowed = [row for row in near if row >= 0 and row != anchor and not dense[anchor, row]]
        assert sorted(found[found >= 0]) == sorted(allowed)  # 20 places are enough for all of them
        assert (np.diff((found >= 0).astype(int)) <= 0).all()  # -1 at the end


def test_hard_negatives_are_drawn_evenly() -> None:
    known = known_mask(rows(0), rows(3), 6)
    anchors, near = np.zeros(4000, np.int64), neighbours_of(np.tile([1, 2, 3, 4, 0], (4000, 1)))
    taken = hard_negatives(anchors, near, known, 1, np.random.default_rng(0))
    shares = np.bincount(taken[:, 0], minlength=6) / 4000
    np.testing.assert_allclose(shares, [0, 1 / 3, 1 / 3, 0, 1 / 3, 0], atol=0.03)


def test_preferred_come_first_unless_known() -> None:
    known, preferred = known_mask(rows(0), rows(1), 6), known_mask(rows(0, 0), rows(1, 4), 6)
    near = neighbours_of([[1, 2, 3, 4]] * 50)
    taken = hard_negatives(
        np.zeros(50, np.int64), near, known, 2, np.random.default_rng(0), preferred=preferred
    )
    assert (taken[:, 0] == 4).all()
    assert set(taken[:, 1]) == {2, 3}


def test_degenerate_hard_negatives() -> None:
    rng, known = np.random.default_rng(0), known_mask(rows(), rows(), 3)
    assert hard_negatives(rows(), neighbours_of(np.zeros((0, 4))), known, 3, rng).shape == (0, 3)
    assert hard_negatives(rows(1), neighbours_of(np.zeros((1, 0))), known, 2, rng).tolist() == [[-1, -1]]
    assert hard_negatives(rows(1), neighbours_of([[1, 2]]), known, 0, rng).shape == (1, 0)
    with pytest.raises(OptionError, match="2 anchors"):
        hard_negatives(rows(1, 2), neighbours_of([[1, 2]]), known, 1, rng)


def variants(*products: dict[str, str]) -> list[set[int]]:
    names = ("shop", "brand", "title", "mpn", "color", "size", "item_group_id")
    schema = dict.fromkeys(names, pl.String)
    table = pl.DataFrame([{"shop": "a", "brand": "acme", **row} for row in products], schema=schema)
    catalog = Catalog.from_table(table.with_columns(pl.int_range(pl.len()).cast(pl.String).alias("id")))
    return [set(found[found >= 0].tolist()) for found in variant_negatives(catalog)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"color": "Red"}, {"color": "blue"}),
        ({"size": "M"}, {"size": "L"}),
        ({"title": "rice 500 g"}, {"title": "rice 1kg"}),
        ({"title": 'tv 40"'}, {"title": 'tv 42"'}),
        ({"title": "phone kx-t55"}, {"title": "phone kx-t56"}),
        ({"mpn": "KX55"}, {"mpn": "KX56"}),
        ({"mpn": "1234-5"}, {"mpn": "1234-6"}),
    ],
)
def test_each_fact_makes_a_variant(one: dict[str, str], other: dict[str, str]) -> None:
    assert variants(one, other) == [{1}, {0}]
    assert variants(one, {**other, "brand": "b"}) == [set(), set()]
    assert variants(one, {**other, "shop": "b"}) == [set(), set()]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        ({"color": "Red"}, {"color": "red"}),
        ({"color": "red"}, {}),
        ({"title": "rice 500 g"}, {"title": "rice 0.5kg"}),
        ({"title": '15.6" tv'}, {"title": "tv 39.6 cm"}),
        ({"title": "rice 500 g"}, {"title": "rice"}),
        ({"title": "box 10 cm, 5 kg"}, {"title": "box 5kg, 10 x 20 cm"}),
        ({"title": "phone KX-T55", "mpn": "kxt55"}, {"title": "phone kxt55/b", "mpn": "KX T55"}),
    ],
)
def test_equal_or_missing_facts_make_none(one: dict[str, str], other: dict[str, str]) -> None:
    assert variants(one, other) == [set(), set()]


def test_groups_stand_in_for_a_missing_brand() -> None:
    products = [("a", "0", "red", "7"), ("a", "1", "blue", "7"), ("a", "2", "blue", None)]
    table = pl.DataFrame(products, ["shop", "id", "color", "item_group_id"], orient="row")
    found = variant_negatives(Catalog.from_table(table), k=2)
    assert found.tolist() == [[1, -1], [0, -1], [-1, -1]]


def test_nearest_titles_come_first_and_rows_can_be_chosen() -> None:
    titles = ["apple juice 1 l", "zebra toy 3 kg", "apple juice 2 l", "zebra toy 4 kg", "milk 5 l"]
    table = pl.DataFrame({"shop": "a", "id": list("01234"), "brand": "x", "title": titles})
    catalog = Catalog.from_table(table)
    assert variant_negatives(catalog, rows(3, 0), k=1).tolist() == [[1], [2]]
    assert variant_negatives(catalog, rows(), k=3).shape == (0, 3)
    assert variant_negatives(catalog.take(rows()), k=3).shape == (0, 3)
    with pytest.raises(OptionError, match="k=0"):
        variant_negatives(catalog, k=0)


def test_speed_on_many_rows() -> None:
    n = 20_000
    number = np.arange(n)
    table = pl.DataFrame(
        {
            "shop": "a",
            "id": number.astype(str),
            "brand": (number // 200).astype(str),
            "title": [f"thing kx{row % 50}b model, {row % 7 + 1} kg" for row in range(n)],
        }
    )
    start = time.process_time()
    found = variant_negatives(Catalog.from_table(table))
    near = neighbours_of(np.random.default_rng(0).integers(0, n, (n, 20)))
    known = known_mask(number, np.roll(number, 1), n)
    taken = hard_negatives(number, near, known, 5, np.random.default_rng(0))
    assert time.process_time() - start < 6
    assert (found[:, :5] >= 0).mean() > 0.9
    assert (taken >= 0).all()
