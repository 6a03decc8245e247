import polars as pl
import pytest

from shelfspace.data.cleaning.currencies import currency, yen_or_yuan


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("¥ 12", None),
        ("￥99元", "CNY"),
        ("¥1,299円", "JPY"),
        ("¥1,299 (税込)", "JPY"),
        ("99元 人民币", "CNY"),
        ("5000日元", "JPY"),
        ("100港元", "HKD"),
        ("HK$ 100", "HKD"),
        ("NT$299", "TWD"),
        ("299元 NT$", "TWD"),
        ("新台幣 299 元", "TWD"),
        ("30美元", "USD"),
        ("ＵＳ＄ 30", "USD"),
        ("$ 30 美金", "USD"),
        ("20欧元", "EUR"),
        ("￡20", "GBP"),
        ("￦9,900", "KRW"),
        ("9,900원", "KRW"),
        ("12", None),
        ("", None),
    ],
)
def test_the_surest_name_of_a_currency_counts(text: str, code: str | None) -> None:
    assert currency(text) == code


@pytest.mark.parametrize(
    ("texts", "amounts", "codes", "expected"),
    [
        (["¥12", "30元"], [12.0, 30.0], [None, "CNY"], "CNY"),
        (["¥12", "30円"], [12.0, 30.0], [None, "JPY"], "JPY"),
        (["¥12", "30円", "30元"], [12.0, 30.0, 30.0], [None, "JPY", "CNY"], None),
        (["¥12.50", "¥12"], [12.5, 12.0], [None, None], "CNY"),
        (["¥12", "$3.50"], [12.0, 3.5], [None, "USD"], None),
        (["12.50", None], [12.5, None], [None, None], None),
    ],
)
def test_a_shop_s_other_prices_tell_its_yen_from_its_yuan(
    texts: list[str | None], amounts: list[float | None], codes: list[str | None], expected: str | None
) -> None:
    code = yen_or_yuan(pl.Series(texts), pl.Series(amounts), pl.Series(codes, dtype=pl.String))
    assert code == expected
