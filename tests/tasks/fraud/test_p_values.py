import numpy as np

from shelfspace.tasks.fraud.p_values import either, population_p_values, surprise


def test_p_values_are_shares_of_the_population():
    assert population_p_values([3.0, 1.0, 2.0, 2.0]).tolist() == [0.25, 1.0, 0.75, 0.75]
    assert population_p_values([]).tolist() == []


def test_either_is_uniform_where_both_are():
    rng = np.random.default_rng(0)
    both = either([rng.random(20_000), rng.random(20_000)])
    np.testing.assert_allclose(np.quantile(both, [0.05, 0.5, 0.95]), [0.05, 0.5, 0.95], atol=0.01)


def test_either_takes_the_smaller_and_surprise_parts_equals():
    a, b = np.array([0.01, 0.01, 1.0]), np.array([0.9, 0.2, 1.0])
    np.testing.assert_allclose(either([a, b]), [0.0199, 0.0199, 1.0])
    scores = surprise([a, b])
    assert scores[1] > scores[0] > scores[2]
    assert np.isfinite(scores).all()
