"""What goes wrong between a product and its listing: typos, entities, full-width letters, odd digits."""

from __future__ import annotations

from random import Random

_FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "　"})


def mistype(rng: Random, text: str) -> str:
    """The text with one slip in a word of five letters or more: letters swapped, dropped or doubled."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) >= 5 and word.isascii() and word.isalpha()]
    if not long:
        return text
    i = long[int(rng.random() * len(long))]
    word = words[i]
    at = 1 + int(rng.random() * (len(word) - 2))
    draw = rng.random()
    if draw < 0.4:
        word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    elif draw < 0.75:
        word = word[:at] + word[at + 1 :]
    else:
        word = word[:at] + word[at] + word[at:]
    words[i] = word
    return " ".join(words)


def escape_entities(rng: Random, text: str) -> str:
    """The text as a shop exports it that escapes HTML in plain columns, and umlauts at times."""
    text = text.replace("&", "&amp;").replace('"', "&quot;")
    if rng.random() < 0.3:
        for letter, entity in (
            ("ü", "&uuml;"),
            ("ä", "&auml;"),
            ("ö", "&ouml;"),
            ("é", "&eacute;"),
            ("ñ", "&ntilde;"),
        ):
            text = text.replace(letter, entity)
    if rng.random() < 0.3:
        text = text.replace(" ", "&nbsp;", 1)
    return text


def widen(text: str) -> str:
    """The text in full-width forms, as Japanese and Chinese shops type Latin letters and digits."""
    return text.translate(_FULL_WIDTH)


def write_gtin(rng: Random, gtin: str) -> str:
    """A GTIN as exported: mostly 13 digits, else UPC-12 or GTIN-14, with gaps, or with a wrong last digit."""
    draw = rng.random()
    if draw < 0.02:
        return gtin[:-1] + str((int(gtin[-1]) + 1 + int(rng.random() * 9)) % 10)
    if draw < 0.08:
        return "0" + gtin
    if draw < 0.12:
        return f"{gtin[0]} {gtin[1:7]} {gtin[7:]}"
    # A spreadsheet has eaten the leading zero.
    return gtin[1:] if gtin[0] == "0" and rng.random() < 0.5 else gtin
