import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.objectives.spectral import canonical_correlation


@pytest.fixture
def looks():
    """Two modalities of 400 things: 5 shared signals, mixed with private noise."""
    rng = np.random.default_rng(0)
    core = rng.standard_normal((400, 5))
    sides = []
    for width in (12, 9):
        noise = rng.standard_normal((400, width - 5))
        mix = rng.standard_normal((width, width))
        sides.append(
            (np.hstack([core + 0.1 * rng.standard_normal((400, 5)), noise]) @ mix + 5).astype(np.float32)
        )
    return sides


def test_projections_have_the_stated_correlations_and_unit_variance(looks):
    result = canonical_correlation(*looks, 7, regularisation=0.0)
    left, right = result.left(looks[0]), result.right(looks[1])
    together = left.T @ right / 400
    np.testing.assert_allclose(together, np.diag(result.correlations), atol=1e-3)
    np.testing.assert_allclose(left.T @ left / 400, np.eye(7), atol=1e-3)
    assert (result.correlations[:5] > 0.95).all()
    assert result.correlations[5] < 0.4


def test_it_agrees_with_the_eigenvalue_form(looks):
    x, y = (side.astype(float) - side.mean(0) for side in looks)
    product = np.linalg.solve(x.T @ x, x.T @ y) @ np.linalg.solve(y.T @ y, y.T @ x)
    expected = np.sqrt(np.sort(np.linalg.eigvals(product).real)[::-1][:4])
    np.testing.assert_allclose(canonical_correlation(*looks, 4, 0.0).correlations, expected, rtol=1e-3)


def test_unseen_things_find_their_other_half(looks):
    train, test = slice(0, 300), slice(300, None)
    result = canonical_correlation(looks[0][train], looks[1][train], 5)
    left, right = result.left(looks[0][test]), result.right(looks[1][test])
    unit = [side / np.linalg.norm(side, axis=1, keepdims=True) for side in (left, right)]
    ranks = (unit[0] @ unit[1].T).argsort(axis=1)[:, ::-1][:, :5]
    assert (ranks == np.arange(100)[:, None]).any(axis=1).mean() > 0.9


def test_constant_and_repeated_features_do_no_harm(looks):
    left = np.hstack([looks[0], looks[0][:, :2], np.full((400, 1), 7.0, np.float32)])
    for regularisation in (0.0, 1e-3):
        result = canonical_correlation(left, looks[1], 3, regularisation)
        assert np.isfinite(result.left_map).all()
        assert (result.correlations <= 1.0001).all()
    constant = canonical_correlation(np.ones((4, 2)), np.ones((4, 2)), 1)
    assert not constant.left_map.any()


def test_what_does_not_pair_is_refused(looks):
    left, right = looks
    for wrong in ((left[:-1], right, 2), (left[:1], right[:1], 2), (left, right, 10), (left, right, 0)):
        with pytest.raises(OptionError):
            canonical_correlation(*wrong)
    with pytest.raises(OptionError):
        canonical_correlation(left * np.nan, right, 2)
    with pytest.raises(OptionError):
        canonical_correlation(left, right, 2, regularisation=-1.0)
