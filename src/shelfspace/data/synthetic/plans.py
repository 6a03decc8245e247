"""What a listing lets its product be known by, planned for both shops so that truth can be found."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from shelfspace.data.synthetic.products import Product


@dataclass(frozen=True, slots=True)
class Shown:
    """By what a listing lets its product be told from other lines: language, series, model code."""

    language: str
    latin_brand: bool
    series: bool
    code: bool


def plan_listing(rng: Random, product: Product, language: str, crossing: bool) -> Shown:
    """What a single listing shows; series or code, at least one of them."""
    line = product.line
    can_show = bool(product.title_code) and line.category.code_in_title
    code = can_show and (crossing or rng.random() < 0.7)
    series = crossing or not code or product.condition == "accessory" or rng.random() < 0.85
    return Shown(language, crossing, series, code)


def plan_pair(rng: Random, product: Product, left: str, right: str) -> tuple[Shown, Shown]:
    """What two listings of one product show: they have the series or the code in common."""
    crossing = left != right
    first, second = (plan_listing(rng, product, language, crossing) for language in (left, right))
    if not (first.series and second.series) and not (first.code and second.code):
        first = Shown(left, crossing, True, first.code)
        second = Shown(right, crossing, True, second.code)
    return first, second
