"""How prices name their currency."""

from __future__ import annotations

import re

_CODES = """
AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW KZT MAD MXN
MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD UYU VND ZAR
"""
CODES = frozenset(_CODES.split())

# A bare ¥ (yen or yuan) and kr (four crowns) are left open: a wrong currency is worse than none.
_SIGNS = {
    "EUR": "€ euro euros",
    "USD": "us$ $us $ dollar dollars",
    "CAD": "c$ ca$ cad$ $ca",
    "AUD": "a$ au$",
    "NZD": "nz$",
    "HKD": "hk$",
    "TWD": "nt$",
    "SGD": "s$",
    "MXN": "mx$ mex$",
    "BRL": "r$",
    "GBP": "£ ￡",
    "JPY": "円 jp¥ 日元 日本円",
    "CNY": "元 块 cn¥ rmb 人民币 圆",
    "INR": "₹ rs rs. rupees",
    "PLN": "zł zl",
    "CZK": "kč",
    "HUF": "ft",
    "RON": "lei leu",
    "BGN": "лв лв.",
    "RUB": "₽ руб руб. р.",
    "UAH": "₴ грн",
    "TRY": "₺ tl",
    "KRW": "₩ 원",
    "THB": "฿",
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
_TOKEN = re.compile(r"[a-zà-ɏ]*[$¥]|[€£₹₽₴₺₩฿₫₪₱₦]|[a-zà-ɏ]+\.?|[а-яё]+\.?|人民币|日元|日本円|[元円圆块원]")


def currency(text: str) -> str | None:
    """The ISO 4217 code of the currency that `text` names beside its numbers, None where it names none.

    A three-letter code outranks a sign: "$ 12 CAD" is Canadian.

    >>> currency("1.234,56 €"), currency("CHF 1'234.50"), currency("¥ 12")
    ('EUR', 'CHF', None)
    """
    tokens: list[str] = _TOKEN.findall(text.lower().replace("￥", "¥").replace("￡", "£"))
    for token in tokens:
        if token.upper() in CODES:
            return token.upper()
    signs = (_BY_SIGN.get(token) or _BY_SIGN.get(token.rstrip(".")) for token in tokens)
    return next((code for code in signs if code), None)
