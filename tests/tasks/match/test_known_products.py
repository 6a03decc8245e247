from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from shelfspace.tasks.match import known_products as room
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.known_products import KnownProducts, products_of

KNOWN, EACH, N = 24, 4, 30  # six products of four listings, and six listings of no known product
GROUP = np.arange(KNOWN) // EACH


def rows_of(pairs):
    return PairRows(*np.array(pairs, np.int64).reshape(-1, 2).T)


def chains(n, each):
    """Each listing tied to the next one of its product only."""
    return rows_of([(i, i + 1) for i in range(n - 1) if (i + 1) % each])


@pytest.fixture
def words():
    rows = np.random.default_rng(0).random((N, 12))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def products(words):
    return KnownProducts.of(chains(KNOWN, EACH), sp.csr_matrix(words.astype(np.float32)))


def by_hand(words, pair, forgotten):
    """Scores of both listings by a regression that never saw what is to be left out, and their margins."""
    out = {row for row in pair if row < KNOWN}
    for row, all_of_it in zip(pair, forgotten, strict=True):
        if all_of_it and row < KNOWN:
            out |= set(np.flatnonzero(GROUP[row] == GROUP).tolist())
    kept = [row for row in range(KNOWN) if row not in out]
    cosines = words[kept] @ words[kept].T + 0.1 * np.eye(len(kept))
    weights = np.linalg.solve(cosines, np.eye(6)[GROUP[kept]])
    near = words[list(pair)] @ words[kept].T
    return near @ weights, words[pair[0]] @ words[pair[1]] - near.max(axis=1)


CASES = [
    ((0, 1), (False, False)),
    ((0, 1), (True, True)),
    ((0, 9), (False, False)),
    ((0, 9), (True, False)),
    ((9, 0), (True, True)),
    ((25, 27), (False, False)),
    ((25, 27), (True, True)),
    ((3, 26), (False, False)),
    ((28, 3), (False, True)),
]


def test_what_is_left_out_is_as_if_it_had_never_been_learned(words, products):
    found = products.columns(rows_of([pair for pair, _ in CASES]), np.array([out for _, out in CASES]))
    for place, (pair, forgotten) in enumerate(CASES):
        (left, right), margins = by_hand(words, pair, forgotten)
        cosine = left @ right / np.linalg.norm(left) / np.linalg.norm(right)
        top = sorted([left.max(), right.max()])
        told = {
            "known products alike": cosine,
            "known products in common": left @ right,
            "known products shared": np.minimum(left, right).max(),
            "known products near lesser": top[0],
            "known products near greater": top[1],
            "known products lead lesser": min(np.sort(z)[-1] - np.sort(z)[-2] for z in (left, right)),
            "known products margin lesser": margins.min(),
            "known products margin greater": margins.max(),
        }
        for name, value in told.items():
            assert found[name][place] == pytest.approx(value, abs=1e-4), (name, pair, forgotten)


def test_columns_do_not_depend_on_which_listing_is_left_nor_on_chunks(monkeypatch, products):
    pairs = rows_of([pair for pair, _ in CASES])
    straight = products.columns(pairs)
    monkeypatch.setattr(room, "_CHUNK", 2)
    turned = products.columns(PairRows(pairs.right, pairs.left))
    for name, column in straight.items():
        assert column.dtype == np.float32
        np.testing.assert_allclose(column, turned[name], atol=1e-5, err_msg=name)


def test_new_listings_of_a_known_product_are_recognised():
    """Words of a product and of the listing: two new listings of one product agree, others do not."""
    rng = np.random.default_rng(1)
    product = np.repeat(np.arange(20), 5)
    words = np.eye(20)[product] + rng.random((100, 20)) * 0.6
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    known = np.arange(100) % 5 < 3
    ties = [(i, i + 1) for i in range(99) if known[i] and known[i + 1]]
    products = KnownProducts.of(rows_of(ties), sp.csr_matrix(words.astype(np.float32)))
    new = np.flatnonzero(~known).reshape(-1, 2)
    same = products.columns(rows_of(new))["known products alike"]
    other = products.columns(rows_of(np.column_stack([new[:, 0], np.roll(new[:, 1], 1)])))
    assert np.median(same) > np.quantile(other["known products alike"], 0.9)


def test_products_are_forgotten_on_either_side_but_together_where_they_are_one(products):
    pairs = rows_of([(0, 1)] * 20 + [(0, 9)] * 60)
    forgotten = products.forgetting(pairs, 0)
    assert forgotten.any(axis=1).all()
    assert forgotten[:20].all()
    assert {tuple(row) for row in forgotten[20:].tolist()} == {(True, True), (True, False), (False, True)}
    assert np.array_equal(forgotten, products.forgetting(pairs, 0))


def test_nothing_is_known_of_products_of_two_listings_nor_without_matches_nor_of_too_many(monkeypatch, words):
    wording = sp.csr_matrix(words.astype(np.float32))
    assert KnownProducts.of(chains(KNOWN, 2), wording) is None
    assert KnownProducts.of(rows_of([]), wording) is None
    monkeypatch.setattr(room, "_MOST", KNOWN - 1)
    assert KnownProducts.of(chains(KNOWN, EACH), wording) is None


def test_no_pairs_and_a_single_product(words, products):
    assert all(len(column) == 0 for column in products.columns(rows_of([])).values())
    alone = KnownProducts.of(chains(4, 4), sp.csr_matrix(words.astype(np.float32)))
    found = alone.columns(rows_of([(0, 1), (25, 26)]), np.array([[True, True], [False, False]]))
    assert all(np.isfinite(column).all() for column in found.values())


def test_ties_of_ties_are_one_product():
    found = products_of(rows_of([(5, 1), (1, 3), (0, 6)]), 8)
    assert found.tolist() == [0, 1, -1, 1, -1, 1, 0, -1]
    assert products_of(rows_of([]), 2).tolist() == [-1, -1]
