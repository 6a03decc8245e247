from __future__ import annotations

import pytest

from shelfspace.errors import CatalogError, OptionError
from shelfspace.tasks.match import match
from shelfspace.tasks.sync.links import CONFIDENT, LINKS_SCHEMA, links_of_space

BOTH = {"left", "right"}


def test_links_are_sure_matches_and_the_others_are_counted(fast_space):
    found = links_of_space(fast_space, BOTH)
    assert found.threshold == CONFIDENT
    assert dict(found.table.schema) == LINKS_SCHEMA
    assert found.table["probability"].min() >= CONFIDENT
    chosen = found.table.filter("chosen").select("left_id", "right_id")
    assert chosen.equals(match(fast_space, threshold=CONFIDENT).select("left_id", "right_id"))
    assert found.skipped == match(fast_space).filter(~(match(fast_space)["probability"] >= CONFIDENT)).height


def test_a_threshold_may_be_given_and_shops_be_named_in_either_order(fast_space):
    surer = links_of_space(fast_space, BOTH, threshold=0.97)
    assert surer.threshold == 0.97
    assert surer.skipped > links_of_space(fast_space, BOTH).skipped
    assert links_of_space(fast_space, set(), left="right", right="left").table.equals(
        links_of_space(fast_space, BOTH).table
    )
    with pytest.raises(OptionError, match="threshold is 2"):
        links_of_space(fast_space, BOTH, threshold=2)
    with pytest.raises(CatalogError, match="no shop 'north'"):
        links_of_space(fast_space, BOTH, left="north")


def test_one_shop_alone_has_no_links(fast_space):
    found = links_of_space(fast_space, {"left"})
    assert (found.table.height, found.skipped, found.threshold) == (0, 0, CONFIDENT)
