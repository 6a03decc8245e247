import numpy as np

from shelfspace.tasks.anomalies.expected_cells import ExpectedCells


def test_a_cell_is_expected_to_follow_the_others():
    rng = np.random.default_rng(0)
    one = rng.normal(0, 1, 2_000)
    rows = np.stack([one, one + rng.normal(0, 0.2, 2_000), rng.normal(0, 1, 2_000)], 1).astype(np.float32)
    cells = ExpectedCells.of(rows)
    row = np.array([1.5, -1.0, 0.2], np.float32)
    np.testing.assert_allclose(cells.expected(row)[1], 1.5, atol=0.15)
    assert np.abs(cells.gaps(row))[:2].min() > 5 > 1 > abs(cells.gaps(row)[2])


def test_rows_that_do_not_differ_expect_what_is_there():
    cells = ExpectedCells.of(np.zeros((20, 2), np.float32))
    assert np.isfinite(cells.gaps(np.ones(2, np.float32))).all()
