import math

import pytest

from shelfspace.training.schedule import warmup_cosine


def test_it_rises_in_a_line_and_falls_along_a_cosine():
    factors = [warmup_cosine(step, 110, 10 / 110) for step in range(110)]
    assert factors[:10] == pytest.approx([i / 10 for i in range(1, 11)])
    assert factors[10:] == pytest.approx([(1 + math.cos(math.pi * i / 100)) / 2 for i in range(100)])


@pytest.mark.parametrize("total", [0, 1, 2, 7])
@pytest.mark.parametrize("warmup", [0.0, 0.5, 0.99])
def test_it_stays_within_bounds_for_short_runs(total, warmup):
    factors = [warmup_cosine(step, total, warmup) for step in range(total + 3)]
    assert all(0 <= factor <= 1 for factor in factors)
    assert all(factor > 0 for factor in factors[:total])
    assert factors[total:] == [0.0] * 3
