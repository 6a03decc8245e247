from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfspace.data.cleaning.price import price
from shelfspace.tasks.sync.cell_text import price_text, quantity_text


@pytest.mark.parametrize(
    ("amount", "before", "sign", "text"),
    [
        (1100.0, "1.234,56 €", "", "1100,00 €"),
        (8.0, "EUR 1,299.00", ".", "EUR 8.00"),
        (8.0, "CHF 1'299", "", "CHF 8"),
        (8.5, "CHF 1'299", "", "CHF 8.50"),
        (8.5, "1299 €", ",", "8,50 €"),
        (0.125, "0.5", "", "0.125"),
        (7.0, "", "", "7.00"),
        (1200.0, "¥ 980", "", "¥ 1200"),
    ],
)
def test_a_price_is_written_as_the_one_before(amount, before, sign, text):
    assert price_text(amount, before, sign) == text


@given(
    cents=st.integers(1, 10**8),
    before=st.sampled_from(["1.234,56 €", "$12", "12.5", "EUR 7", "USD 1,234.00", "3,99", "99 zł"]),
)
def test_a_written_price_is_read_as_what_it_is(cents, before):
    written = price(price_text(cents / 100, before))
    assert written.amount == cents / 100
    assert written.currency == price(before).currency


def test_a_quantity_is_written_plainly():
    assert quantity_text(12.0, "") == "12"
    assert quantity_text(0.1 + 0.2, "1,5") == "0,3"
