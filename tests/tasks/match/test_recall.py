from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binom

from shelfspace.errors import OptionError
from shelfspace.tasks.match.recall import check_recall, lower_bound, promise


@pytest.mark.parametrize(("hits", "n"), [(1, 1), (5, 10), (99, 100), (100, 100), (700, 822)])
def test_the_bound_is_that_of_clopper_and_pearson(hits, n):
    bound = lower_bound(hits, n)
    assert bound == pytest.approx(beta.ppf(0.1, hits, n - hits + 1))
    assert binom.sf(hits - 1, n, bound) == pytest.approx(0.1)  # as many or more, once in ten samples
    assert bound < hits / n


def test_nothing_found_bounds_nothing():
    assert lower_bound(0, 10) == lower_bound(0, 0) == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 400), st.sampled_from([0.5, 0.9, 0.95, 0.99]), st.integers(0, 5))
def test_a_promise_is_the_highest_cut_that_keeps_it(n, recall, seed):
    scores = np.random.default_rng(seed).normal(size=n)
    found = promise(scores, recall)
    kept = int((scores >= found.cut).sum())
    assert found.recall == pytest.approx(kept / n)
    assert found.held_out == n
    assert found.sure == (lower_bound(n, n) >= recall)
    assert (found.lower if found.sure else found.recall) >= recall
    fewer = lower_bound(kept - 1, n) if found.sure else (kept - 1) / n
    assert fewer < recall


def test_equal_scores_are_kept_together():
    found = promise(np.array([1.0, 0.0, 0.0, 0.0]), 0.5)
    assert (found.cut, found.sure) == (0.0, True)
    assert found.recall >= 0.5


def test_few_matches_give_the_plain_share_and_say_so():
    found = promise(np.linspace(0, 1, 20), 0.99)
    assert not found.sure
    assert (found.cut, found.recall) == (0.0, 1.0)
    assert found.lower < 0.99


def test_what_no_neighbour_search_finds_cannot_be_promised():
    scores = np.concatenate([np.linspace(0, 1, 950), np.full(50, -np.inf)])
    with pytest.raises(OptionError, match="50 are not among") as refused:
        promise(scores, 0.99)
    possible = float(refused.value.remedy.split()[3])
    assert 0.9 < possible < 0.95
    assert promise(scores, possible).sure


def test_without_matches_there_is_no_promise():
    with pytest.raises(OptionError, match="no known match"):
        promise(np.empty(0), 0.9)
    with pytest.raises(OptionError, match="nearest neighbours"):
        promise(np.full(5, -np.inf), 0.5)


@pytest.mark.parametrize("recall", [0, 1, -0.5, 99, float("nan")])
def test_a_recall_is_a_share(recall):
    with pytest.raises(OptionError, match="above 0 and below 1"):
        check_recall(recall)
    assert check_recall(0.99) == 0.99
