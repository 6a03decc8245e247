import numpy as np

from shelfspace.encoders.image.reduction import fit_reduction


def test_it_finds_the_directions_of_the_dense_decomposition():
    rng = np.random.default_rng(0)
    rows = (rng.standard_normal((300, 5)) * [9, 7, 5, 3, 1]) @ rng.standard_normal((5, 40))
    rows = rows.astype(np.float32)
    reduction = fit_reduction(rows, 3)
    dense = np.linalg.svd(rows - rows.mean(0), full_matrices=False)[2][:3]
    overlap = np.linalg.svd(dense @ reduction.basis)[1]
    np.testing.assert_allclose(overlap, 1, atol=1e-3)


def test_rows_are_unit_and_as_long_as_there_are_directions():
    rows = np.random.default_rng(1).standard_normal((20, 6)).astype(np.float32)
    reduced = fit_reduction(rows, 50).of(rows)
    assert reduced.shape == (20, 6)
    np.testing.assert_allclose(np.linalg.norm(reduced, axis=1), 1, atol=1e-5)


def test_degenerate_rows():
    alike = np.ones((4, 3), np.float32)
    assert not fit_reduction(alike, 2).of(alike).any()
    one = fit_reduction(alike[:1], 2)
    assert one.of(alike).shape == (4, one.dim)
    assert np.isfinite(fit_reduction(alike[:0], 2).of(alike)).all()


def test_evenness_brings_the_spreads_of_directions_together():
    rng = np.random.default_rng(2)
    rows = (rng.standard_normal((400, 4)) * [8, 4, 2, 1]).astype(np.float32)
    for evenness, ratio in ((0.0, 8.0), (0.5, 8**0.5), (1.0, 1.0)):
        reduction = fit_reduction(rows, 4, evenness=evenness)
        spreads = ((rows - reduction.mean) @ reduction.basis).std(axis=0)
        np.testing.assert_allclose(spreads[0] / spreads[-1], ratio, rtol=0.1)
    alike = np.ones((4, 3), np.float32)
    assert np.isfinite(fit_reduction(alike, 2, evenness=1.0).of(alike)).all()
