"""Numbers with a unit in running text, turned into base units."""

from __future__ import annotations

import re
from typing import NamedTuple

from shelfspace.data.cleaning.numerals import SIGNS, counted, rest_of, scaled_unit
from shelfspace.data.cleaning.text import NARROW
from shelfspace.data.cleaning.unit_words import UNITS


class Quantity(NamedTuple):
    """A `value` in a base `unit`, and where text[start:end] says so.

    Base units: g, ml, mm, w, wh, v, a, mah, hz, mb (decimal: 1 gb is 1,000 mb), mp, s, c (degrees Celsius),
    k (kelvin of a light's colour), piece, percent.
    """

    value: float
    unit: str
    start: int
    end: int


_FRACTIONS = {
    "½": 0.5,
    "¼": 0.25,
    "¾": 0.75,
    "⅓": 1 / 3,
    "⅔": 2 / 3,
    "⅛": 0.125,
    "⅜": 0.375,
    "⅝": 0.625,
    "⅞": 0.875,
}
_LETTER = "a-zß-ɏµ"
_FRACTION = "[" + "".join(_FRACTIONS) + "]"
_NUMBER = (
    r"(?:[0-9]+(?:[.,'’\u00a0\u202f][0-9]+|\ 000(?![0-9]))*"
    rf"(?:(?:[ -][0-9]{{1,2}})?/[0-9]{{1,2}}(?![0-9])|\ ?{_FRACTION})?|{_FRACTION})"
)
# One pass: a digit that does not stand inside a code, the number, numbers joined to it, and the word behind.
# It starts with a plain character class so that the engine can skip to the next digit at full speed.
_QUANTITY = re.compile(
    rf"""
    (?=[0-9{"".join(_FRACTIONS)}]) (?<![0-9a-wyzß-ɏµ_/]) (?<![0-9][.,]) (?<![0-9]['’]) (?<![0-9a-z]-)
    (?P<numbers>{_NUMBER}(?:\ ?[x×*]\ ?{_NUMBER}|\ ?[-–~]\ ?{_NUMBER}){{0,3}})
    (?P<gap>[\ \u00a0-]?)
    (?:(?P<unit>
        fl\.?\ ?oz | fluid\ ounces? | er[\ -]?(?:pack|set|packung|box|kasten|karton)
      | °\ ?[cf] | [{_LETTER}]+ | '' | ["”″'’′%℃℉㎎㎏㎖㎝㎜ℓ]
    )(?:(?![0-9{_LETTER}_²³]|/[sh])|(?=x\ ?[0-9]))
    | (?P<cjk>[\u3041-\u30ff\u4e00-\u9fff]{{1,8}}))?
    """,
    re.VERBOSE,
)
_ONE_NUMBER = re.compile(_NUMBER)
_COUNT_BEFORE = re.compile(
    r"(?:\b(?:pack|packs|set|box|case|bundle|lot|paquet|paquete|caja|juego|confezione|pacco|satz|packung)"
    r"\ (?:of|de|da|di|von|mit)\ ?|[×*]\ ?|(?P<by>x\ ?))$"
)
_CODE_2G_TO_5G = re.compile(r"[2-5]")
_WIDE = re.compile("[\uff01-\uff5e\u3000✕✖]")
_SPELLED = re.compile(f"[{SIGNS}\uff01-\uff5e\u3000✕✖]")
_SOME = re.compile(f"[0-9{''.join(_FRACTIONS)}{SIGNS}\uff01-\uff5e✕✖]")
_PLAIN: dict[int, int | str] = {**NARROW, ord("✕"): "×", ord("✖"): "×"}
_YEAR = re.compile("20[1-3][0-9]")
_BATTERY = 4000  # milliamperes: no charger gives so many, so that 毫安 stands for 毫安时
_IN_PREPOSITION = re.compile(r"\ ?[a-z0-9]")


