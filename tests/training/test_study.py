from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp

from shelfspace.data.catalog import Catalog
from shelfspace.training.recipe import TextRecipe
from shelfspace.training.study import nearest_elsewhere, study_text

SHOPS = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1])


def rows(n, seed=0):
    dense = np.random.default_rng(seed).random((n, 7))
    dense /= np.linalg.norm(dense, axis=1, keepdims=True)
    return dense, sp.csr_matrix(dense.astype(np.float32))


def by_hand(dense, allowed, k):
    """The k nearest rows of every row among those that `allowed(i, j)` lets stand."""
    found = []
    for i in range(len(dense)):
        near = sorted((-float(dense[i] @ dense[j]), j) for j in range(len(dense)) if allowed(i, j))
        found.append([j for _, j in near[:k]] + [-1] * max(0, k - len(near)))
    return np.array(found)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_between_few_shops_neighbours_are_elsewhere(k):
    dense, matrix = rows(9)
    found = nearest_elsewhere(matrix, SHOPS, k)
    assert np.array_equal(found.ids, by_hand(dense, lambda i, j: SHOPS[i] != SHOPS[j], k))
    assert np.isneginf(found.scores[found.ids < 0]).all()
    one, other, scores = found.pairs()
    np.testing.assert_allclose(scores, (dense[one] * dense[other]).sum(axis=1), rtol=1e-5)


@pytest.mark.parametrize("shops", [np.zeros(9, np.int64), np.arange(9)])
def test_in_one_shop_or_many_neighbours_are_any_others(shops):
    dense, matrix = rows(9, seed=1)
    found = nearest_elsewhere(matrix, shops, 4)
    assert np.array_equal(found.ids, by_hand(dense, lambda i, j: i != j, 4))


def test_equal_listings_are_neighbours_and_never_oneself():
    matrix = sp.csr_matrix(np.tile(np.array([[0.6, 0.8]], np.float32), (5, 1)))
    found = nearest_elsewhere(matrix, np.zeros(5, np.int64), 2)
    assert (found.ids != np.arange(5)[:, None]).all()
    assert (found.ids >= 0).all()


@pytest.fixture(scope="module")
def study():
    titles = [f"Bose {kind} series {n} 50{n}g" for n in range(10) for kind in ("speaker", "headphones")]
    table = pl.DataFrame({"shop": ["b", "a"] * 10, "id": [str(i) for i in range(20)], "title": titles})
    return study_text(Catalog.from_table(table.with_columns(brand=pl.lit("Bose"))), seed=4)


def test_a_study_holds_a_row_for_each_product(study):
    assert study.bags.n == len(study.listings) == study.wording.shape[0] == len(study.neighbours) == 20
    assert study.shops.tolist() == [1, 0] * 10
    assert sorted(study.look_rows.tolist()) == list(range(20))
    assert study.looks.n == 20


def test_wording_rows_are_unit_and_make_the_encoders_cosines(study):
    lengths = np.asarray(study.wording.multiply(study.wording).sum(axis=1)).ravel()
    assert (lengths <= 1 + 1e-5).all()
    exact = (study.wording @ study.wording.T).toarray()
    vectors = study.closed.encode_bags(study.bags)
    assert np.abs(vectors @ vectors.T - exact)[exact > 0].mean() < 0.1


def test_looks_are_of_the_listings_they_name(study):
    """A look shares more with its own listing than with the others, on the mean."""
    looks, vectors = study.closed.encode_bags(study.looks), study.closed.encode_bags(study.bags)
    scores = looks @ vectors.T
    own = scores[np.arange(20), study.look_rows]
    assert own.mean() > scores.mean() + 0.15


def test_a_lesson_is_made_of_what_is_given(study):
    positives, negatives = np.array([[0, 1], [2, 3]]), np.array([[0, 3]])
    lesson = study.lesson(positives, negatives, np.ones(2, np.float32))
    assert lesson.positives is positives
    assert lesson.negatives is negatives
    assert lesson.weights.tolist() == [1, 1]
    assert lesson.looks is study.looks
    encoder = study.learn(lesson, TextRecipe(steps=2), seed=0)
    assert encoder.vectors.shape == study.closed.vectors.shape
    assert not np.array_equal(encoder.log_weights, study.closed.log_weights)


def test_a_study_is_the_same_by_seed():
    table = pl.DataFrame({"shop": ["a"] * 6, "id": list("123456"), "title": ["red shoe", "blue shoe 5"] * 3})
    first, again, other = (study_text(Catalog.from_table(table), seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(first.looks.token, again.looks.token)
    assert np.array_equal(first.closed.vectors, again.closed.vectors)
    assert not np.array_equal(first.closed.vectors, other.closed.vectors)


def test_one_product_alone():
    study = study_text(Catalog.from_table(pl.DataFrame({"shop": ["a"], "id": ["1"], "title": ["red shoe"]})))
    assert (study.neighbours.ids == -1).all()
    assert study.looks.n == 1


def test_members_are_averaged(study):
    lesson = study.lesson(np.array([[0, 1], [2, 3]]), np.empty((0, 2), np.int64))
    each = [study.learn(lesson, TextRecipe(steps=2), seed=seed) for seed in (0, 1000)]
    both = study.learn(lesson, TextRecipe(steps=2, members=2), seed=0)
    assert not np.array_equal(each[0].vectors, each[1].vectors)
    assert np.allclose(both.vectors, (each[0].vectors + each[1].vectors) / 2, atol=1e-6)
    assert np.allclose(both.log_weights, (each[0].log_weights + each[1].log_weights) / 2, atol=1e-6)
