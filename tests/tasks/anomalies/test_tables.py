import numpy as np
import pytest

from shelfspace.errors import FeedError, OptionError
from shelfspace.tasks.anomalies.tables import learn_table


def ordinary(n, seed=0):
    return np.random.default_rng(seed).normal(0, 1, (n, 4)) * [1, 100, 1, 0.01]


def test_strange_rows_are_flagged_at_the_rate_asked_for():
    inspector = learn_table(ordinary(800), steps=50)
    good, odd = (
        inspector.judge(ordinary(2_000, 1)),
        inspector.judge(ordinary(50, 2) + np.array([6, 600, 6, 0.06])),
    )
    assert odd.flagged(0.01).all()
    for asked in (0.05, 0.2):
        assert asked / 3 < good.flagged(asked).mean() < asked * 1.6
    assert good.flagged(0.01).sum() <= good.flagged(0.1).sum()
    assert set(good.evidence) == {"nearest rows", "isolation", "parts of the row"}


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


def table_of_pairs(n, seed=0):
    """Columns that go in pairs; in the last twenty rows they do not, and nothing else is odd about these."""
    rng = np.random.default_rng(seed)
    one = rng.normal(0, 1, (n, 4))
    rows = np.hstack([one, one + rng.normal(0, 0.1, (n, 4))])
    rows[-20:, 4:] = rows[:20, 4:]
    return rows


def test_the_rows_learned_from_are_judged_by_models_that_had_not_seen_them():
    inspector = learn_table(table_of_pairs(400), steps=100)
    found = inspector.judge_known()
    assert found.scores[-20:].mean() > np.quantile(found.scores[:-20], 0.85)
    assert found.flagged(0.1)[-20:].mean() > 0.3 > 0.2 > found.flagged(0.1)[:-20].mean()
    with_contrast, without = found.evidence, learn_table(table_of_pairs(400), steps=0).own
    assert set(with_contrast) - set(without) == {"parts of the row"}


def test_the_same_seed_gives_the_same_findings():
    first, second = (learn_table(ordinary(60), steps=5, seed=3).judge_known().scores for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_numbers_of_one_column_are_brought_to_one_scale():
    rows = np.hstack([ordinary(60)[:, :1], np.eye(3)[np.arange(60) % 3] * 5])
    inspector = learn_table(rows, columns=["size", *["kind"] * 3], steps=0)
    assert inspector.rows[:, 1:].var(axis=0).sum() == pytest.approx(1, abs=1e-4)
