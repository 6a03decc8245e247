"""How a new quantity or price is written: as the one before it was."""

from __future__ import annotations

import re

_DIGITS = re.compile("[0-9]+(?:[.,'’ \u00a0\u202f\u2009][0-9]+)*|[.,][0-9]+")
_CENTS = re.compile(r"[.,][0-9]{1,2}$")


def quantity_text(value: float, before: str) -> str:
    """The quantity with the decimal sign of the cell `before` it, without decimals where it has none.

    >>> quantity_text(3.0, "5"), quantity_text(2.5, "4,25")
    ('3', '2,5')
    """
    text = f"{value:.10g}"
    return text.replace(".", ",") if "," in before else text


def price_text(amount: float, before: str, sign: str = "") -> str:
    """The price in the shape of the cell `before` it, its currency, decimal sign and want of decimals kept.

    `sign` is the decimal sign of the column, "" where it shows none. An empty cell gets a bare number.

    >>> price_text(1100.0, "1.234,56 €"), price_text(9.5, "US$ 12"), price_text(9.0, "US$ 12")
    ('1100,00 €', 'US$ 9.50', 'US$ 9')
    """
    found = _DIGITS.search(before)
    written = found.group() if found else ""
    cents = _CENTS.search(written)
    number = f"{amount:.2f}" if round(amount, 2) == amount else f"{amount:.10g}"
    if written and not cents and amount == int(amount):
        number = f"{amount:.0f}"
    if (sign or (cents.group()[0] if cents else ".")) == ",":
        number = number.replace(".", ",")
    return before[: found.start()] + number + before[found.end() :] if found else number
