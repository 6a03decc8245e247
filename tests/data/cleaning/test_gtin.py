import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfspace.data.cleaning.gtin import check_digit, gtin, plain_gtin


@pytest.mark.parametrize(
    ("text", "digits", "note"),
    [
        ("4006381333931", "04006381333931", ""),
        (" 4006381-333931 ", "04006381333931", ""),
        ("036000291452", "00036000291452", ""),
        ("96385074", "00000096385074", ""),
        ("10614141000415", "10614141000415", ""),
        ("0-306-40615-2", "09780306406157", ""),
        ("080442957X", "09780804429573", ""),
        ("978-0-306-40615-7", "09780306406157", ""),
        ("4006381333931.0", "04006381333931", ""),
        ("36000291452", "00036000291452", "leading zeros restored"),
        ("4006381333932", None, "wrong check digit"),
        ("1.23457E+12", None, "digits lost to a spreadsheet's scientific notation"),
        ("4,00638E+12", None, "digits lost to a spreadsheet's scientific notation"),
        ("00000000", None, "only zeros"),
        ("abc", None, "not a number"),
        ("", None, "not a number"),
        ("1234", None, "4 digits where 8, 12, 13 or 14 are usual"),
    ],
)
def test_one_form_for_every_number(text: str, digits: str | None, note: str) -> None:
    assert gtin(text) == (digits, note)


@given(st.sampled_from([7, 11, 12, 13]), st.data())
def test_a_right_check_digit_is_taken_and_a_wrong_one_refused(length: int, data: st.DataObject) -> None:
    body = data.draw(st.text("0123456789", min_size=length, max_size=length).filter(lambda t: t.strip("0")))
    right = body + check_digit(body)
    assert gtin(right).digits == right.zfill(14)
    assert gtin(right.zfill(14)).digits == right.zfill(14)
    wrong = body + str((int(right[-1]) + 1) % 10)
    assert gtin(wrong).digits is None


@given(st.lists(st.text("0123456789X -", max_size=15), min_size=1))
def test_the_fast_path_agrees_wherever_it_answers(texts: list[str]) -> None:
    fast = pl.DataFrame({"gtin": texts}).select(plain_gtin("gtin")).to_series()
    for text, digits in zip(texts, fast, strict=True):
        assert digits is None or digits == gtin(text).digits


def test_the_fast_path_answers_valid_numbers() -> None:
    table = pl.DataFrame({"gtin": ["4006381333931", "96385074", "4006381333932", "36000291452", None]})
    assert table.select(plain_gtin("gtin")).to_series().to_list() == [
        "04006381333931",
        "00000096385074",
        None,
        None,
        None,
    ]
