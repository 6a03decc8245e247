from importlib import import_module

import numpy as np
import pytest
from scipy import sparse

from shelfspace.errors import OptionError
from shelfspace.objectives.spectral.item_filter import item_filter, largest
from shelfspace.objectives.spectral.svd import truncated_svd


def planted(n_users=60, n_items=20, blocks=4, seed=0):
    """Users of a block take two thirds of the items of that block."""
    rng = np.random.default_rng(seed)
    same = np.arange(n_users)[:, None] % blocks == np.arange(n_items)[None, :] % blocks
    return (same & (rng.random(same.shape) < 2 / 3)).astype(np.float32)


def dense(matrix, factors, low_pass):
    """The same by the book, in float64."""
    counts = matrix.astype(np.float64)
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    normalised = counts / np.sqrt(rows[:, None] * columns[None, :])
    ideal = factors.right.astype(np.float64) @ factors.right.T
    return normalised.T @ normalised + low_pass * ideal * np.sqrt(columns) / np.sqrt(columns)[:, None]


@pytest.mark.parametrize("low_pass", [0.0, 0.3, 1.0])
def test_it_is_the_gram_and_the_low_pass(low_pass):
    matrix = planted()
    factors = truncated_svd(matrix / np.sqrt(matrix.sum(1)[:, None] * matrix.sum(0)), 4)
    expected = np.maximum(dense(matrix, factors, low_pass), 0)
    found = item_filter(matrix, factors, low_pass=low_pass, width=20)
    assert np.allclose(found.toarray(), expected, atol=1e-5)
    narrow = item_filter(matrix, factors, low_pass=low_pass, width=3).toarray()
    assert ((narrow > 0).sum(axis=1) <= 3).all()
    kept = narrow > 0
    assert np.allclose(narrow[kept], expected[kept], atol=1e-5)
    assert (narrow.max(axis=1) >= expected.max(axis=1) - 1e-5).all()


def test_an_item_speaks_for_its_block_alone():
    found = item_filter(planted(), width=20).toarray()
    same = np.arange(20)[:, None] % 4 == np.arange(20)[None, :] % 4
    assert (found[same] > 0).all()
    assert not found[~same].any()


def test_blocks_of_rows_change_nothing(monkeypatch):
    matrix = sparse.random(50, 30, 0.2, random_state=1)
    whole = item_filter(matrix, width=7).toarray()
    monkeypatch.setattr(import_module("shelfspace.objectives.spectral.item_filter"), "_BLOCK", 64)
    assert np.allclose(item_filter(matrix, width=7).toarray(), whole)


def test_degenerate_matrices():
    matrix = planted()
    matrix[:, 5] = 0
    found = item_filter(matrix, truncated_svd(matrix, 4), width=20).toarray()
    assert not found[5].any()
    assert not found[:, 5].any()
    assert np.isfinite(found).all()
    assert item_filter(np.zeros((3, 4))).nnz == 0
    assert item_filter(np.zeros((0, 4))).shape == (4, 4)
    assert item_filter(np.zeros((4, 0))).shape == (0, 0)
    assert item_filter(np.ones((1, 1))).toarray().tolist() == [[1.0]]
    with pytest.raises(OptionError):
        item_filter(matrix, width=0)


def test_largest_keeps_positive_entries_only():
    block = np.array([[3, -1, 2, 0], [0, 0, 0, 1]], np.float32)
    assert largest(block, 2).toarray().tolist() == [[3, 0, 2, 0], [0, 0, 0, 1]]
    assert largest(block, 9).toarray().tolist() == [[3, 0, 2, 0], [0, 0, 0, 1]]
