"""The table of pairs: both listings, what only one of them says, and why they were matched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from shelfspace.report.charts import probability_bar
from shelfspace.report.differences import only_here
from shelfspace.report.markup import Html, element

_DIFFERED = re.compile(
    r"\b(differs?|different|other|unlike|not|no|against|missing|only)\b|[≠✗×]|^-", re.IGNORECASE
)
_AGREED = re.compile(
    r"\b(same|equal|agrees?|shared?|both|matches|identical|close|confirmed)\b|[=≈✓]|^\+", re.IGNORECASE
)


def pairs_table(pairs: pl.DataFrame, name: str, caption: str) -> Html:
    """The rows of `pairs` as a table with the id `name`; a column for the truth where `pairs` has one."""
    judged = "truth" in pairs.columns
    heads = ["Probability", "Listings", "Why", *(["Truth"] if judged else [])]
    return element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *(element("th", head, scope="col") for head in heads))),
        element("tbody", *(_row(pair, judged) for pair in pairs.iter_rows(named=True))),
        id=name,
        class_="stacking",
        data_sortable=True,
    )


def _row(pair: Mapping[str, Any], judged: bool) -> Html:
    probability = pair["probability"]
    bar = Html() if probability is None else probability_bar(probability)
    left, right = (pair[f"{side}_title"] or "" for side in ("left", "right"))
    listings = [_listing(pair, "left", left, right), _listing(pair, "right", right, left)]
    cells = [
        element(
            "td",
            _share(probability),
            bar,
            class_="number",
            data_value=-1 if probability is None else probability,
        ),
        element("td", *listings, data_value=left),
        element("td", why_chips(pair["why"])),
    ]
    if judged:
        cells.append(_verdict(pair["truth"]))
    return element("tr", *cells)


def _share(probability: float | None) -> str:
    return "–" if probability is None else f"{probability:.3f}"


def _listing(pair: Mapping[str, Any], side: str, title: str, other: str) -> Html:
    price = pair[f"{side}_price"]
    return element(
        "div",
        element("bdi", only_here(title, other)),
        element("span", "" if price is None else _price(price), class_="price"),
        element("span", f"{side} {pair[f'{side}_id']}", class_="id"),
        class_="listing",
    )


def _price(price: float | str) -> str:
    return price if isinstance(price, str) else f"{price:,.2f}"


def why_chips(why: str | list[str] | None) -> Html:
    """The reasons as chips, green where something agreed and red where it differed.

    `why` is a list of reasons or one text with ";" between them; the wording tells which way each one points.
    """
    reasons = [] if why is None else why.split(";") if isinstance(why, str) else list(why)
    chips = [
        element("li", reason.strip().lstrip("+").strip(), class_=f"chip {_tone(reason)}".strip())
        for reason in reasons
        if reason and reason.strip()
    ]
    return element("ul", *chips, class_="chips")


def _tone(reason: str) -> str:
    if _DIFFERED.search(reason.strip()):
        return "differed"
    return "agreed" if _AGREED.search(reason.strip()) else ""


def _verdict(truth: bool | None) -> Html:
    if truth is None:
        return element("td", element("span", "unknown", class_="verdict soft"), data_value=0)
    word, tone = ("true", "good") if truth else ("false", "bad")
    return element("td", element("span", word, class_=f"verdict {tone}"), data_value=1 if truth else -1)


def caption_of(shown: int, total: int) -> str:
    """What a table shows of how many, and which rows where it cannot show all."""
    marked = "Words that only one listing has are marked."
    if shown == total:
        return f"{total:,} {'pair' if total == 1 else 'pairs'}. {marked}"
    return f"{shown:,} of {total:,} pairs: the least certain half, and an even sample of the rest. {marked}"