def quantities(text: str) -> list[Quantity]:
    """The quantities in `text`, left to right; empty where there is none.

    A multiplication gives the count and the measure ("6x330ml": 6 piece, 330 ml), sides of a box ("10 x 20
    cm") and ranges ("12-24V") give each number. A number inside a model code ("am53bk", "WH-1000") is none,
    nor are mobile generations ("5g") and Wi-Fi standards ("802.11g"). Chinese numerals count before a unit or
    a counter ("半斤", "两盒装"), and full-width forms read as plain ones. What a multipack holds in all is
    told by `packs.wholes`.

    >>> [(q.value, q.unit) for q in quantities('6x330ml cola, 19" tray, 1-1/2 kg')]
    [(6.0, 'piece'), (330.0, 'ml'), (482.6, 'mm'), (1500.0, 'g')]
    """
    lower = text.lower()
    if len(lower) != len(text):  # a few letters grow in lower case, and spans must fit the given text
        lower = "".join(char if len(char.lower()) != 1 else char.lower() for char in text)
    spelled = False
    if not text.isascii():
        if _SOME.search(lower) is None:
            return []
        spelled = _SPELLED.search(lower) is not None
    if spelled and _WIDE.search(lower):
        lower = lower.translate(_PLAIN)
    found: list[Quantity] = []
    for match in _QUANTITY.finditer(lower):
        found.extend(_read(match, text, lower, found))
    return _with_numerals(found, lower) if spelled else found


def _with_numerals(found: list[Quantity], lower: str) -> list[Quantity]:
    """The quantities in digits and, where none of these stands, those in Chinese numerals, left to right."""
    spans = [(quantity.start, quantity.end) for quantity in found]
    free = [
        Quantity(round(value, 6), unit, start, end)
        for value, unit, start, end in counted(lower)
        if all(end <= before or behind <= start for before, behind in spans)
    ]
    return sorted([*found, *free], key=lambda quantity: quantity.start) if free else found


def _read(match: re.Match[str], text: str, lower: str, before: list[Quantity]) -> list[Quantity]:
    unit, end = _unit_of(match, text, lower)
    if unit is None:
        return _counted(match, lower, before)
    if lower[match.start() - 1 : match.start()] == "x" and not _times(lower, match.start() - 1, before):
        return []
    base, factor = unit
    numbers = match["numbers"]
    taken = before[-1].end if before else 0  # 1米8 has taken the 8
    if numbers.isdigit():
        if match.start() < taken:
            return []
        sign = lower[max(0, match.start() - 2) : match.start()].strip()
        if sign == ".":  # ".5 oz"
            return [_quantity(float("." + numbers), base, factor, match.start() - 1, end)]
        if sign in ("-", "−") and base in ("c", "f"):
            return [_quantity(-float(numbers), base, factor, match.start() - 1, end)]
        return [_quantity(float(numbers), base, factor, match.start(), end)]
    parts = list(_ONE_NUMBER.finditer(numbers))
    if numbers.startswith("802.11") or not all(_is_number(part.group()) for part in parts):
        return []
    times = base not in ("mm", "piece") and any(sign in numbers for sign in "x×*")
    read = []
    for part in parts:
        last = part is parts[-1]
        start, stop = match.start() + part.start(), end if last else match.start() + part.end()
        measure = ("piece", 1.0) if times and not last else unit
        if start >= taken:
            read.append(_quantity(_value(part.group()), *measure, start, stop))
    return read


def _unit_of(match: re.Match[str], text: str, lower: str) -> tuple[tuple[str, float] | None, int]:
    """The base unit and factor of the word behind a number, and where that word ends."""
    word = match["unit"]
    if word is not None:
        if len(word) > 2 and word[:2] in ("fl", "er"):
            word = "floz" if word.startswith("fl") else "er-pack"
        unit = UNITS.get(word.replace(" ", "") if word[0] == "°" else word)
        return (unit if unit and _is_meant(match, word, text, lower) else None), match.end()
    if match["cjk"] is not None and match["gap"] != "-":
        return _chinese_unit(match, lower)
    return None, match.end()


def _chinese_unit(match: re.Match[str], lower: str) -> tuple[tuple[str, float] | None, int]:
    """As `_unit_of`, for a word in a script without spaces, which need not end there."""
    numbers, start = match["numbers"], match.start("cjk")
    scale, word, start = scaled_unit(lower, start)
    year = len(word) == 1 and not match["gap"] and scale == 1 and _YEAR.fullmatch(numbers)
    if not word or year or lower[match.start() - 1 : match.start()] == "第":
        return None, match.end()
    base, factor = UNITS[word]
    if word == "毫安" and numbers.isdigit() and float(numbers) * scale >= _BATTERY:
        base, factor = UNITS["毫安时"]
    end = start + len(word)
    if numbers.isdigit():
        more, end = rest_of(lower, word, end)
        return (base, factor * scale * (1 + more / max(float(numbers), 1e-9))), end
    return (base, factor * scale), end


