"""Clothing sizes that several shops write in several ways, in one."""

from __future__ import annotations

import re

_LETTERS = re.compile(r"(?:(\d)[ -]?)?(x*)[ -]?(s|m|l)(?:码|號|号)?")
_WORDS = {
    "small": "s",
    "medium": "m",
    "large": "l",
    "x-large": "xl",
    "x large": "xl",
    "extra large": "xl",
    "extra-large": "xl",
    "xx-large": "2xl",
    "x-small": "xs",
    "extra small": "xs",
    "extra-small": "xs",
    **dict.fromkeys(("小号", "小码", "小號", "小碼"), "s"),
    **dict.fromkeys(("中号", "中码", "中號", "中碼"), "m"),
    **dict.fromkeys(("均码", "均碼", "one size", "one-size", "onesize", "free size", "freesize"), "one size"),
    **dict.fromkeys(
        ("フリーサイズ", "einheitsgröße", "einheitsgrosse", "taille unique", "talla unica"), "one size"
    ),
}
_EUROPEAN = re.compile(r"(?:eur?|欧码|欧)[ -]?(\d{2}(?:[.,]5)?)码?|(\d{2}(?:[.,]5)?)[ -]?(?:eur?|欧码)")
# Height and girth in centimetres and the figure's letter: the Chinese standard, GB/T 1335.
_BODY = re.compile(r"(\d{2,3}) ?/ ?(\d{2,3}) ?([abcy])")


def plain_size(text: str) -> str:
    """A size in the spelling that stands for all that surely mean it; `text` in lower case, where none does.

    >>> plain_size("XXL"), plain_size("2XL"), plain_size("EUR 38"), plain_size("165 / 88 A")
    ('2xl', '2xl', 'eu 38', '165/88a')
    """
    text = text.lower().strip()
    if word := _WORDS.get(text):
        return word
    if match := _LETTERS.fullmatch(text):
        count, crosses, letter = match.groups()
        return _lettered(count, len(crosses), letter) or text
    if match := _EUROPEAN.fullmatch(text):
        return "eu " + (match[1] or match[2]).replace(",", ".")
    if match := _BODY.fullmatch(text):
        return f"{match[1]}/{match[2]}{match[3]}"
    return text


def _lettered(count: str | None, crosses: int, letter: str) -> str:
    """The size of 2 and one x, or of two x; "" where the parts contradict each other."""
    if (count and crosses != 1) or (letter == "m" and crosses):
        return ""
    times = int(count) if count else crosses
    return f"{times}x{letter}" if times > 1 else "x" * times + letter
