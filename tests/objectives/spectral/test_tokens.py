import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.objectives.spectral import lexical_token_vectors


def test_rows_are_signs_of_unit_length():
    table = lexical_token_vectors(1000, 100, seed=1)
    assert table.dtype == np.float32
    np.testing.assert_allclose(np.abs(table), 0.1, rtol=1e-6)
    assert abs(table.mean()) < 0.001
    assert abs((table[:, 1:] * table[:, :-1]).mean()) < 1e-4


def test_a_larger_table_begins_with_the_smaller_and_seeds_differ():
    small, large = lexical_token_vectors(10, 12, seed=3), lexical_token_vectors(40_000, 12, seed=3)
    np.testing.assert_array_equal(small, large[:10])
    assert not np.array_equal(small, lexical_token_vectors(10, 12, seed=4))
    assert not np.array_equal(large[:10], large[1 << 14 : (1 << 14) + 10])


def test_sums_of_rows_reproduce_the_weighted_lexical_cosine():
    rng = np.random.default_rng(0)
    texts = rng.random((60, 3000)) * (rng.random((60, 3000)) < 0.01)
    texts[1::2] = 0.5 * texts[1::2] + 0.5 * texts[::2]
    projected = texts @ lexical_token_vectors(3000, 512, seed=0)
    cosines = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (texts, projected)]
    exact, near = (rows @ rows.T for rows in cosines)
    errors = (near - exact)[np.triu_indices(60, 1)]
    assert errors.std() < 1.1 / np.sqrt(512)
    assert abs(errors.mean()) < 0.005


def test_empty_and_impossible_tables():
    assert lexical_token_vectors(0, 8).shape == (0, 8)
    for wrong in ((3, 0), (-1, 4)):
        with pytest.raises(OptionError):
            lexical_token_vectors(*wrong)