def _times(lower: str, sign: int, before: list[Quantity]) -> bool:
    """Whether the x at `sign` multiplies what stands before it, 50gx3, rather than end a word."""
    return bool(before) and lower[before[-1].end : sign].strip() in ("", "/")


def _is_meant(match: re.Match[str], word: str, text: str, lower: str) -> bool:
    """Whether a word that is also something else is a unit here."""
    gap, numbers = match["gap"], match["numbers"]
    if len(word) > 2 or word in ("mm", "cm", "kg", "ml", "gb", "tb"):
        return True
    written = text[match.start("unit") : match.end("unit")]
    if gap == "-" and len(word) == 1:
        return word == '"'
    if word == "g":  # 5G is a network; five grams are written with a gap or a decimal
        return bool(gap) or not _CODE_2G_TO_5G.fullmatch(numbers)
    if word == "k":
        return numbers.isdigit() and int(numbers) >= 1000
    if word in ("'", "’", "′"):
        return not gap
    if word == "in":
        return gap != " " or not _IN_PREPOSITION.match(lower, match.end())
    if word in ("go", "to"):
        return not gap or written in ("Go", "To")
    if gap and word in ("a", "m"):
        return (word == "a") == written.isupper()
    return True


def _counted(match: re.Match[str], lower: str, before: list[Quantity]) -> list[Quantity]:
    """A bare number as a count: "pack of 6", "330ml x 6", "(x6)"."""
    numbers, start = match["numbers"], match.start()
    end = start + len(numbers)
    if not numbers.isdigit() or len(numbers) > 4 or start < 1 or lower[end : end + 1].isalnum():
        return []
    head = _COUNT_BEFORE.search(lower, max(0, start - 24), start)
    if head is None:
        return []
    behind_measure = _times(lower, head.start(), before)
    if head["by"] and not behind_measure and lower[head.start() - 1 : head.start()].isalnum():
        return []
    if head.group()[0] in "×*" or head["by"]:
        closed = lower[end : end + 1] in ("", ")", "]", ",")
        opened = lower[: head.start()].rstrip()[-1:] in ("", "(", "[")
        spaced = head.group().endswith(" ") and closed and not lower[: head.start()].rstrip()[-1:].isdigit()
        if not (behind_measure or (opened and closed) or spaced):
            return []
    return [Quantity(float(numbers), "piece", head.start(), end)]


def _quantity(value: float, base: str, factor: float, start: int, end: int) -> Quantity:
    if base == "f":
        return Quantity(round((value - 32) * 5 / 9, 6), "c", start, end)
    return Quantity(round(value * factor, 6), base, start, end)


def _is_number(text: str) -> bool:
    return not text.endswith("/0") and not text.endswith("/00")


def _value(text: str) -> float:
    """The value of a number as written: 1,5 and 1.5, 1,000 and 1.000, 1 1/2, 1-1/2, ½."""
    if text[-1] in _FRACTIONS:
        return float(_value(text[:-1].strip()) if text[:-1].strip() else 0.0) + _FRACTIONS[text[-1]]
    if "/" in text:
        top, bottom = text.rsplit("/", 1)
        whole, _, numerator = top.replace("-", " ").rpartition(" ")
        return (_value(whole) if whole else 0.0) + float(_value(numerator)) / float(bottom)
    text = text.replace("'", "").replace("’", "").replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    groups = re.split(r"[.,]", text)
    if len(groups) > 2:  # the last sign is a decimal one where it differs from the others
        same = len(set(re.findall(r"[.,]", text))) == 1
        return float("".join(groups)) if same else float("".join(groups[:-1]) + "." + groups[-1])
    thousands = len(groups) == 2 and len(groups[1]) == 3 and len(groups[0]) <= 3 and groups[0] != "0"
    if thousands and ("," in text or groups[1] == "000"):
        return float("".join(groups))
    return float(".".join(groups))
