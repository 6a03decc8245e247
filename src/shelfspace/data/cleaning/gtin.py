"""Trade item numbers (GTIN-8/12/13/14, ISBN-10) in one 14-digit form."""

from __future__ import annotations

import re
from typing import NamedTuple

import polars as pl

_LENGTHS = (8, 12, 13, 14)
_SCIENTIFIC = re.compile(r"^[0-9]+(?:[.,][0-9]+)?e\+?[0-9]+$", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s\-.–—'\u200b]+")


class Gtin(NamedTuple):
    """The 14 digits or None, and what is to be said about them ("" where nothing is)."""

    digits: str | None
    note: str


def gtin(text: str) -> Gtin:
    """The 14-digit form of a GTIN-8, -12, -13 or -14 or an ISBN-10; None and the reason where there is none.

    Leading zeros that a spreadsheet lost are restored where the check digit then fits.

    >>> gtin("4006381333931").digits, gtin("0-306-40615-2").digits
    ('04006381333931', '09780306406157')
    >>> gtin("4006381333932")
    Gtin(digits=None, note='wrong check digit')
    """
    text = text.strip()
    if _SCIENTIFIC.match(text):
        return Gtin(None, "digits lost to a spreadsheet's scientific notation")
    text = re.sub(r"[.,]0+$", "", text)  # a number that went through a float
    code = _SEPARATORS.sub("", text).upper()
    if re.fullmatch(r"[0-9]{9}[0-9X]", code) and _isbn10_fits(code):
        body = "978" + code[:9]
        return Gtin("0" + body + check_digit(body), "")
    if not re.fullmatch(r"[0-9]+", code):
        return Gtin(None, "not a number")
    if not code.strip("0"):
        return Gtin(None, "only zeros")
    if len(code) in _LENGTHS:
        fits = check_digit(code[:-1]) == code[-1]
        return Gtin(code.zfill(14), "") if fits else Gtin(None, "wrong check digit")
    if len(code) in (7, 9, 10, 11) and check_digit(code[:-1]) == code[-1]:
        return Gtin(code.zfill(14), "leading zeros restored")
    return Gtin(None, f"{len(code)} digits where 8, 12, 13 or 14 are usual")


def check_digit(body: str) -> str:
    """The digit that follows `body` in a GTIN: weights 3, 1, 3… from the right, up to the next ten.

    >>> check_digit("400638133393")
    '1'
    """
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def plain_gtin(column: str) -> pl.Expr:
    """The 14-digit form where `column` holds nothing but a valid GTIN, else null: the fast path of `gtin`."""
    text = pl.col(column)
    padded = text.str.zfill(14)
    total = pl.sum_horizontal(
        padded.str.slice(place, 1).cast(pl.Int32, strict=False) * (3 if place % 2 == 0 else 1)
        for place in range(14)
    )
    fits = text.str.contains(r"^(?:[0-9]{8}|[0-9]{12,14})$") & (total % 10 == 0) & (total > 0)
    return pl.when(fits).then(padded)


def _isbn10_fits(code: str) -> bool:
    digits = [10 if char == "X" else int(char) for char in code]
    return sum((10 - place) * digit for place, digit in enumerate(digits)) % 11 == 0 and any(digits)
