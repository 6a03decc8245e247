import numpy as np

from shelfspace.tasks.anomalies.judged import judged


def test_wrong_things_stand_out_and_right_ones_are_rarely_flagged():
    rng = np.random.default_rng(0)
    right, wrong = rng.normal(0, 1, 9_700), rng.normal(5, 1, 300)
    p_values, chances = judged(np.concatenate([right, wrong]), rng.normal(5, 1, 2_000))
    flagged = (p_values <= 0.01) & (chances >= 0.5)
    assert flagged[:9_700].mean() < 0.015
    assert flagged[9_700:].mean() > 0.95
    order = np.argsort(np.concatenate([right, wrong]))
    assert (np.diff(chances[order]) >= 0).all()


def test_without_wrong_things_next_to_nothing_is_flagged():
    rng = np.random.default_rng(1)
    p_values, chances = judged(rng.normal(0, 1, 5_000), rng.normal(6, 1, 500))
    assert ((p_values <= 0.01) & (chances >= 0.5)).sum() <= 5


def test_nothing_found_and_nothing_made_up():
    p_values, chances = judged(np.zeros(0), np.ones(3))
    assert len(p_values) == len(chances) == 0
    p_values, chances = judged(np.ones(4), np.zeros(0))
    assert p_values.tolist() == [1] * 4 and chances.tolist() == [0] * 4
    p_values, _ = judged(np.ones(4), np.ones(3))
    assert ((p_values > 0) & (p_values <= 1)).all()
