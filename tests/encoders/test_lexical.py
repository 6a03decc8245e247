import numpy as np
import pytest
import scipy.sparse as sp

from shelfspace.encoders import Listings
from shelfspace.encoders.bags import bags_of, fit_vocabulary
from shelfspace.encoders.lexical import lexical_matrix, lexical_neighbours, paired_products
from shelfspace.encoders.tokens import Kind


def random_rows(n, seed, columns=40):
    rng = np.random.default_rng(seed)
    dense = rng.random((n, columns)) * (rng.random((n, columns)) < 0.15)
    return sp.csr_matrix(dense.astype(np.float32))


@pytest.fixture(scope="module")
def shelf():
    rng = np.random.default_rng(0)
    words = ["lamp", "oak", "desk", "x100", "500", "白色", "kx-t55"]
    names = [" ".join(rng.choice(words, rng.integers(1, 6))) for _ in range(60)] + ["", "unheard", "qqq lamp"]
    listings = Listings(names, ["" if i % 3 else "desk oak" for i in range(len(names))])
    vocabulary = fit_vocabulary(listings)
    bags = bags_of(listings, vocabulary)
    weights = np.exp(vocabulary.closed_form_weights())[bags.token] * bags.tf
    return listings, vocabulary, bags, weights


def test_rows_are_unit_vectors_once_unseen_tokens_are_counted(shelf):
    _, vocabulary, bags, weights = shelf
    matrix = lexical_matrix(bags, vocabulary, weights)
    assert matrix.shape == (bags.n, len(vocabulary))
    assert matrix.dtype == np.float32
    for row in range(bags.n):
        part = slice(bags.offsets[row], bags.offsets[row + 1])
        dense = np.zeros(len(vocabulary) + 5)
        np.add.at(dense, bags.token[part], weights[part])
        unseen = weights[part][bags.token[part] >= len(vocabulary)]
        length = np.sqrt((dense[: len(vocabulary)] ** 2).sum() + (unseen**2).sum())
        if length:
            dense /= length
        assert matrix[[row]].toarray()[0] == pytest.approx(dense[: len(vocabulary)], abs=1e-6)


def test_a_listing_of_unseen_words_is_like_no_other(shelf):
    listings, vocabulary, bags, weights = shelf
    matrix = lexical_matrix(bags, vocabulary, weights)
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    assert lengths[listings.names.index("")] in (0, pytest.approx(1))
    assert lengths[listings.names.index("unheard")] < 0.3
    assert 0.1 < lengths[listings.names.index("qqq lamp")] < 0.9
    assert (lengths < 1 + 1e-5).all()


def test_kinds_choose_the_columns(shelf):
    _, vocabulary, bags, weights = shelf
    codes = lexical_matrix(bags, vocabulary, weights, (Kind.CODE, Kind.NUMBER))
    assert set(vocabulary.kind[np.unique(codes.indices)].tolist()) == {Kind.CODE, Kind.NUMBER}
    assert lexical_matrix(bags, vocabulary, weights, ()).nnz == 0


def test_weights_of_nothing_make_no_nan(shelf):
    _, vocabulary, bags, weights = shelf
    matrix = lexical_matrix(bags, vocabulary, weights * 0)
    assert not matrix.toarray().any()


@pytest.mark.parametrize("k", [1, 5, 80], ids=str)
def test_neighbours_are_those_of_brute_force(k):
    queries, items = random_rows(30, 1), random_rows(50, 2)
    found = lexical_neighbours(queries, items, k)
    products = (queries @ items.T).toarray()
    for row in range(30):
        there = found.ids[row] >= 0
        expected = np.sort(products[row][products[row] > 0])[::-1][:k]
        assert there.sum() == len(expected)
        assert found.scores[row][there] == pytest.approx(expected, rel=1e-5)
        assert products[row][found.ids[row][there]] == pytest.approx(expected, rel=1e-5)
        assert np.isneginf(found.scores[row][~there]).all()


def test_neighbours_come_from_chunks_as_from_one_piece(monkeypatch):
    queries, items = random_rows(30, 1), random_rows(50, 2)
    whole = lexical_neighbours(queries, items, 5)
    monkeypatch.setattr("shelfspace.encoders.lexical._CHUNK", 7)
    parts = lexical_neighbours(queries, items, 5)
    assert np.array_equal(whole.ids, parts.ids)
    assert np.array_equal(whole.scores, parts.scores)


def test_a_budget_spares_the_rare_tokens():
    n = 200
    common, rare = np.ones((n, 1), np.float32) * 0.9, np.eye(n, dtype=np.float32) * 0.4
    rows = sp.csr_matrix(np.hstack([common, rare]))
    cheap = lexical_neighbours(rows, rows, 3, budget=n)
    assert np.array_equal(cheap.ids[:, 0], np.arange(n))
    assert (cheap.ids[:, 1:] == -1).all(), "the common token would have cost n²"
    assert cheap.scores[:, 0] == pytest.approx(0.16)
    whole = lexical_neighbours(rows, rows, 3, budget=n * n + n)
    assert (whole.ids >= 0).all()
    assert whole.scores[:, 0] == pytest.approx(0.97)
    assert rows.nnz == 2 * n, "the caller's matrix is left as it was"


def test_nothing_to_search_or_to_find():
    some, none = random_rows(3, 0), sp.csr_matrix((0, 40), dtype=np.float32)
    assert lexical_neighbours(none, some, 2).ids.shape == (0, 2)
    assert (lexical_neighbours(some, none, 2).ids == -1).all()
    assert (lexical_neighbours(some * 0, some, 2).ids == -1).all()


def test_paired_products_are_the_diagonal():
    left, right = random_rows(23, 3), random_rows(23, 4)
    expected = (left @ right.T).toarray().diagonal()
    products = paired_products(left, right)
    assert products == pytest.approx(expected, rel=1e-5)
    assert products.dtype == np.float32
    assert paired_products(left[:0], right[:0]).shape == (0,)
