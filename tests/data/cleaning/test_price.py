import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfspace.data.cleaning.price import decimal_sign, plain_price, price


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1.234,56 €", 1234.56, "EUR"),
        ("$1,234.56", 1234.56, "USD"),
        ("1 234,50 zł", 1234.5, "PLN"),
        ("1\u00a0234,50\u00a0zł", 1234.5, "PLN"),
        ("￥1,299", 1299, None),
        ("1299円", 1299, "JPY"),
        ("１２，５００円", 12500, "JPY"),
        ("1299 元", 1299, "CNY"),
        ("CHF 1'234.50", 1234.5, "CHF"),
        ("12.– CHF", 12, "CHF"),
        ("12,- €", 12, "EUR"),
        ("Rs. 1,20,000", 120000, "INR"),
        ("₹1,999", 1999, "INR"),
        ("USD 12", 12, "USD"),
        ("12.00 USD", 12, "USD"),
        ("$ 12 CAD", 12, "CAD"),
        ("A$5", 5, "AUD"),
        ("US$ 12", 12, "USD"),
        ("R$ 1.299,90", 1299.9, "BRL"),
        ("£.99", 0.99, "GBP"),
        ("99 kr", 99, None),
        ("3 990 Ft", 3990, "HUF"),
        ("99 000 ₫", 99000, "VND"),
        ("12,5", 12.5, None),
        ("1.299 €", 1299, "EUR"),
        ("1.299", 1.299, None),
        ("1,299", 1299, None),
        ("0.999", 0.999, None),
        ("1.234.567,89", 1234567.89, None),
        ("1,234,567.89", 1234567.89, None),
        ("1.5e2", 150, None),
        ("12,99 incl. tax", 12.99, None),
    ],
)
def test_every_locale(text: str, amount: float, currency: str | None) -> None:
    assert price(text) == (amount, currency, "")


@pytest.mark.parametrize(
    ("text", "amount", "note"),
    [
        ("from 9.99", 9.99, "starting price"),
        ("ab 9,99 €", 9.99, "starting price"),
        ("1299元起", 1299, "starting price"),
        ("9.99 - 19.99", 9.99, "range, its low end taken"),
        ("$9.99–$19.99", 9.99, "range, its low end taken"),
        ("0,00 €", 0, "zero"),
        ("-5", None, "negative"),
        ("€ -5,00", None, "negative"),
        ("(5.00)", None, "negative"),
        ("NaN", None, "not a finite number"),
        ("-inf", None, "not a finite number"),
        ("call us", None, "no number in it"),
        ("2 for 5", None, "more than one number"),
        ("1234567890123456", None, "too large for a price"),
        ("1e999", None, "too large for a price"),
    ],
)
def test_what_needs_a_word(text: str, amount: float | None, note: str) -> None:
    read = price(text)
    assert (read.amount, read.note) == (amount, note)


def test_the_feed_s_own_sign_settles_one_group_of_three() -> None:
    assert price("1.299", ",").amount == 1299
    assert price("1,299", ",").amount == 1.299
    assert decimal_sign(pl.Series(["12,99", "1.299"])) == ","
    assert decimal_sign(pl.Series(["12.99", "1,299"])) == "."
    assert decimal_sign(pl.Series(["12", None])) == ""


@given(st.decimals(min_value=0, max_value=10**8, places=2))
def test_a_written_amount_is_read_back(amount: object) -> None:
    english, value = f"{amount:,.2f}", float(str(amount))
    german = english.translate(str.maketrans(",.", ".,"))
    assert (
        price(english).amount
        == price(german + " €").amount
        == price(english.replace(",", "'")).amount
        == value
    )


@given(st.text(max_size=40))
def test_any_text_gives_a_usable_amount_or_a_reason(text: str) -> None:
    read = price(text)
    assert read.note if read.amount is None else 0 <= read.amount <= 1e12


def test_the_fast_path_agrees_with_the_slow_one() -> None:
    texts = ["12", "12.5", "12,50", "1.2999", "12.00 USD", "5EUR", "1.299", "-1", "", "1e3", "5 ABC", None]
    fast = pl.DataFrame({"price": texts}).select(plain_price("price").alias("x")).unnest("x").rows()
    assert fast[6:] == [(None, None)] * 6
    for text, (amount, unit) in zip(texts[:6], fast[:6], strict=True):
        assert text is not None and price(text) == (amount, unit, "")
