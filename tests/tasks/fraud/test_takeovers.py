import numpy as np
import polars as pl
import pytest

from shelfspace.data.events import EVENTS_SCHEMA, Events
from shelfspace.data.synthetic.takeovers import plant_takeovers
from shelfspace.errors import OptionError
from shelfspace.evaluation.metrics import auroc
from shelfspace.tasks.fraud.takeovers import TAKEOVERS, find_takeovers


def log(n_users=60, each=30, seed=0):
    """Three kinds of shopper, each with a dozen products of its own and now and then another."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(n_users):
        for day in range(each):
            kind = user % 3 if rng.random() < 0.85 else rng.integers(3)
            rows.append((f"u{user}", "s", f"p{kind * 12 + rng.integers(12)}", "view", day * 86_400, None))
    table = pl.DataFrame(rows, schema=list(EVENTS_SCHEMA), orient="row")
    table = table.with_columns(pl.from_epoch("timestamp", "s").cast(EVENTS_SCHEMA["timestamp"]))
    return Events(table.cast(dict(EVENTS_SCHEMA)).sort("timestamp", maintain_order=True))


def test_accounts_that_change_hands_are_told_with_what_and_since_when():
    events, planted = plant_takeovers(log(), share=0.1, seed=1)
    found = find_takeovers(events)
    guilty = {takeover.user for takeover in planted}
    own = events.table.filter(pl.col("user_id").is_in(list(guilty))).group_by("user_id")
    assert own.len().height == 6
    truth = np.array([user in guilty for user in found.users]).astype(np.int64)
    assert auroc(truth, found.scores) > 0.8
    table = found.table(0.05)
    assert table.schema == pl.Schema(TAKEOVERS) and table["user"][0] in guilty
    changed = table.filter(pl.col("verdict") == "changed")
    assert 1 <= changed.height < 15 and "times as likely" in changed["why"][0]
    begins = dict(planted)[table["user"][0]]
    assert abs((table["since"][0] - begins).days) <= 9


def test_another_share_needs_no_new_fit_and_the_seed_decides():
    found = find_takeovers(log(), seed=2)
    few, many = (found.table(share)["verdict"].to_list().count("changed") for share in (0.01, 0.3))
    assert few <= 4 and few < many < 40
    np.testing.assert_array_equal(found.scores, find_takeovers(log(), seed=2).scores)
    with pytest.raises(OptionError, match="false alarms"):
        found.table(0)


def test_short_empty_and_single_histories():
    nobody = Events(log().table[:0])
    assert find_takeovers(nobody).table().height == 0
    assert find_takeovers(log(3, 5)).table().height == 0
    alone = find_takeovers(log(1, 30))
    assert alone.table().height == 1 and np.isfinite(alone.scores).all()
    same = log(4, 30).table.with_columns(pl.lit("p1").alias("id"))
    assert find_takeovers(Events(same)).table().height == 0  # one product over and over is one thing done


def test_events_without_a_time_stay_out():
    table = log(4, 30).table.with_columns(pl.lit(None, dtype=EVENTS_SCHEMA["timestamp"]).alias("timestamp"))
    assert find_takeovers(Events(table)).table().height == 0
