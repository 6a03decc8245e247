"""Prices of any locale as an amount and a currency."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

import polars as pl

from shelfspace.data.cleaning.currencies import CODES, currency
from shelfspace.data.cleaning.text import NARROW

_SPACES = " \u00a0\u202f\u2009"
_AMOUNT = re.compile(rf"[0-9]+(?:[.,'’{_SPACES}][0-9]+)*|[.,][0-9]+")
_SPACED_GROUPS = re.compile(rf"^[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+(?:[.,][0-9]{{1,2}})?$")
_FROM = re.compile(r"\b(?:from|ab|von|à partir de|a partire da|dès|desde|starting at|od|vanaf)\b|起|から|〜$")
_RANGE = re.compile(r"^\D*?(?:[-–—~〜～]|\bto\b|\bbis\b|\bà\b|至)\D*$")
_NOT_FINITE = re.compile(r"^\W*(?:nan|inf|infinity|∞)\W*$", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"^[0-9]+(?:\.[0-9]+)?e[+-]?[0-9]{1,3}$", re.IGNORECASE)
_NEGATIVE = re.compile(r"(?:^|[^0-9])[-−–]\s*\D{0,4}$|^\s*\D{0,4}\(\s*\D{0,4}$")
_COMMA_WRITERS = "EUR PLN CZK HUF RON BGN RUB UAH TRY BRL DKK IDR VND SEK NOK ISK RSD CLP COP ARS"
_COMMA_CURRENCIES = frozenset(_COMMA_WRITERS.split())
LIMIT = 1e12


class Price(NamedTuple):
    """The `amount` or None, the ISO `currency` or None, and a `note`: why none, or what to know of it."""

    amount: float | None
    currency: str | None
    note: str


def price(text: str, decimal: str = "") -> Price:
    """The price that `text` states; the amount is None, with the reason, where it states no usable one.

    `decimal` ("." or ",") settles what "1.299" means where the feed's other prices show it. A range or a
    starting price gives its low end and says so in the note.

    >>> price("1.234,56 €")
    Price(amount=1234.56, currency='EUR', note='')
    >>> price("from $9.99")
    Price(amount=9.99, currency='USD', note='starting price')
    """
    if _NOT_FINITE.match(text):
        return Price(None, None, "not a finite number")
    text = text.translate(NARROW).strip()
    if _SCIENTIFIC.match(text):
        return _checked(float(text), None, "")
    unit = currency(text)
    spans = [part for match in _AMOUNT.finditer(text) for part in _split(match)]
    if not spans:
        return Price(None, unit, "no number in it")
    (start, end), note = spans[0], ""
    if _NEGATIVE.search(text[:start]):
        return Price(None, unit, "negative")
    if len(spans) == 2 and _RANGE.match(text[end : spans[1][0]]):
        note = "range, its low end taken"
    elif len(spans) > 1:
        return Price(None, unit, "more than one number")
    elif _FROM.search(text.lower()):
        note = "starting price"
    return _checked(_amount(text[start:end], decimal, unit), unit, note)


def plain_price(column: str) -> pl.Expr:
    """Amount and currency, as a struct, of plain prices ("12", "12.50", "12,50 EUR"): `price`'s fast path.

    Both are null where `column` holds anything else.
    """
    parts = pl.col(column).str.extract_groups(_PLAIN_PRICE)
    code = parts.struct.field("4")
    known = code.is_null() | code.is_in(sorted(CODES))
    whole, cents = parts.struct.field("1"), parts.struct.field("2").fill_null("")
    point = pl.coalesce(parts.struct.field("3"), cents)
    amount = pl.when(known & whole.is_not_null()).then(pl.concat_str(whole, pl.lit("."), point, pl.lit("0")))
    return pl.struct(
        amount.cast(pl.Float64, strict=False).alias("amount"), pl.when(known).then(code).alias("unit")
    )


def decimal_sign(texts: pl.Series) -> str:
    """The decimal sign that a column of prices uses: "," or ".", or "" where it shows neither or both."""
    comma = texts.str.contains(r"[0-9],[0-9]{1,2}(?:[^0-9]|$)").any()
    dot = texts.str.contains(r"[0-9]\.[0-9]{1,2}(?:[^0-9]|$)").any()
    return "" if comma == dot else "," if comma else "."


# Whole part, then one or two decimals behind either sign, or four and more behind a point; three may group.
_PLAIN_PRICE = r"^([0-9]{1,9})(?:[.,]([0-9]{1,2})|\.([0-9]{4,9}))?(?:[ ]?([A-Z]{3}))?$"


def _checked(amount: float, unit: str | None, note: str) -> Price:
    if not math.isfinite(amount) or amount > LIMIT:
        return Price(None, unit, "too large for a price")
    return Price(amount, unit, note or ("zero" if amount == 0 else ""))


def _split(match: re.Match[str]) -> list[tuple[int, int]]:
    """The span of a number, or of each that a space joins ("12 345" is one number, "2 19.99" are two)."""
    text, start = match.group(), match.start()
    if _SPACED_GROUPS.match(text) or not any(space in text for space in _SPACES):
        return [(start, match.end())]
    return [(start + part.start(), start + part.end()) for part in re.finditer(rf"[^{_SPACES}]+", text)]


def _amount(text: str, decimal: str, unit: str | None) -> float:
    """The value of digits with signs between them: the last sign is decimal unless it groups thousands."""
    text = re.sub(rf"['’{_SPACES}]", "", text)
    text = "0" + text if text[0] in ".," else text
    signs = re.findall(r"[.,]", text)
    if not signs:
        return float(text)
    last = signs[-1]
    head, tail = text.rsplit(last, 1)
    if len(set(signs)) == 2:
        grouped = False
    elif len(signs) > 1:
        grouped = True
    else:
        grouped = (
            len(tail) == 3 and len(head) <= 3 and head.lstrip("0") != "" and _groups(last, decimal, unit)
        )
    return float(re.sub(r"[.,]", "", text)) if grouped else float(re.sub(r"[.,]", "", head) + "." + tail)


def _groups(sign: str, decimal: str, unit: str | None) -> bool:
    """Whether one sign before three digits groups thousands."""
    if decimal:
        return sign != decimal
    return sign == "," or unit in _COMMA_CURRENCIES
