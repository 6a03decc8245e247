from __future__ import annotations

import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.errors import CatalogError, OptionError
from shelfspace.tasks.sync.policy import Doubt, Policy

CATALOG = Catalog.from_table(pl.DataFrame({"shop": ["a", "b"], "id": ["1", "1"]}))


def settle(rule, *entries, attribute="quantity", base=None):
    return Policy.of(rule, attribute, CATALOG).settle(list(entries), base)


def kind(found):
    assert isinstance(found, Doubt)
    return found.kind


def test_policies_are_named_and_others_refused():
    assert str(Policy.of("from:b", "price", CATALOG)) == "from:b"
    assert str(Policy.of("latest", "price", CATALOG)) == "latest"
    for text in ("highest", "from:", "from", "", "changes"):
        with pytest.raises(OptionError, match="keep, lowest, latest or from:SHOP"):
            Policy.of(text, "price", CATALOG)
    with pytest.raises(CatalogError, match="no shop 'c'"):
        Policy.of("from:c", "price", CATALOG)


def test_the_lowest_is_safe_against_selling_what_is_gone(entry):
    value, sources, reason = settle("lowest", entry("a", 5), entry("b", 3))
    assert (value, [source.shop for source in sources], reason) == (3, ["b"], "the lowest")
    assert settle("lowest", entry("a", 5), entry("b", 5)) is None
    assert settle("lowest", entry("a"), entry("b")) is None


def test_what_is_missing_negative_or_zero_is_a_doubt(entry):
    assert kind(settle("lowest", entry("a", 5), entry("b"))) == "no quantity"
    assert kind(settle("lowest", entry("a", 5), entry("b", -1))) == "negative quantity"
    assert settle("lowest", entry("a", 5), entry("b", 0)).value == 0
    zero = settle("lowest", entry("a", price=0), entry("b", price=2), attribute="price")
    assert kind(zero) == "price not above zero"


def test_one_shop_may_decide_whatever_the_others_say(entry):
    assert settle("from:b", entry("a", -1), entry("b", 7)).value == 7
    assert settle("from:b", entry("a"), entry("b", 7)).value == 7
    assert settle("from:b", entry("a", 5), entry("c", 7)) is None
    assert kind(settle("from:b", entry("a", 5), entry("b"))) == "no quantity"
    assert settle("from:b", entry("a", 9), entry("b", 7), base=8).value == 7


def test_the_latest_needs_times_and_only_one_that_is_latest(entry, at):
    found = settle("latest", entry("a", 5, updated_at=at(1)), entry("b", 7, updated_at=at(2)))
    assert (found.value, found.reason) == (7, "the latest, of 2026-01-02 00:00")
    assert kind(settle("latest", entry("a", 5, updated_at=at(1)), entry("b", 7))) == "no time"
    tie = entry("a", 5, updated_at=at(2)), entry("b", 7, updated_at=at(2))
    assert kind(settle("latest", *tie)) == "same time"


def test_two_that_changed_since_the_last_sync_are_a_doubt(entry):
    assert kind(settle("lowest", entry("a", 4), entry("b", 3), base=5)) == "changed in several shops"
    assert settle("lowest", entry("a", 5), entry("b", 3), base=5).value == 3
    assert settle("lowest", entry("a", 6), entry("b", 5), base=5).value == 5


def test_changes_are_added_up_from_the_second_sync_on(entry):
    found = settle("changes", entry("a", 4), entry("b", 3), base=5)
    assert (found.value, found.reason) == (2, "5 -1 -2 since the last sync")
    assert settle("changes", entry("a", 4), entry("b", 4), base=5).value == 3
    assert settle("changes", entry("a", 5), entry("b", 9), base=5).value == 9
    assert settle("changes", entry("a", 5), entry("b", 5), base=5) is None
    assert kind(settle("changes", entry("a", 1), entry("b", 0), base=2)) == "oversold"
    assert settle("changes", entry("a", 5), entry("b", 3)).value == 3


def test_kept_prices_are_only_told(entry):
    found = settle("keep", entry("a", price=10), entry("b", price=12), attribute="price")
    assert found == Doubt("price differs", "from 10 to 12 (+20%)")
    assert settle("keep", entry("a", price=10), entry("b"), attribute="price") is None


def test_currencies_are_never_mixed(entry):
    euro, dollar = entry("a", price=10, currency="EUR"), entry("b", price=10, currency="USD")
    for rule in ("keep", "lowest", "latest", "from:a"):
        assert settle(rule, euro, dollar, attribute="price") == Doubt("currencies differ", "EUR and USD")
    bare = entry("b", price=12)
    assert settle("lowest", euro, bare, attribute="price").reason == "EUR and none stated"
