"""Products: which offers of several shops are one and the same, and which of them leave a doubt."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import NamedTuple

import polars as pl

from shelfspace.tasks.sync.stock import Offer


class Product(NamedTuple):
    """Offers of different shops that are one product; `probability` is that of their least sure link.

    `doubt` is empty, or says why they had better not be touched.
    """

    offers: tuple[Offer, ...]
    probability: float
    doubt: str = ""


def products_of(links: pl.DataFrame) -> list[Product]:
    """The products that links of `LINKS_SCHEMA` make, in order of their first offers.

    Every two offers of a product have a chosen link of their own, so that nothing is carried on from a sure
    pair to an unsure one. Doubtful are: an offer that has a second link, to an offer which nothing else
    claims; two offers of one shop; offers that are tied by way of a third alone.
    """
    pairs: dict[tuple[Offer, Offer], float] = {}
    rivals: list[tuple[Offer, Offer, float]] = []
    partners: dict[tuple[Offer, str], Offer] = {}
    for left_shop, left_id, right_shop, right_id, probability, chosen in links.iter_rows():
        one, other = (left_shop, left_id), (right_shop, right_id)
        if chosen:
            pairs[one, other] = pairs[other, one] = probability
            partners[one, right_shop], partners[other, left_shop] = other, one
        else:
            rivals.append((one, other, probability))
    doubts = _rivalries(rivals, partners)
    products = []
    for offers in _groups(pairs):
        first_doubt = min((doubts[offer] for offer in offers if offer in doubts), default="")
        least = min(pairs[both] for both in combinations(offers, 2) if both in pairs)
        products.append(Product(offers, least, _untied(offers, pairs) or first_doubt))
    return sorted(products)


def _rivalries(
    rivals: list[tuple[Offer, Offer, float]], partners: dict[tuple[Offer, str], Offer]
) -> dict[Offer, str]:
    """The offers that a second one claims, and what is to be said of it."""
    doubts: dict[Offer, str] = {}
    for pair in rivals:
        for offer, rival in (pair[:2], pair[1::-1]):
            if (rival, offer[0]) not in partners:
                said = f"{name(offer)} is matched with {name(rival)} as well ({pair[2]:.3f})"
                doubts[offer] = min(said, doubts.get(offer, said))
    return doubts


def _groups(pairs: dict[tuple[Offer, Offer], float]) -> list[tuple[Offer, ...]]:
    """The offers that chosen links tie together, however far round."""
    near: dict[Offer, list[Offer]] = defaultdict(list)
    for one, other in pairs:
        near[one].append(other)
    groups, seen = [], set()
    for start in sorted(near):
        if start in seen:
            continue
        found, waiting = {start}, [start]
        while waiting:
            fresh = set(near[waiting.pop()]) - found
            found |= fresh
            waiting += fresh
        seen |= found
        groups.append(tuple(sorted(found)))
    return groups


def _untied(offers: tuple[Offer, ...], pairs: dict[tuple[Offer, Offer], float]) -> str:
    """What is to be said of two offers that have no link of their own."""
    for one, other in combinations(offers, 2):
        if one[0] == other[0]:
            return f"{name(one)} and {name(other)} of one shop would be one product"
        if (one, other) not in pairs:
            return f"{name(one)} and {name(other)} are tied by way of others alone"
    return ""


def name(offer: Offer) -> str:
    """The offer as shop/id."""
    return "/".join(offer)
