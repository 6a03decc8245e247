from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfspace.tasks.sync.products import products_of
from shelfspace.tasks.sync.stock import read_stock


def rows(**columns):
    n = max(map(len, columns.values()))
    return [{name: column[place] for name, column in columns.items()} for place in range(n)]


def plan(found):
    return [(c.shop, c.id, c.attribute, c.old, c.new, c.because_of) for c in found.changes]


def test_a_change_tells_what_why_and_how_sure(stock_of, products, reconciled):
    stock = stock_of(rows(shop=["a", "b"], id=["1", "2"], quantity=["5", "3"]))
    found = reconciled(stock, products(("a/1", "b/2", 0.97)))
    assert found.changes == [("a", "1", "quantity", "5", "3", "b/2", 0.97, "the lowest", 5.0, 3.0)]
    assert found.conflicts == []
    assert found.agreed == {("a", "1", "quantity"): 3.0, ("b", "2", "quantity"): 3.0}


def test_offers_without_a_match_or_without_a_record_are_not_touched(stock_of, products, reconciled):
    stock = stock_of(rows(shop=["a", "b"], id=["1", "2"], quantity=["5", "3"]))
    for pairs in ((), (("a/1", "b/9", 0.99),), (("a/8", "b/9", 0.99),)):
        assert reconciled(stock, products(*pairs)) == type(reconciled(stock, []))()


def test_a_doubtful_product_is_a_conflict_as_a_whole(stock_of, products, reconciled):
    stock = stock_of(rows(shop=["a", "b"], id=["1", "1"], quantity=["5", "3"], price=["2", "1"]))
    found = reconciled(stock, products(("a/1", "b/1", 0.97), ("a/1", "b/2", 0.95, False)), price="lowest")
    assert found.changes == []
    (conflict,) = found.conflicts
    assert (conflict.kind, conflict.others) == ("matched to several", "b/1")


def test_prices_change_within_the_guard_which_is_inclusive(stock_of, products, reconciled):
    stock = stock_of(rows(shop=["a", "b", "c"], id=["1"] * 3, price=["10.00 €", "7,00 €", "15.00 €"]))
    pairs = (("a/1", "b/1", 0.99), ("b/1", "c/1", 0.99), ("a/1", "c/1", 0.98))
    found = reconciled(stock, products(*pairs), price="lowest")
    assert plan(found) == [("a", "1", "price", "10.00 €", "7.00 €", "b/1")]
    (conflict,) = found.conflicts
    assert (conflict.shop, conflict.kind, conflict.value) == ("c", "price change too great", "15.00 €")
    assert conflict.reason == "-53% to 7, the lowest; 30% is allowed"
    assert found.agreed == {}
    assert len(reconciled(stock, products(*pairs), price="lowest", max_price_change=0.6).changes) == 2


def test_a_missing_price_is_not_made_up(stock_of, products, reconciled):
    stock = stock_of(rows(shop=["a", "b"], id=["1", "1"], price=["2", None], quantity=["5", None]))
    found = reconciled(stock, products(("a/1", "b/1", 0.97)), "from:a", "from:a")
    assert plan(found) == [("b", "1", "quantity", "", "5", "a/1")]
    assert [conflict.kind for conflict in found.conflicts] == ["no price"]


def test_what_both_shops_changed_since_the_base_is_a_conflict(stock_of, products, reconciled):
    stock = stock_of(rows(shop=["a", "b"], id=["1", "1"], quantity=["4", "3"]))
    base = {("a", "1", "quantity"): 5.0, ("b", "1", "quantity"): 5.0}
    found = reconciled(stock, products(("a/1", "b/1", 0.97)), base=base)
    assert [conflict.kind for conflict in found.conflicts] == ["changed in several shops"]
    assert found.agreed == {}
    added = reconciled(stock, products(("a/1", "b/1", 0.97)), "changes", base=base)
    assert [change.value for change in added.changes] == [2.0, 2.0]
    del base["a", "1", "quantity"]
    assert len(reconciled(stock, products(("a/1", "b/1", 0.97)), base=base).changes) == 1


cells = st.sampled_from(["", "-1", "0", "1", "2", "3.5"])
records = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("123"), cells, cells),
    min_size=1,
    max_size=9,
    unique_by=lambda row: row[:2],
)
pairs = st.lists(
    st.tuples(st.sampled_from(["ab", "bc", "ac"]), st.sampled_from("123"), st.sampled_from("123")),
    max_size=6,
    unique=True,
)


@settings(max_examples=60, deadline=None)
@given(
    records=records,
    pairs=pairs,
    quantity=st.sampled_from(["lowest", "from:a", "keep"]),
    price=st.sampled_from(["keep", "lowest", "from:b"]),
    random=st.randoms(use_true_random=False),
)
def test_only_linked_offers_change_and_order_has_no_influence(
    links, reconciled, records, pairs, quantity, price, random
):
    told = [(f"{shops[0]}/{one}", f"{shops[1]}/{other}", 0.95) for shops, one, other in pairs]
    names = ["shop", "id", "quantity", "price"]
    rows = [(*key, quantity, "" if price == "-1" else price) for *key, quantity, price in records]
    first = reconciled(
        read_stock(pl.DataFrame(rows, names, orient="row")), products_of(links(*told)), quantity, price
    )
    random.shuffle(rows)
    random.shuffle(told)
    again = reconciled(
        read_stock(pl.DataFrame(rows, names, orient="row")), products_of(links(*told)), quantity, price
    )
    assert first == again
    linked = {frozenset(pair[:2]) for pair in told}
    for change in first.changes:
        for source in change.because_of.split(", "):
            assert frozenset((f"{change.shop}/{change.id}", source)) in linked


@pytest.mark.parametrize("policy", ["lowest", "from:a"])
def test_carrying_the_plan_out_leaves_nothing_to_do(stock_of, products, reconciled, policy):
    before = rows(shop=["a", "b"], id=["1", "1"], quantity=["5", "3"], price=["2", "2.5"])
    pair = products(("a/1", "b/1", 0.97))
    changes = reconciled(stock_of(before), pair, policy, policy).changes
    assert len(changes) == 2
    for change in changes:
        next(row for row in before if row["shop"] == change.shop)[change.attribute] = change.new
    assert reconciled(stock_of(before), pair, policy, policy).changes == []
