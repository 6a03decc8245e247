"""Two looks at one listing, each as another shop might have written it.

Every augmentation is a pure function of a text and a `random.Random`. The texts are those an encoder reads:
lower-cased and normalised, though upper case passes through too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random
from typing import TypeVar

import numpy as np

from shelfspace.data.cleaning.unit_words import UNITS
from shelfspace.data.cleaning.units import Quantity, quantities

_T = TypeVar("_T")

#: How often a look undergoes each change.
DETAILS_DROPOUT = 0.5
REORDER = 0.3
TOKEN_DROPOUT = 0.4
UNIT_FORM = 0.5
CODE_FORM = 0.4
TYPO = 0.2
BRAND_REMOVAL, BRAND_ABBREVIATION = 0.25, 0.1
ADVERTISEMENT = 0.15
TRUNCATION = 0.1
#: Of the words of a look that loses some, the share that goes; a tenth of it for codes, numbers and units.
WORD_RATE = 0.2
#: Details are cut to between these many characters: shops copy the beginning, and names must not drown.
DETAILS_LENGTHS = (60, 300)

_ADVERTISING = tuple(
    """new|original|genuine|best price|free shipping|sale|top offer|in stock|bestseller|limited edition
    neu|angebot|sofort lieferbar|kostenloser versand|neuf|promo|livraison gratuite|nuevo|oferta|envio gratis
    nuovo|offerta|spedizione gratuita""".replace("\n    ", "|").split("|")
)
_UNSEGMENTED_ADVERTISING = ("新品", "正品", "包邮", "限定", "送料無料", "即納")
_SEGMENTS = re.compile(r"\s*[,;|]\s+|\s+[-–—/|:]\s+(?![0-9])|\s*[()\[\]]\s*")
# Letters first, a digit somewhere. "500-gb" and "x330ml" are quantities, not codes.
_CODE = re.compile(
    r"(?<![^\s(\[,])(?=[a-z])(?!x[-/_0-9])(?=[^\s]*[0-9])(?:[a-z0-9]+[-/_])*[a-z0-9]+(?![^\s)\],])",
    re.IGNORECASE,
)
_HYPHEN = re.compile(r"[-/_]")
_HYPHEN_BEFORE_LETTER = re.compile(r"[-/_](?=[a-z])", re.IGNORECASE)
_EDGE = re.compile(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])", re.IGNORECASE)
_CODE_LENGTH = 4
_PLAIN_WORD = re.compile(r"(?<![^\s(\[,])[a-zß-ɏ]{4,}(?![^\s)\],.;:])", re.IGNORECASE)
_DIGIT = re.compile("[0-9]")
# Thai, Japanese and Chinese put no spaces between words: two characters stand for a word there.
_SCRIPT = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
_UNSEGMENTED = re.compile(f"[{_SCRIPT}]")
_PIECE = re.compile(f"[{_SCRIPT}]{{1,2}}|[^\\s{_SCRIPT}]+|\\s+")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {
    key: row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    for row in _KEYS
    for place, key in enumerate(row)
}
# base unit → how shops write it: the factor of each word, as UNITS has it.
_FORMS = {
    base: [(UNITS[word][1], word) for word in words.split()]
    for base, words in {
        "g": "g kg gr",
        "ml": "ml cl l",
        "mm": 'mm cm " inch m',
        "w": "w kw watt",
        "wh": "wh kwh",
        "v": "v volt",
        "mah": "mah ah",
        "hz": "hz khz mhz ghz",
        "mb": "mb gb tb",
        "mp": "mp megapixel",
        "piece": "pcs pack ct",
    }.items()
}


def look(name: str, details: str, brand: str | None, rng: np.random.Generator) -> tuple[str, str]:
    """Two looks at one listing; see `looks`.

    >>> one, other = look("acme kx-t5500b phone, 500 g", "", "acme", np.random.default_rng(0))
    >>> one != other
    True
    """
    lefts, rights = looks([name], [details], [brand], rng)
    return lefts[0], rights[0]


def looks(
    names: Sequence[str], details: Sequence[str], brands: Sequence[str | None], rng: np.random.Generator
) -> tuple[list[str], list[str]]:
    """Two looks at each of n listings, `[n]` strings each: its name and, in some, its details, both changed.

    The same generator state gives the same looks. `brands` are spelled as in the names, whatever the case. A
    look is empty only where name and details both are.
    """
    draw = Random(int(rng.integers(2**63)))  # ten times the speed of a numpy generator for single numbers
    rows = list(zip(names, details, brands, strict=True))
    return [_look(*row, draw) for row in rows], [_look(*row, draw) for row in rows]


def _look(name: str, details: str, brand: str | None, rng: Random) -> str:
    chance, text = rng.random, name
    if brand:
        fate = chance()
        if fate < BRAND_REMOVAL:
            text = without_brand(text, brand)
        elif fate < BRAND_REMOVAL + BRAND_ABBREVIATION:
            text = short_brand(text, brand)
    if chance() < UNIT_FORM:
        text = unit_form(text, rng)
    if chance() < CODE_FORM:
        text = code_form(text, rng)
    if chance() < REORDER:
        text = reorder(text, rng)
    if chance() < TOKEN_DROPOUT:
        text = drop_words(text, rng)
    if chance() < TYPO:
        text = typo(text, rng)
    if chance() < TRUNCATION:
        text = truncate(text, round(len(text) * (0.6 + 0.4 * chance())))
    if text and chance() < ADVERTISEMENT:
        text = advertise(text, rng)
    if details and (not text or chance() >= DETAILS_DROPOUT):
        low, high = DETAILS_LENGTHS
        text = f"{text} {truncate(details, round(low + (high - low) * chance()))}".lstrip()
    return text


def unit_form(text: str, rng: Random) -> str:
    """`text` with one quantity in another form, "500 g" or "0,5kg"; `quantities` within 1 % the same."""
    found = quantities(text)
    if not found:
        return text
    chosen = _one(found, rng)
    if chosen.unit not in _FORMS or text[chosen.end - 1].isdigit():
        return text
    factor, word = _one(_FORMS[chosen.unit], rng)
    number = _written(chosen.value / factor)
    if number is None:
        return text
    if rng.random() < 0.3:
        number = number.replace(".", ",")
    gap = "" if word == '"' or rng.random() < 0.5 else " "
    changed = f"{text[: chosen.start]}{number}{gap}{word}{text[chosen.end :]}"
    # Reading it back is cheaper than knowing every place where "5 g" is not "5g" and a range has two ends.
    return changed if _agree(found, quantities(changed)) else text


def _written(amount: float) -> str | None:
    """The amount in at most two decimals, None where that is off or nobody would write it so."""
    if not 0.1 <= amount < 10_000:
        return None
    for decimals in range(3):
        number = f"{amount:.{decimals}f}"
        if abs(float(number) - amount) <= 0.005 * amount:
            return number
    return None


def _agree(before: list[Quantity], after: list[Quantity]) -> bool:
    return len(before) == len(after) and all(
        one.unit == other.unit and abs(one.value - other.value) <= 0.01 * abs(one.value)
        for one, other in zip(before, after, strict=True)
    )


def code_form(text: str, rng: Random) -> str:
    """`text` with one model code in another form, "kx-t55" or "kxt55"; letters and digits the same."""
    codes = [match for match in _CODE.finditer(text) if len(match.group()) >= _CODE_LENGTH]
    if not codes:
        return text
    chosen = _one(codes, rng)
    code = chosen.group()
    edges = [match.start() for match in _EDGE.finditer(code)]
    if not _HYPHEN.search(code):
        if not edges:  # brackets or slashes stand between its letters and digits
            return text
        edge = _one(edges, rng)
        code = f"{code[:edge]}-{code[edge:]}"
    elif rng.random() < 0.5:
        code = _HYPHEN.sub("", code)
    else:  # a space before a digit would make a quantity of "ab-100v"
        code = _HYPHEN_BEFORE_LETTER.sub(" ", code)
    return text[: chosen.start()] + code + text[chosen.end() :]


def reorder(text: str, rng: Random) -> str:
    """`text` with its segments (between commas, dashes, brackets) in another order; the words the same."""
    segments = [segment for segment in _SEGMENTS.split(text) if segment]
    if len(segments) < 2:
        return text
    rng.shuffle(segments)
    return ", ".join(segments)


def drop_words(text: str, rng: Random, rate: float = WORD_RATE) -> str:
    """`text` without about `rate` of its words, of codes, numbers and units a tenth of that; never all."""
    plain = text.isascii()
    pieces = text.split() if plain else _PIECE.findall(text)
    careful = rate / 10
    kept = [
        piece
        for piece in pieces
        if rng.random() >= (careful if piece in UNITS or _DIGIT.search(piece) else rate) or piece.isspace()
    ]
    shorter = (" " if plain else "").join(kept).strip()
    return shorter or text


def typo(text: str, rng: Random) -> str:
    """`text` with one slip in one word of letters: two swapped, one lost, doubled, or hit beside its key."""
    words = [match for match in _PLAIN_WORD.finditer(text) if match.group() not in UNITS]
    if not words:
        return text
    chosen = _one(words, rng)
    word = chosen.group()
    at = 1 + int(rng.random() * (len(word) - 2))  # first letters are seldom wrong
    here, behind = word[at], word[at + 1]
    slip = _one((behind + here, behind, here + here + behind, _beside(here, rng) + behind), rng)
    return text[: chosen.start() + at] + slip + text[chosen.start() + at + 2 :]


def _beside(key: str, rng: Random) -> str:
    return _one(_BESIDE.get(key, key), rng)


def without_brand(text: str, brand: str) -> str:
    """`text` without the first mention of `brand` as a word; unchanged where nothing would be left."""
    return _rebranded(text, brand, "") or text


def short_brand(text: str, brand: str) -> str:
    """`text` with `brand` as its initials, or as its first four letters where it is one long word."""
    words = brand.split()
    short = "".join(word[0] for word in words) if len(words) > 1 else brand[:4] if len(brand) >= 6 else brand
    return _rebranded(text, brand, short)


def _rebranded(text: str, brand: str, instead: str) -> str:
    at, end = text.lower().find(brand.lower()), 0
    if at >= 0:
        end = at + len(brand)
        within = text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()
    if at < 0 or (within and brand.isascii()):
        return text
    return " ".join(f"{text[:at]}{instead}{text[end:]}".split())


def advertise(text: str, rng: Random) -> str:
    """`text`, not empty, with words of a shop's advertising before or behind it."""
    words = _one(_UNSEGMENTED_ADVERTISING if _UNSEGMENTED.search(text) else _ADVERTISING, rng)
    return f"{words} {text}" if rng.random() < 0.5 else f"{text} {words}"


def truncate(text: str, length: int) -> str:
    """The first words of `text` in at most `length` characters; all where the first is longer."""
    if length >= len(text):
        return text
    while length > 0 and not (text[length].isspace() or _UNSEGMENTED.match(text[length])):
        length -= 1
    return text[:length].rstrip() or text


def _one(choices: Sequence[_T], rng: Random) -> _T:
    return choices[int(rng.random() * len(choices))]
