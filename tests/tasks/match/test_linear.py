import json

import numpy as np
import pytest

from shelfspace.tasks.match.linear import LinearScorer


def lesson(n: int, seed: int = 0):
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(n, 4)).astype(np.float32)
    labels = (table[:, 0] - table[:, 1] > 0).astype(np.int64)
    table[:, 2] = 7  # never varies
    table[:, 3] = np.nan  # is never there
    table[rng.random(n) < 0.1, 0] = np.nan
    return table, labels


def test_a_linear_rule_is_learned_around_holes_and_constants():
    scorer = LinearScorer.fit(*lesson(200))
    table, labels = lesson(500, 1)
    seen = ~np.isnan(table[:, 0])
    assert (((scorer.log_odds(table) > 0) == labels)[seen]).mean() > 0.93
    assert scorer.slopes[2:].tolist() == [0, 0]


def test_parts_and_offset_sum_to_the_log_odds():
    table, labels = lesson(50)
    scorer = LinearScorer.fit(table, labels)
    assert scorer.log_odds(table) == pytest.approx(scorer.parts(table).sum(axis=1) + scorer.offset)


def test_extreme_values_count_as_four_deviations():
    table, labels = lesson(80)
    scorer = LinearScorer.fit(table, labels)
    far = np.array([[1e9, 0, 7, 0], [1e12, 0, 7, 0]], np.float32)
    assert scorer.log_odds(far)[0] == scorer.log_odds(far)[1]
    assert np.isfinite(scorer.log_odds(far)).all()


def test_it_is_kept_as_plain_numbers():
    table, labels = lesson(60)
    scorer = LinearScorer.fit(table, labels)
    again = LinearScorer.from_dict(json.loads(json.dumps(scorer.to_dict())))
    assert np.array_equal(again.log_odds(table), scorer.log_odds(table))
    with pytest.raises(KeyError):
        LinearScorer.from_dict({})
