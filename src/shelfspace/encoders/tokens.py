"""Tokens of running text as hashed numbers, for every script, thousands of texts in one sweep.

The texts are laid end to end as one array of code points. A polynomial hash over its prefixes then gives the
hash of any substring in constant time (Karp and Rabin 1987), so that words, joined neighbours and character
n-grams of a whole catalogue cost a few vector operations and no Python loop.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
import numpy.typing as npt

UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]

_PRIME = np.uint64(0x9E3779B97F4A7C15)  # odd, hence invertible modulo 2^64
_PRIME_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))
_SPACE, _LETTER, _DIGIT, _IDEOGRAPH = range(4)
_GRAM_LENGTHS = (3, 4)


class Kind(IntEnum):
    """What a token is."""

    WORD = 0  # a run of letters and digits; in unsegmented scripts one character
    CODE = 1  # a word with a digit that looks like a model code: letters too, or four digits and more
    NUMBER = 2  # a word of up to three digits
    JOINED = 3  # two neighbouring words without what stood between them: "kx-t55" and "kxt55" meet here
    GRAM = 4  # three or four characters of a word, its edges included


@dataclass(frozen=True)
class Tokens:
    """The tokens of n texts, `[m]` each: `text` int64 (0…n-1, ascending), `hash` uint64 and `kind` int8."""

    n: int
    text: Int64
    hash: UInt64
    kind: npt.NDArray[np.int8]


@cache
def _character_classes() -> npt.NDArray[np.uint8]:
    """The class of each code point below 2^16; everything above is an ideograph or an emoji."""
    classes = np.full(65537, _SPACE, np.uint8)
    for point in range(65536):
        category = unicodedata.category(chr(point))
        if category[0] in "LM":
            unsegmented = 0x0E00 <= point < 0x0F00 or 0x3040 <= point < 0xA000 or 0xF900 <= point < 0xFB00
            classes[point] = _IDEOGRAPH if unsegmented else _LETTER
        elif category == "Nd":
            classes[point] = _DIGIT
    classes[65536] = _IDEOGRAPH
    return classes


def normalise(text: str) -> str:
    """The text in NFKC, case folded and without accents: how two shops' spellings are made to meet.

    >>> normalise("Ｃafé ５００ＧＢ")
    'cafe 500gb'
    """
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(c for c in folded if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", bare)


class _Sheet:
    """The texts end to end, with the hash of every prefix."""

    def __init__(self, texts: Sequence[str]) -> None:
        joined = " " + "  ".join(texts) + "  "
        self.points = np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32)
        lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 2
        self.starts = np.concatenate([[1], 1 + np.cumsum(lengths)])
        self.classes = _character_classes()[np.minimum(self.points, 65536)]
        spaced = np.where(self.classes == _SPACE, np.uint64(32), self.points.astype(np.uint64))
        powers = np.ones(len(spaced) + 1, np.uint64)
        powers[1:] = _PRIME
        np.cumprod(powers, out=powers)
        inverse = np.ones(len(spaced) + 1, np.uint64)
        inverse[1:] = _PRIME_INVERSE
        np.cumprod(inverse, out=inverse)
        self.powers, self._inverse = powers, inverse
        self._prefix = np.zeros(len(spaced) + 1, np.uint64)
        np.cumsum((spaced + np.uint64(0x51ED)) * powers[:-1], out=self._prefix[1:])

    def hash(self, start: Int64, end: Int64) -> UInt64:
        """The hash of each substring [start, end)."""
        return (self._prefix[end] - self._prefix[start]) * self._inverse[start]

    def words(self) -> tuple[Int64, Int64]:
        """Start and end of every word."""
        solid = self.classes != _SPACE
        ideograph = self.classes == _IDEOGRAPH
        opens = solid[1:] & (~solid[:-1] | ideograph[1:] | ideograph[:-1])
        closes = solid[:-1] & (~solid[1:] | ideograph[:-1] | ideograph[1:])
        return np.flatnonzero(opens) + 1, np.flatnonzero(closes) + 1


def _mix(hashes: UInt64, salt: int) -> UInt64:
    """The hashes scrambled, so that neighbouring polynomials spread over all 64 bits."""
    mixed = (hashes ^ np.uint64(salt * 0x2545F491)) * np.uint64(0xD6E8FEB86659FD93)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    return mixed ^ (mixed >> np.uint64(29))


def word_hash(text: str) -> int:
    """The hash that `tokenize` gives to a text that is one word."""
    return int(tokenize([text], grams=False).hash[0])


def tokenize(texts: Sequence[str], *, grams: bool = True) -> Tokens:
    """All tokens of `texts`, which should have gone through `normalise`; an empty text has none.

    Words, codes and joined neighbours share one hash space, so "jump start" meets "jumpstart"; n-grams have
    their own. Cost is linear in the characters, about 100 bytes of memory for each: hand over long catalogues
    in chunks.

    >>> tokens = tokenize(["jump start", "jumpstart"], grams=False)
    >>> sorted(set(tokens.hash[tokens.text == 0]) & set(tokens.hash[tokens.text == 1])) != []
    True
    """
    sheet = _Sheet(texts)
    start, end = sheet.words()
    owner = np.searchsorted(sheet.starts, start, side="right") - 1
    plain = sheet.hash(start, end)
    parts = [(owner, _mix(plain, 1), _word_kinds(sheet, start, end))]
    parts.append(_joined(sheet, start, end, owner, plain))
    if grams:
        parts.extend(_grams(sheet, start, end, owner, n) for n in _GRAM_LENGTHS)
    text = np.concatenate([part[0] for part in parts])
    order = np.argsort(text, kind="stable")
    return Tokens(
        len(texts),
        text[order],
        np.concatenate([part[1] for part in parts])[order],
        np.concatenate([part[2] for part in parts])[order],
    )


def _word_kinds(sheet: _Sheet, start: Int64, end: Int64) -> npt.NDArray[np.int8]:
    digits = np.concatenate([[0], np.cumsum(sheet.classes == _DIGIT)])
    n_digits, length = digits[end] - digits[start], end - start
    code = (n_digits > 0) & (((n_digits < length) & (length >= 3)) | (n_digits >= 4))
    number = (n_digits > 0) & (n_digits == length) & ~code
    return np.where(code, Kind.CODE, np.where(number, Kind.NUMBER, Kind.WORD)).astype(np.int8)


def _joined(
    sheet: _Sheet, start: Int64, end: Int64, owner: Int64, plain: UInt64
) -> tuple[Int64, UInt64, npt.NDArray[np.int8]]:
    near = (owner[1:] == owner[:-1]) & (start[1:] - end[:-1] <= 3)
    lengths = (end - start)[:-1]
    both = plain[:-1] + plain[1:] * sheet.powers[lengths]
    return owner[:-1][near], _mix(both[near], 1), np.full(int(near.sum()), Kind.JOINED, np.int8)


def _grams(
    sheet: _Sheet, start: Int64, end: Int64, owner: Int64, n: int
) -> tuple[Int64, UInt64, npt.NDArray[np.int8]]:
    """The n-grams of each word with one space on either side; a word shorter than n - 2 is one gram."""
    first, count = start - 1, np.maximum(end - start + 3 - n, 1)
    word = np.repeat(np.arange(len(start)), count)
    offset = np.arange(len(word)) - np.repeat(np.cumsum(count) - count, count)
    gram_start = first[word] + offset
    gram_end = np.minimum(gram_start + n, end[word] + 1)
    return owner[word], _mix(sheet.hash(gram_start, gram_end), n), np.full(len(word), Kind.GRAM, np.int8)
