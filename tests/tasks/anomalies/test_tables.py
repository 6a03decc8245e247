import numpy as np
import pytest

from shelfspace.errors import FeedError, OptionError
from shelfspace.tasks.anomalies.tables import learn_table


def ordinary(n, seed=0):
    return np.random.default_rng(seed).normal(0, 1, (n, 4)) * [1, 100, 1, 0.01]


def test_strange_rows_are_flagged_at_the_rate_asked_for():
    inspector = learn_table(ordinary(800))
    good, odd = (
        inspector.judge(ordinary(2_000, 1)),
        inspector.judge(ordinary(50, 2) + np.array([6, 600, 6, 0.06])),
    )
    assert odd.flagged(0.01).all()
    for asked in (0.05, 0.2):
        assert asked / 3 < good.flagged(asked).mean() < asked * 1.6
    assert good.flagged(0.01).sum() <= good.flagged(0.1).sum()
    assert set(good.evidence) == {"nearest rows", "isolation"}


def test_no_row_and_constant_columns():
    inspector = learn_table(np.ones((20, 2)))
    assert len(inspector.judge(np.zeros((0, 2))).scores) == 0
    assert np.isfinite(inspector.judge(np.ones((3, 2))).scores).all()
    assert inspector.judge([[9.0, 1.0]]).p_values[0] < inspector.judge([[1.0, 1.0]]).p_values[0]


@pytest.mark.parametrize("rows", [np.ones((5, 2)), np.ones(30), np.full((30, 2), np.nan), np.ones((30, 0))])
def test_what_cannot_be_learned_from_is_refused(rows):
    with pytest.raises(FeedError):
        learn_table(rows)


def test_rows_of_another_width_and_senseless_shares_are_refused():
    inspector = learn_table(ordinary(40))
    with pytest.raises(FeedError, match="4"):
        inspector.judge(np.ones((2, 3)))
    with pytest.raises(OptionError, match="false alarms"):
        inspector.judge(np.ones((2, 4))).flagged(0)
