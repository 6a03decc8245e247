import polars as pl
import pytest

from shelfspace.data.events import Events
from shelfspace.data.synthetic.shopping import shopping
from shelfspace.data.synthetic.takeovers import plant_takeovers
from shelfspace.errors import OptionError


def test_only_products_change_and_only_from_the_takeover_on():
    before = shopping(40, 60, seed=0).events
    after, planted = plant_takeovers(before, share=0.2, seed=3)
    assert len(planted) >= 2
    kept = ["user_id", "shop", "event", "timestamp", "value"]
    assert after.table.select(kept).equals(before.table.select(kept))
    begins = pl.DataFrame(planted, schema=["user_id", "begins"], orient="row")
    changed = after.table.filter(after.table["id"] != before.table["id"])
    joined = changed.join(begins, on="user_id")
    assert joined.height == changed.height and (joined["timestamp"] >= joined["begins"]).all()
    assert plant_takeovers(before, share=0.2, seed=3)[0].table.equals(after.table)


def test_logs_of_nobody_and_senseless_shares_are_refused():
    log = shopping(10, 20, seed=0).events
    for events, share in ((log, 0.0), (log, 1.0), (Events(log.table[:0]), 0.1)):
        with pytest.raises(OptionError, match="share"):
            plant_takeovers(events, share=share)
