from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.data.synthetic import Shopping, shopping
from shelfspace.errors import OptionError
from shelfspace.tasks.shoppers.drift import drifts, false_discovery
from shelfspace.tasks.shoppers.shoppers import Shoppers

HOUR = 3_600.0


def visits(*items: list[int], gap: float = 24 * HOUR) -> Interactions:
    """One user with a session for each list of items."""
    times = [gap * session + 60 * i for session, each in enumerate(items) for i in range(len(each))]
    flat = [item for each in items for item in each]
    return Interactions.of_rows([0] * len(flat), flat, n_users=1, n_items=4, times=times)


AXES = np.eye(4, dtype=np.float32)


def test_a_change_of_taste_is_told_from_a_mixed_one() -> None:
    changed = drifts(visits(*[[0, 0, 0]] * 8, *[[1, 1]] * 8), AXES)
    assert changed.cosine[0] == pytest.approx(0)
    assert changed.p[0] < 0.005 < 0.5 < changed.expected[0]
    mixed = drifts(visits(*[[0], [1]] * 8), AXES)
    assert mixed.cosine[0] == pytest.approx(1)
    assert mixed.p[0] > 0.9


def test_one_long_visit_is_no_drift_however_many_events_it_has() -> None:
    found = drifts(visits([0], [0, 1], [0], [1] * 200, [0], [0]), AXES)
    assert found.sessions.tolist() == [6]
    assert found.p[0] > 0.2


def test_p_is_the_share_of_deals_that_are_as_unlike() -> None:
    # Two of the 20 ways to deal 6 visits to halves part the items: as it was, and the other way round.
    found = drifts(visits([0], [0], [0], [1], [1], [1]), AXES, permutations=20_000)
    assert found.p[0] == pytest.approx(0.1, abs=0.01)


def test_visits_end_after_half_an_hour_of_rest() -> None:
    assert drifts(visits([0], [1], [2], gap=0.4 * HOUR), AXES).sessions.tolist() == [1]
    assert drifts(visits([0], [1], [2], gap=0.6 * HOUR), AXES).sessions.tolist() == [3]


def test_the_periods_may_be_parted_by_a_date() -> None:
    histories = visits(*[[0]] * 4, *[[1]] * 12)
    found = drifts(histories, AXES, at=datetime.fromtimestamp(4 * 24 * HOUR - 1, UTC))
    assert found.split.tolist() == [4]
    assert found.cosine[0] == pytest.approx(0)
    assert found.p[0] < 0.01
    assert drifts(histories, AXES).cosine[0] > 0.5
    never = drifts(histories, AXES, at=datetime(2030, 1, 1, tzinfo=UTC))
    assert (never.split.tolist(), never.tested.tolist()) == ([16], [False])


def test_too_few_visits_are_not_tested() -> None:
    found = drifts(visits([0], [0], [1]), AXES)
    assert not found.tested.any()
    assert (found.p.tolist(), found.q.tolist(), found.cosine.tolist()) == ([1], [1], [0])
    none = Interactions.of_rows([1], [0], n_users=3, n_items=4, times=[0.0])
    assert drifts(none, AXES).sessions.tolist() == [0, 1, 0]
    empty = Interactions.of_rows([], [], n_users=2, n_items=4, times=[])
    assert drifts(empty, AXES).sessions.tolist() == [0, 0]


def test_vectors_of_nothing_give_numbers() -> None:
    found = drifts(visits(*[[0]] * 8), np.zeros_like(AXES))
    assert (found.cosine[0], found.p[0]) == (0, 1)


def test_without_times_there_is_no_drift_to_measure() -> None:
    bare = Interactions.of_rows([0, 0], [1, 2], n_users=1, n_items=4)
    with pytest.raises(OptionError, match="timestamp"):
        drifts(bare, AXES)


def test_false_discovery_is_the_textbooks() -> None:
    p = np.array([0.01, 0.04, 0.03, 0.005, 0.5])
    assert false_discovery(p) == pytest.approx([0.025, 0.05, 0.05, 0.025, 0.5])
    assert false_discovery(np.ones(3)).tolist() == [1, 1, 1]
    assert false_discovery(np.zeros(0)).tolist() == []


def test_noise_is_not_reported_as_drift() -> None:
    steady = shopping(200, 300, events_each=60, drifting=0, seed=5)
    shoppers = Shoppers.of_events(steady.events, steady.catalog, steady.vectors)
    table = shoppers.drift()
    assert table.height > 100
    assert table["drifted"].sum() <= 2
    assert (table["p"] <= 0.05).mean() < 0.08


def test_planted_drift_is_found_and_little_else() -> None:
    made = shopping(150, 300, events_each=160, drifting=0.3, seed=1)
    shoppers = Shoppers.of_events(made.events, made.catalog, made.vectors)
    table = shoppers.drift()
    truth = {f"u{user}" for user in np.flatnonzero(made.drifts)}
    called = set(table.filter("drifted")["user_id"])
    assert len(called & truth) >= 0.35 * len(truth)
    assert len(called - truth) <= 0.15 * len(called)
    assert table["p"].is_sorted()


def test_a_drift_names_what_lost_and_what_won(made: Shopping) -> None:
    kinds = made.catalog.table["product_type"]
    one, other = kinds.index_of(kinds.unique().sort()[0]), kinds.index_of(kinds.unique().sort()[1])
    items = [one] * 5 + [other] * 5
    taken = Interactions.of_rows([0] * 10, items, n_users=1, n_items=300, times=np.arange(10) * 24 * HOUR)
    row = Shoppers(made.catalog, made.vectors, ("a",), taken).drift().row(0, named=True)
    assert (row["user_id"], row["sessions"]) == ("a", 10)
    assert (row["less"], row["more"]) == (kinds[one], kinds[other])
