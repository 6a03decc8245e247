"""What two records alone tell: how their strings, codes, numbers, brands and prices compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from rapidfuzz import distance, fuzz, process

from shelfspace.encoders.bags import Bags
from shelfspace.encoders.tokens import Int64, Kind
from shelfspace.encoders.vocabulary import Vocabulary
from shelfspace.progress import progress
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.facts import Facts

Columns = dict[str, npt.NDArray[np.float32]]

_CHUNK = 50_000
_WORDS = (Kind.WORD, Kind.NUMBER, Kind.CODE)
_STRING_SCORERS: dict[str, Callable[..., float]] = {
    "name ratio": fuzz.ratio,
    "name sorted ratio": fuzz.token_sort_ratio,
    "name set ratio": fuzz.token_set_ratio,
    "name partial ratio": fuzz.partial_ratio,
    "name start": distance.JaroWinkler.similarity,
}


class PairFeatures:
    """Compares pairs of listings of one catalogue. Missing facts give NaN, which the trees understand."""

    def __init__(self, facts: Facts, bags: Bags, vocabulary: Vocabulary) -> None:
        self.facts = facts
        self._name = _IdfRows(bags, vocabulary, details=False)
        self._all = _IdfRows(bags, vocabulary, details=True)

    def columns(self, pairs: PairRows) -> Columns:
        """All features of the pairs, float32 `[m]` each; about 50 microseconds a pair."""
        parts = []
        with progress("Comparing pairs", len(pairs)) as advance:
            for start in range(0, max(len(pairs), 1), _CHUNK):
                part = pairs.take(slice(start, start + _CHUNK))
                parts.append(self._chunk(part))
                advance(len(part))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _chunk(self, pairs: PairRows) -> Columns:
        facts = self.facts
        left, right = facts.place[pairs.left], facts.place[pairs.right]
        columns: dict[str, Any] = {}
        columns.update(_strings(facts, left, right))
        columns.update(self._overlaps(pairs))
        columns.update(_code_columns(facts, left, right))
        columns.update(_number_columns(facts, left, right))
        columns.update(_attribute_columns(facts, left, right))
        columns.update(facts.details.columns(left, right))
        return {name: np.asarray(column, np.float32) for name, column in columns.items()}

    def _overlaps(self, pairs: PairRows) -> Columns:
        """IDF-weighted overlap of the words of the names, and of the names with everything said."""
        name, everything = self._name, self._all
        shared, shared_max = name.shared(pairs.left, name, pairs.right)
        both = name.total[pairs.left] + name.total[pairs.right] - shared
        columns = {
            "words shared": shared,
            "words shared share": shared / np.maximum(both, 1e-6),
            "words shared best": shared_max,
            "left words": name.size[pairs.left],
            "right words": name.size[pairs.right],
        }
        for side, one, other in (("left", pairs.left, pairs.right), ("right", pairs.right, pairs.left)):
            total = np.maximum(name.total[one], 1e-6)
            columns[f"{side} words found"] = shared / total
            columns[f"{side} words not found"] = name.total[one] - shared
            columns[f"{side} best word not found"] = name.missing(one, name, other)
            found = name.shared(one, everything, other)[0]
            columns[f"{side} words found anywhere"] = found / total
            columns[f"{side} best word not found anywhere"] = name.missing(one, everything, other)
        shared, shared_max = everything.shared(pairs.left, everything, pairs.right)
        both = everything.total[pairs.left] + everything.total[pairs.right] - shared
        columns["all words shared share"] = shared / np.maximum(both, 1e-6)
        columns["all words shared best"] = shared_max
        return columns


class _IdfRows:
    """Listings as rows of their words' IDF `[n, V]`; words seen nowhere else count in what is not found."""

    def __init__(self, bags: Bags, vocabulary: Vocabulary, *, details: bool) -> None:
        wanted = np.isin(vocabulary.kinds[bags.token], np.array(_WORDS, np.int8))
        wanted &= details | ~bags.detail
        idf = np.where(wanted, vocabulary.idf[bags.token], 0).astype(np.float32)
        known = wanted & (bags.token < len(vocabulary))
        indptr = np.concatenate([[0], np.cumsum(known)])[bags.offsets]
        self._weights = sp.csr_matrix(
            (idf[known], bags.token[known], indptr), shape=(bags.n, len(vocabulary))
        )
        self._marks = self._weights.copy()
        self._marks.data[:] = 1
        self.total = _sums(idf, bags.offsets)
        self.size = _sums(wanted.astype(np.float32), bags.offsets)
        self._alone = np.zeros(bags.n, np.float32)
        unknown = wanted & ~known
        np.maximum.at(self._alone, bags.rows()[unknown], idf[unknown])

    def shared(
        self, one: Int64, other: _IdfRows, others: Int64
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """The summed and the greatest IDF of the words of `one` that `others` have too."""
        both = self._weights[one].multiply(other._marks[others]).tocsr()
        return np.asarray(both.sum(axis=1)).ravel(), _row_maxima(both)

    def missing(self, one: Int64, other: _IdfRows, others: Int64) -> npt.NDArray[np.float32]:
        """The greatest IDF of the words of `one` that `others` lack."""
        mine = self._weights[one]
        lacking = mine - mine.multiply(other._marks[others])
        return np.maximum(_row_maxima(lacking.tocsr()), self._alone[one])


def _sums(values: npt.NDArray[np.float32], offsets: Int64) -> npt.NDArray[np.float32]:
    running = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return np.asarray(running[offsets[1:]] - running[offsets[:-1]], np.float32)


def _row_maxima(matrix: Any) -> npt.NDArray[np.float32]:
    if not matrix.shape[1]:  # no two listings have a word in common
        return np.zeros(matrix.shape[0], np.float32)
    return np.asarray(matrix.max(axis=1).toarray()).ravel().astype(np.float32)


def _strings(facts: Facts, left: Int64, right: Int64) -> dict[str, Any]:
    names = [facts.names[i] for i in left], [facts.names[j] for j in right]
    bare = [facts.squashed_names[i] for i in left], [facts.squashed_names[j] for j in right]
    scores = {
        name: process.cpdist(*names, scorer=scorer, workers=1) for name, scorer in _STRING_SCORERS.items()
    }
    # Without spaces "print master" and "printmaster" are one word.
    scores["name squashed ratio"] = process.cpdist(*bare, scorer=fuzz.ratio, workers=1)
    scores["name squashed partial ratio"] = process.cpdist(*bare, scorer=fuzz.partial_ratio, workers=1)
    return scores


def _code_columns(facts: Facts, left: Int64, right: Int64) -> dict[str, Any]:
    rows = [_compare_codes(facts, i, j) for i, j in zip(left.tolist(), right.tolist(), strict=True)]
    names = (
        "rarest code shared",
        "rarest code shared anywhere",
        "left code inside",
        "right code inside",
        "left code inside anywhere",
        "right code inside anywhere",
        "left code missing",
        "right code missing",
        "codes alike",
        "codes start alike",
    )
    return _named(names, rows)


def _named(names: tuple[str, ...], rows: list[tuple[float, ...]]) -> dict[str, Any]:
    """The columns of a table of one row a pair."""
    return dict(zip(names, np.array(rows, np.float32).reshape(-1, len(names)).T, strict=True))


def _compare_codes(facts: Facts, i: int, j: int) -> tuple[float, ...]:
    one, other = facts.codes[i], facts.codes[j]
    anywhere = _rarest(facts, facts.all_codes[i] & facts.all_codes[j])
    if not one and not other:
        return (0, anywhere, 0, 0, 0, 0, 0, 0, np.nan, np.nan)
    one_all, other_all = facts.squashed[i], facts.squashed[j]
    return (
        _rarest(facts, one & other),
        anywhere,
        _longest(code for code in one if code in facts.squashed_names[j]),
        _longest(code for code in other if code in facts.squashed_names[i]),
        _longest(code for code in one if code in other_all),
        _longest(code for code in other if code in one_all),
        _rarest(facts, (code for code in one if code not in other_all)),
        _rarest(facts, (code for code in other if code not in one_all)),
        *_closest(one, other),
    )


def _rarest(facts: Facts, codes: Iterable[str]) -> float:
    """The IDF of the rarest code: a screen's 1080p tells less than a model's name."""
    return max((facts.code_idf[code] for code in codes), default=0.0)


def _longest(codes: Iterable[str]) -> float:
    return max(map(len, codes), default=0)


def _closest(one: frozenset[str], other: frozenset[str]) -> tuple[float, float]:
    """How alike the two most similar codes are, and which share of the shorter one they begin with alike."""
    alike = start = -1.0
    for a in one:
        for b in other:
            if len(a) >= 4 and len(b) >= 4:
                alike = max(alike, distance.JaroWinkler.similarity(a, b))
                start = max(start, distance.Prefix.similarity(a, b) / min(len(a), len(b)))
    return (alike, start) if alike >= 0 else (np.nan, np.nan)


def _number_columns(facts: Facts, left: Int64, right: Int64) -> dict[str, Any]:
    rows = [_compare_numbers(facts, i, j) for i, j in zip(left.tolist(), right.tolist(), strict=True)]
    names = (
        "numbers shared share",
        "left numbers missing",
        "right numbers missing",
        "left numbers missing anywhere",
        "right numbers missing anywhere",
        "measures agreeing",
        "measures differing",
    )
    return _named(names, rows)


def _compare_numbers(facts: Facts, i: int, j: int) -> tuple[float, ...]:
    one, other = facts.numbers[i], facts.numbers[j]
    either = len(one | other)
    agreeing, differing = compare_measures(facts.measures[i], facts.measures[j])
    return (
        len(one & other) / either if either else np.nan,
        len(one - other),
        len(other - one),
        len(one - facts.all_numbers[j]),
        len(other - facts.all_numbers[i]),
        len(agreeing),
        len(differing),
    )


def compare_measures(
    one: frozenset[tuple[str, float]], other: frozenset[tuple[str, float]]
) -> tuple[list[str], list[str]]:
    """The units in which two listings agree on some value, and those in which they agree on none.

    Values within 1 % are one value, since shops round.
    """
    agreeing: list[str] = []
    differing: list[str] = []
    for unit in sorted({unit for unit, _ in one} & {unit for unit, _ in other}):
        mine = [value for named, value in one if named == unit]
        theirs = [value for named, value in other if named == unit]
        close = any(abs(a - b) <= 0.01 * max(abs(a), abs(b)) for a in mine for b in theirs)
        (agreeing if close else differing).append(unit)
    return agreeing, differing


def _attribute_columns(facts: Facts, left: Int64, right: Int64) -> dict[str, Any]:
    def alike(texts: list[str], scorer: Callable[..., float]) -> npt.NDArray[np.float32]:
        one, other = [texts[i] for i in left], [texts[j] for j in right]
        scores = process.cpdist(one, other, scorer=scorer, workers=1).astype(np.float32)
        scores[[not a or not b for a, b in zip(one, other, strict=True)]] = np.nan
        return scores

    ratio = price_ratio(facts, left, right)
    return {
        "brand": alike(facts.brands, fuzz.partial_ratio),
        "category": alike(facts.types, fuzz.token_set_ratio),
        "color": alike(facts.colors, fuzz.token_set_ratio),
        "size": alike(facts.sizes, fuzz.ratio),
        "gtin": same_or_not(facts.gtins, left, right),
        "mpn": same_or_not(facts.mpns, left, right),
        "price ratio": ratio,
        "price distance": np.abs(ratio),
    }


def price_ratio(facts: Facts, left: Int64, right: Int64) -> npt.NDArray[np.float64]:
    """log(left price / right price), NaN where either is missing, not above 0, or in another currency."""
    one, other = facts.prices[left], facts.prices[right]
    paid, asked = facts.currencies[left], facts.currencies[right]
    sound = (one > 0) & (other > 0) & ((paid == asked) | (paid == "") | (asked == ""))
    return np.log(np.where(sound, one, np.nan)) - np.log(np.where(sound, other, np.nan))


def same_or_not(texts: list[str], left: Int64, right: Int64) -> npt.NDArray[np.float32]:
    """1 where two texts are equal, 0 where they differ, NaN where one is empty."""
    pairs = ((texts[i], texts[j]) for i, j in zip(left.tolist(), right.tolist(), strict=True))
    return np.array([float(a == b) if a and b else np.nan for a, b in pairs], np.float32)
