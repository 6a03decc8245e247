import numpy as np

from shelfspace.tasks.anomalies.population_tail import PopulationTail


def test_ordinary_scores_are_flagged_at_the_rate_asked_for():
    rng = np.random.default_rng(0)
    scores = rng.exponential(2, 4_000)
    p_values = PopulationTail(np.sort(scores)).p_values(scores)
    for asked in (0.3, 0.05, 0.01):
        assert asked / 2 < (p_values <= asked).mean() < asked * 2


def test_strange_ones_do_not_stretch_the_scale():
    rng = np.random.default_rng(1)
    ordinary, odd = rng.exponential(1, 1_900), np.full(80, 40.0)
    both = np.concatenate([ordinary, odd])
    p_values = PopulationTail(np.sort(both)).p_values(both)
    assert p_values[1_900:].max() < 1e-6 and (p_values[:1_900] <= 0.01).mean() < 0.03
    assert (np.diff(p_values[np.argsort(both)]) <= 1e-12).all()


def test_degenerate_populations():
    assert PopulationTail(np.zeros(0)).p_values(np.ones(2)).tolist() == [1, 1]
    assert (PopulationTail(np.ones(30)).p_values(np.ones(3)) > 0.9).all()
    assert PopulationTail(np.ones(30)).p_values(np.array([2.0]))[0] < 0.01
    assert PopulationTail(np.array([1.0])).p_values(np.array([1.0])).shape == (1,)
