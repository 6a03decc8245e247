import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.tasks.anomalies.tail import Tail


def test_false_alarms_are_as_many_as_asked_on_other_good_scores():
    rng = np.random.default_rng(0)
    for draw in (rng.normal, rng.exponential, lambda size: rng.gamma(3, size=size)):
        tail = Tail(np.sort(draw(size=300)))
        p_values = tail.p_values(draw(size=20_000))
        for share in (0.3, 0.05, 0.01):
            assert 0.4 * share < (p_values <= share).mean() < 1.9 * share


def test_p_values_fall_as_scores_rise():
    tail = Tail(np.sort(np.random.default_rng(1).normal(size=50)))
    p_values = tail.p_values(np.linspace(-3, 20, 200))
    assert (np.diff(p_values) <= 0.02).all() and p_values[0] == 1
    assert p_values[-1] < 1e-3 and p_values.min() > 0


@pytest.mark.parametrize("scores", [[1.0], [1.0] * 9, [1.0, 1.0, 2.0]])
def test_few_or_equal_scores_give_p_values_too(scores):
    p_values = Tail(np.array(scores)).p_values(np.array([0.0, 1.0, 3.0]))
    assert np.isfinite(p_values).all() and (p_values > 0).all() and (p_values <= 1).all()
    assert p_values[0] == 1 and p_values[2] <= p_values[1]


@pytest.mark.parametrize("scores", [[], [2.0, 1.0], [np.nan]])
def test_what_is_no_sample_is_refused(scores):
    with pytest.raises(OptionError):
        Tail(np.array(scores))
