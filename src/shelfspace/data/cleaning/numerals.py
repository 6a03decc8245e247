"""Chinese numerals that measure or count something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shelfspace.data.cleaning.unit_words import UNITS, unit_at

_DIGITS = {"〇": 0, "零": 0, **{sign: n for n, sign in enumerate("一二三四五六七八九", 1)}}
_TENS = {"十": 10, "百": 100, "千": 1000}
#: What a Chinese numeral begins with.
SIGNS = "一二两兩三四五六七八九十百千万半"
# A numeral within a word is none: 第一, 统一, 唯一, 之一, 三合一, 另一. Nor is one that continues digits.
_NUMERAL = re.compile(rf"(?<![0-9{SIGNS}〇零点第统唯合之同每另单初某周期专归])[{SIGNS}][{SIGNS}〇零点]*")
_WEIGHTS_AND_VOLUMES = "毫克 克 公克 斤 市斤 公斤 千克 两 兩 毫升 升 公升 加仑"
_OTHERS = "毫米 厘米 公分 米 公尺 尺 市尺 寸 英寸 吋 英尺 公里 分钟 小时 天 个月 毫安时 毫安 千瓦"
_MEASURES = frozenset([*_WEIGHTS_AND_VOLUMES.split(), *_OTHERS.split()])
_COUNTERS = frozenset("片包盒瓶件袋支只隻个個卷罐枚粒条條套双雙对對张張枝根颗顆箱听桶台贴副份筒串")
_HALVES = frozenset(
    ("斤", "市斤", "公斤", "千克", "两", "兩", "升", "公升", "米", "尺", "市尺", "寸", "小时")
)
# 半 and a bare digit belong to the measure before them where no other word begins: 一斤半装, not 10米半圆管.
_CLOSED = r"(?![\u3041-\u30ff\u4e00-\u9fff]|[0-9.a-wyz%])|(?=[装裝的重长宽左以床乘])"
_HALF = re.compile(rf"半(?:{_CLOSED})")
_TENTH = re.compile(rf"([1-9一二三四五六七八九])(?:{_CLOSED})")
_LIANG = re.compile(r"([1-9一二三四五六七八九])[两兩](?![个個天种次用])")
_ALONE = {"半": 0.5, "两": 2.0, "兩": 2.0, "百": 100.0}
_SCALES = {"万": 1e4, "千": 1e3, "百": 1e2}

Read = tuple[float, str, int, int]


def number(numeral: str) -> float | None:
    """The value of a Chinese numeral up to the ten thousands; None where it is not one.

    >>> number("二十五"), number("两万"), number("一点五"), number("两用")
    (25.0, 20000.0, 1.5, None)
    """
    if numeral in _ALONE:
        return _ALONE[numeral]
    whole, point, decimals = numeral.partition("点")
    if point:
        value, tail = number(whole), [_DIGITS.get(sign) for sign in decimals]
        if value is None or not tail or None in tail:
            return None
        return value + float("0." + "".join(map(str, tail)))
    myriads, sign, rest = numeral.rpartition("万")
    high = 2 if myriads in ("两", "兩") else _below_myriad(myriads) if sign else 0
    low = _below_myriad(rest) if rest or not sign else 0
    return None if high is None or low is None or (sign and not high) else float(high * 10_000 + low)


def _below_myriad(numeral: str) -> int | None:
    value, digit, smallest = 0, None, 10_000
    for place, sign in enumerate(numeral):
        if sign in _TENS:
            if _TENS[sign] >= smallest or (digit is None and (sign != "十" or value % 100)) or digit == 0:
                return None
            smallest = _TENS[sign]
            value, digit = value + (1 if digit is None else digit) * smallest, None
        elif digit:
            return None
        elif sign in "两兩" and numeral[place + 1 : place + 2] in ("百", "千"):
            digit = 2
        elif sign in _DIGITS:
            digit = _DIGITS[sign]
        else:
            return None
    return value + (digit or 0) if numeral else None


def counted(text: str) -> Iterator[Read]:
    """The (value, base unit, start, end) of what Chinese numerals measure or count in `text`.

    A numeral counts only before a unit or a counter: 两盒装 are 2 pieces, 半斤 is 250 g, 两用 nothing.
    """
    for match in _NUMERAL.finditer(text):
        for cut in range(match.end(), match.start(), -1):
            value = number(text[match.start() : cut])
            word = unit_at(text, cut) if value is not None else ""
            if (
                value is not None
                and word
                and _is_counted(match.group()[: cut - match.start()], word, text, cut)
            ):
                base, factor = UNITS[word]
                more, end = rest_of(text, word, cut + len(word))
                yield (value + more) * factor, base, match.start(), end
                break


def _is_counted(numeral: str, word: str, text: str, start: int) -> bool:
    """Whether `numeral` tells how much, not "a", "both" or part of another word."""
    behind = text[start + len(word) : start + len(word) + 1]
    if word in _MEASURES:
        school = (
            word == "升" and behind and behind in "一二三四五六"
        )  # 二升三: from the second year to the third
        return not school and (numeral != "半" or word in _HALVES or word == "个月")
    closed = behind in ("装", "裝") or not "\u3041" <= behind <= "\u9fff"
    if numeral == "一":  # 一个 is most often the article
        return word in _COUNTERS and closed
    if numeral == "三" and word == "包":  # 三包 is a warranty
        return behind in ("装", "裝")
    return word in _COUNTERS and numeral != "半"


def rest_of(text: str, word: str, end: int) -> tuple[float, int]:
    """What stands behind a measure in `word` that ends at `end`, in that unit, and where it ends.

    一斤半 is a half more, 一米八 eight tenths, 五斤二两 two tenths of a 斤.
    """
    if word in _HALVES and (match := _HALF.match(text, end)):
        return 0.5, match.end()
    tenths = _TENTH if word in ("米", "尺") else _LIANG if word in ("斤", "市斤") else None
    if tenths is not None and (match := tenths.match(text, end)):
        sign = match.group(1)
        return int(_DIGITS.get(sign, sign)) / 10, match.end()
    return 0.0, end


def scaled_unit(text: str, start: int) -> tuple[float, str, int]:
    """The factor, the unit and the unit's start for what follows digits: 2万毫安时 holds 万 and 毫安时.

    The unit is "" where there is none.
    """
    word = unit_at(text, start)
    if word or text[start] not in _SCALES:
        return 1.0, word, start
    return _SCALES[text[start]], unit_at(text, start + 1), start + 1
