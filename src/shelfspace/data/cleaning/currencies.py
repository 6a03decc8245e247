"""How prices name their currency."""

from __future__ import annotations

import re

import polars as pl

from shelfspace.data.cleaning.text import NARROW

_CODES = """
AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW KZT MAD MXN
MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD UYU VND ZAR
"""
CODES = frozenset(_CODES.split())

# A bare ¥ (yen or yuan) and kr (four crowns) are left open: a wrong currency is worse than none.
_SIGNS = {
    "EUR": "€ euro euros 欧元 歐元 ユーロ",
    "USD": "us$ $us usd$ 美元 美金 米ドル $ dollar dollars",
    "CAD": "c$ ca$ cad$ $ca 加元",
    "AUD": "a$ au$ aud$ 澳元",
    "NZD": "nz$ nzd$ 新西兰元",
    "HKD": "hk$ hkd$ 港元 港币 港幣",
    "TWD": "nt$ ntd$ ntd nt 新台币 新台幣 新臺幣 台币 台幣",
    "SGD": "s$ sg$ sgd$ 新加坡元 新币",
    "MXN": "mx$ mex$",
    "BRL": "r$",
    "GBP": "£ 英镑 英鎊 ポンド",
    "JPY": "円 jp¥ jpy¥ 日元 日圆 日圓 日币 日幣 日本円 税込 税抜",
    "CNY": "cn¥ rmb rmb¥ cny¥ cnh 人民币 人民幣 元 块 圆",
    "INR": "₹ rs rs. rupees",
    "PLN": "zł zl",
    "CZK": "kč",
    "HUF": "ft",
    "RON": "lei leu",
    "BGN": "лв лв.",
    "RUB": "₽ 卢布 руб руб. р.",
    "UAH": "₴ грн",
    "TRY": "₺ tl",
    "KRW": "₩ 원 韩元 韓元 韩币 韓幣 ウォン",
    "THB": "฿ 泰铢",
    "VND": "₫ đ",
    "ILS": "₪",
    "CHF": "fr. sfr sfr. franken",
    "MYR": "rm",
    "IDR": "rp rp.",
    "PHP": "₱",
    "ZAR": "r",
    "NGN": "₦",
}
_BY_SIGN = {sign: code for code, signs in _SIGNS.items() for sign in signs.split()}
_HAN = "|".join(sorted((sign for sign in _BY_SIGN if sign[0] >= "\u3041"), key=len, reverse=True))
_TOKEN = re.compile(rf"[a-zà-ɏ]*[$¥]|[€£₹₽₴₺₩฿₫₪₱₦]|[a-zà-ɏ]+\.?|[а-яё]+\.?|{_HAN}")
# Several countries' money goes by these names; any other name in the same text is surer.
_SHARED = frozenset(("$", "元", "块", "圆", "dollar", "dollars"))
_YEN_OR_YUAN = ("CNY", "JPY")


def currency(text: str) -> str | None:
    """The ISO 4217 code of the currency that `text` names beside its numbers, None where it names none.

    A three-letter code outranks a sign: "$ 12 CAD" is Canadian.

    >>> currency("1.234,56 €"), currency("CHF 1'234.50"), currency("¥ 12")
    ('EUR', 'CHF', None)
    """
    tokens: list[str] = _TOKEN.findall((text if text.isascii() else text.translate(NARROW)).lower())
    for token in tokens:
        if token.upper() in CODES:
            return token.upper()
    codes = {token: _BY_SIGN.get(token) or _BY_SIGN.get(token.rstrip(".")) for token in tokens}
    surer = [code for token, code in codes.items() if code and token not in _SHARED]
    return next(iter(surer), None) or next((code for code in codes.values() if code), None)


def yen_or_yuan(texts: pl.Series, amounts: pl.Series, codes: pl.Series) -> str | None:
    """CNY or JPY where a shop's prices `[n]` show which of the two its ¥ is, else None.

    They show it where others of them name one of the two and none the other, or where an amount in ¥ has
    a fraction, which the yen has not. Prices in both currencies show nothing.
    """
    named = set(codes.drop_nulls().unique().to_list()).intersection(_YEN_OR_YUAN)
    signed = texts.str.contains("[¥￥]").fill_null(False) & codes.is_null()
    if not signed.any() or len(named) > 1:
        return None
    if named:
        return str(named.pop())
    return "CNY" if (amounts.filter(signed) % 1 != 0).any() else None
