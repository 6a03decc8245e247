from __future__ import annotations

import json

import polars as pl
import pytest

from shelfspace.data.events import Events
from shelfspace.data.synthetic import Shopping
from shelfspace.errors import OptionError
from shelfspace.tasks.shoppers.interests import interest_report
from shelfspace.tasks.shoppers.shoppers import Shoppers


@pytest.fixture(scope="module")
def fan(made: Shopping) -> Shoppers:
    """Everybody, and one who buys nothing but one kind of product."""
    kind = made.catalog.table["product_type"].value_counts().sort("count", descending=True)["product_type"][0]
    ids = made.catalog.table.filter(product_type=kind)["id"]
    log = made.events.table
    mine = log.head(3 * len(ids)).with_columns(
        user_id=pl.lit("fan"), event=pl.lit("buy"), id=pl.Series(list(ids) * 3)
    )
    return Shoppers.of_events(Events(pl.concat([log, mine]).sort("timestamp")), made.catalog, made.vectors)


def test_interests_are_what_a_user_takes_more_than_others(fan: Shoppers, made: Shopping) -> None:
    report = interest_report(fan, "fan")
    own = made.catalog.table[fan.histories.of(fan.row("fan"))]
    kind = own["product_type"][0]
    best = next(interest for interest in report.interests if interest.kind == "category")
    assert best.value in (kind, kind.split(" > ")[0])
    found = {interest.value: interest for interest in report.interests}[kind]
    everyone = made.catalog.table["product_type"].gather(fan.histories.items)
    assert found.share == pytest.approx(1, abs=1e-6)
    assert found.everyone == pytest.approx((everyone == kind).mean(), abs=1e-6)
    assert found.lift == pytest.approx(found.share / found.everyone)
    assert report.median_price == pytest.approx(own["price"].median())
    assert set(report.typical) <= set(own["id"])
    assert (report.events, report.products) == (own.height, own["id"].n_unique())


def test_a_kind_has_five_interests_at_most_all_above_everyones(fan: Shoppers) -> None:
    table = interest_report(fan, fan.users[0]).table()
    assert table.group_by("kind").len()["len"].max() <= 5  # type: ignore[operator]
    assert (table["lift"] > 1).all()


def test_the_report_is_json_with_segment_and_drift_where_they_are_known(fan: Shoppers) -> None:
    segments, found = fan.segments(4), fan.drifts()
    user = fan.users[int(found.tested.argmax())]
    told = json.loads(interest_report(fan, user, segments=segments, drifts=found).to_json())
    assert told["user_id"] == user
    assert told["segment"] in range(4)
    assert told["segment_description"] == segments.description(told["segment"])
    assert set(told["drift"]) == {"cosine", "expected", "p", "q", "drifted", "less", "more"}
    assert told["first"] <= told["last"]
    bare = json.loads(interest_report(fan, user).to_json())
    assert bare["segment"] is bare["drift"] is None


def test_a_log_without_times_has_no_first_day(made: Shopping) -> None:
    log = made.events.table.head(200).with_columns(timestamp=pl.lit(None, pl.Datetime("us", "UTC")))
    shoppers = Shoppers.of_events(Events(log), made.catalog, made.vectors)
    report = interest_report(shoppers, shoppers.users[0])
    assert report.first is report.last is None
    assert report.interests


def test_a_stranger_is_refused(fan: Shoppers) -> None:
    with pytest.raises(OptionError, match="spelling"):
        interest_report(fan, "stranger")
