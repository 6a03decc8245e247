from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from shelfspace.tasks.sync.links import LINKS_SCHEMA
from shelfspace.tasks.sync.products import products_of


def test_a_pair_is_a_product_as_sure_as_its_link(products):
    assert products(("a/1", "b/2", 0.95), ("a/3", "b/1", 0.99)) == [
        ((("a", "1"), ("b", "2")), 0.95, ""),
        ((("a", "3"), ("b", "1")), 0.99, ""),
    ]
    assert products() == []


def test_three_shops_are_one_product_where_every_two_are_linked(products):
    whole = products(("a/1", "b/1", 0.95), ("b/1", "c/1", 0.92), ("a/1", "c/1", 0.97))
    assert whole == [((("a", "1"), ("b", "1"), ("c", "1")), 0.92, "")]
    (chain,) = products(("a/1", "b/1", 0.95), ("b/1", "c/1", 0.92))
    assert chain.doubt == "a/1 and c/1 are tied by way of others alone"


def test_two_offers_of_one_shop_are_in_doubt(products):
    (round_about,) = products(("a/1", "b/1", 0.95), ("b/1", "c/1", 0.95), ("a/2", "c/1", 0.95))
    assert round_about.doubt == "a/1 and a/2 of one shop would be one product"


def test_a_rival_that_nothing_else_claims_is_a_doubt_on_either_side(products):
    (left,) = products(("a/1", "b/1", 0.99), ("a/1", "b/2", 0.93, False))
    assert left.doubt == "a/1 is matched with b/2 as well (0.930)"
    (right,) = products(("a/1", "b/1", 0.99), ("a/2", "b/1", 0.93, False))
    assert right.doubt == "b/1 is matched with a/2 as well (0.930)"


def test_a_rival_with_a_partner_of_its_own_is_none(products):
    found = products(("a/1", "b/1", 0.99), ("a/2", "b/2", 0.98), ("a/1", "b/2", 0.95, False))
    assert [product.doubt for product in found] == ["", ""]


offers = st.tuples(st.sampled_from("abc"), st.sampled_from("12"))


@given(
    st.lists(st.tuples(offers, offers, st.floats(0.9, 1), st.booleans()), max_size=10),
    st.randoms(use_true_random=False),
)
def test_order_has_no_influence_and_no_doubtless_product_lacks_a_link(drawn, random):
    rows = {(*min(one, other), *max(one, other)): (p, c) for one, other, p, c in drawn if one[0] != other[0]}
    table = [(*pair, *told) for pair, told in rows.items()]
    import polars as pl

    found = products_of(pl.DataFrame(table, LINKS_SCHEMA, orient="row"))
    random.shuffle(table)
    assert products_of(pl.DataFrame(table, LINKS_SCHEMA, orient="row")) == found
    linked = {(row[:2], row[2:4]) for row in table if row[5]}
    for product in found:
        if not product.doubt:
            assert all(pair in linked for pair in combinations(product.offers, 2))
            assert len({shop for shop, _ in product.offers}) == len(product.offers)
