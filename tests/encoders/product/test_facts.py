import numpy as np

from shelfspace.encoders import Listings
from shelfspace.encoders.product import Facts
from shelfspace.encoders.product.facts import names_of


def listings(prices, categories):
    n = len(prices)
    return Listings([""] * n, [""] * n, None, prices, categories)


KNOWN = listings(
    [(float(price), "EUR") for price in range(1, 31)], ["shoes > sandals", "shoes > boots", "lamps"] * 10
)


def test_near_prices_and_common_categories_are_alike():
    facts = Facts.fit(KNOWN)
    made = facts.encode(listings([(10.0, "EUR"), (10.5, "EUR"), (29.0, "EUR")], ["", "", ""]))
    assert made[0] @ made[1] > 0.99 > 0.5 > made[0] @ made[2]
    paths = facts.encode(listings([None] * 3, ["shoes > sandals", "shoes > boots", "lamps"]))
    assert paths[0] @ paths[1] > paths[0] @ paths[2]
    assert np.allclose(np.linalg.norm(paths, axis=1), 1)


def test_what_is_not_known_says_nothing():
    facts = Facts.fit(KNOWN)
    made = facts.encode(listings([None, (5.0, "USD"), (0.0, "EUR"), (-1.0, "EUR")], ["", "hats", " > ", "|"]))
    assert made.shape == (4, facts.dim)
    assert not made.any()
    assert not facts.encode(Listings(["a"], ["b"])).any()
    assert facts.encode(Listings([], [])).shape == (0, facts.dim)


def test_equal_prices_have_no_spread():
    facts = Facts.fit(listings([(5.0, "EUR")] * 20, [""] * 20))
    assert np.isfinite(facts.encode(listings([(5.0, "EUR"), (6.0, "EUR")], ["", ""]))).all()


def test_names_along_a_path():
    assert names_of("a > b |c") == ["a", "b", "c"]
    assert names_of("") == []
