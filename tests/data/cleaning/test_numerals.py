import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfspace.data.cleaning.numerals import SIGNS, counted, number
from shelfspace.data.cleaning.units import quantities


def written(value: int) -> str:
    """The Chinese numeral of 1 to 9,999."""
    text, rest, gap = "", value, False
    for size, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, rest = divmod(rest, size)
        if digit:
            text += ("零" if gap and text else "") + "零一二三四五六七八九"[digit] + sign
        gap = not digit
    return text.removeprefix("一") if 10 <= value < 20 else text


@given(st.integers(1, 9999))
def test_a_numeral_is_read_back_and_counts_as_its_digits_do(value: int) -> None:
    assert number(written(value)) == value
    assert number(written(value) + "万") == value * 10_000
    spelled, plain = quantities(f"茶叶{written(value)}克"), quantities(f"茶叶 {value} 克")
    assert [(q.value, q.unit) for q in spelled] == [(q.value, q.unit) for q in plain]


@pytest.mark.parametrize("text", ["", "千", "万", "一一", "一两", "十百", "二三", "点五", "一点", "a"])
def test_what_is_no_numeral_has_no_value(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("一次性", "两用", "第一包", "统一袋装", "三合一件", "另一个", "一个人", "一件代发", "全国三包"),
        *("千斤顶", "三只松鼠", "半包臀", "二升三"),
    ],
)
def test_a_numeral_within_a_word_counts_nothing(text: str) -> None:
    assert list(counted(text)) == []


@given(st.text(alphabet=SIGNS + "〇零斤克米盒个装 2x", max_size=12))
def test_no_mixture_of_numerals_and_units_is_an_error(text: str) -> None:
    for value, _, start, end in counted(text):
        assert value > 0 and 0 <= start < end <= len(text)
