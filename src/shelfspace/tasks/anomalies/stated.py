"""Stated attributes that the listing's own words speak against, and missing ones that they give away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.tokens import Int64, normalise, tokenize
from shelfspace.tasks.anomalies.judged import judged
from shelfspace.tasks.anomalies.name_evidence import NameEvidence
from shelfspace.tasks.anomalies.suspicion import Suspicion
from shelfspace.tasks.anomalies.word_evidence import Verdicts, WordEvidence, Words

#: What is compared with the words; of a category the column that is filled more often.
ATTRIBUTES = ("category", "brand", "color")
_CATEGORIES = ("product_type", "google_product_category")
_FEWEST_LISTINGS = 50  # of a shop with an attribute, below which it is not judged
_USUAL = 0.5  # of a shop's listings: an attribute that fewer have is not missed
_LIKELY = 0.5
_MARK = 0.25  # of listings made wrong: right ones hardly ever look as strange as three quarters of them
_FEWEST = {"category": 5, "brand": 2, "color": 2}  # listings of a value, below which it is not known
#: What follows a maker's name and is left out of it.
_LEGAL = frozenset(
    [
        "inc",
        "ltd",
        "llc",
        "co",
        "corp",
        "gmbh",
        "ag",
        "sa",
        "sas",
        "srl",
        "spa",
        "bv",
        "plc",
        "kg",
        "oy",
        "ab",
        "有限公司",
        "公司",
        "株式会社",
    ]
)
_MOST_VALUES = 1_000
_SHOWN = 3
_WORD = re.compile(r"[^\W_]+")


def stated_suspicions(catalog: Catalog, *, false_alarms: float, seed: int = 0) -> Iterator[Suspicion]:
    """Wrong and missing categories, brands and colours, each shop's judged among its own.

    A shop has its own names for things, so each is held against what it says elsewhere itself. A value is
    called wrong where the words speak more for another one than they do in right listings, but for the share
    `false_alarms`; how wrong ones look is learned from listings that are given another's value. A value is
    called missing where the shop usually states it, and the words are so sure of one that of stated values
    this share at most would be taken for another.
    """
    words = Words.of_catalog(catalog)
    for attribute in ATTRIBUTES:
        column = _column(catalog, attribute)
        checks = [_Check.of(catalog, words, attribute, rows) for rows in _shops(catalog)]
        known = [check for check in checks if check is not None]
        suspected = list(_wrong(known, attribute, column, false_alarms, seed))
        yield from suspected
        rows = {one.row for one in suspected}
        for check in known:
            yield from check.missing(attribute, column, false_alarms, rows)


class _Check:
    """What the words of one shop's listings, at `rows`, say of one attribute."""

    def __init__(self, attribute: str, rows: Int64, said: pl.Series, texts: pl.Series, words: Words) -> None:
        keys = {text: key_of(text) if attribute != "category" else text for text in said.unique()}
        key = said.replace_strict(keys, return_dtype=pl.String)
        counts = (
            key.filter(key != "").value_counts(sort=True, name="n").filter(pl.col("n") >= _FEWEST[attribute])
        )
        names = counts[key.name].head(_MOST_VALUES).sort().to_list()
        places = {name: place for place, name in enumerate(names)}
        codes = np.array([places.get(each, -1) for each in key], np.int64)
        self.rows, self.texts, self.codes, self.names, self.said = rows, texts, codes, names, said
        self.blank = (said == "").to_numpy()  # stated too rarely to be known is not missing
        self._words = words
        self._learn: Callable[[Words, Int64, list[str]], WordEvidence | NameEvidence]
        self._learn = WordEvidence.learn if attribute == "category" else NameEvidence

    @classmethod
    def of(cls, catalog: Catalog, words: Words, attribute: str, rows: Int64) -> _Check | None:
        """The check, None where the shop has too few listings with a value, or fewer than two values."""
        said = catalog.table[_column(catalog, attribute)][rows].str.strip_chars().fill_null("")
        if (said != "").sum() < _FEWEST_LISTINGS:
            return None
        own = Words(words.matrix[rows], words.hashes)
        check = cls(attribute, rows, said, catalog.table["title"][rows], own)
        return check if len(check.names) > 1 and own.matrix.nnz else None

    @cached_property
    def evidence(self) -> WordEvidence | NameEvidence:
        """What the listings teach."""
        return self._learn(self._words, self.codes, self.names)

    @cached_property
    def verdicts(self) -> Verdicts:
        """What the evidence says of each listing."""
        return self.evidence.verdicts()

    @cached_property
    def written(self) -> list[str]:
        """How each value is mostly written."""
        table = pl.DataFrame({"code": self.codes, "said": self.said}).filter(pl.col("code") >= 0)
        often = table.group_by("code").agg(pl.col("said").mode().sort().first()).sort("code")
        return often["said"].to_list()

    def margins(self) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """How far the words speak for another value, of the listings whose value is known."""
        return self.verdicts.margins[self.codes >= 0]

    def made_wrong(self, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """The same of up to 2,000 listings that are given the value of another listing."""
        codes = self.codes
        stated = np.flatnonzero(codes >= 0)
        picked = rng.choice(stated, min(len(stated), 2_000), replace=False)
        given = codes[rng.choice(stated, len(picked))]
        picked, given = picked[given != codes[picked]], given[given != codes[picked]]
        if not len(picked):
            return np.zeros(0, np.float32)
        scores = self.evidence.scores(picked)
        n = np.arange(len(picked))
        of_given = scores[n, given].copy()
        scores[n, given] = -np.inf
        return np.asarray(scores.max(axis=1) - of_given, np.float32)

    def because(self, place: int, value: int) -> str:
        """The words of a listing that speak most for a value."""
        told = ", ".join(f"“{word}”" for word in self._telling(place, value))
        return f"its title has {told}" if told else "its description"

    def _telling(self, place: int, value: int) -> list[str]:
        said = list(dict.fromkeys(_WORD.findall(normalise(self.texts[place] or ""))))
        tokens = tokenize(said, grams=False)
        known = self.evidence.words.hashes
        columns = np.minimum(np.searchsorted(known, tokens.hash), len(known) - 1)
        gains = np.where(known[columns] == tokens.hash, self.evidence.gains_of(value)[columns], 0)
        best = np.argsort(-gains, kind="stable")
        return list(dict.fromkeys(said[tokens.text[k]] for k in best if gains[k] > 0))[:_SHOWN]

    def missing(
        self, attribute: str, column: str, false_alarms: float, suspected: set[int]
    ) -> Iterator[Suspicion]:
        """The listings that lack the attribute and give it away; `suspected` rows are no example of it."""
        verdicts, codes = self.verdicts, self.codes
        blank = np.flatnonzero(self.blank)
        if not len(blank) or len(blank) > (1 - _USUAL) * len(codes):
            return
        with np.errstate(invalid="ignore"):
            lead = np.nan_to_num(verdicts.best_score - verdicts.second_score, nan=0.0)
        stated = (codes >= 0) & ~np.isin(self.rows, list(suspected))
        right = verdicts.best[stated] == codes[stated]
        order = np.argsort(-lead[stated], kind="stable")
        n = np.arange(1, len(order) + 1)
        mistaken = (np.cumsum(~right[order]) + 1) / (n + 1)
        # At this lead or a greater one.
        error = np.minimum.accumulate(mistaken[::-1])[::-1]
        leads = lead[stated][order]
        for place in blank:
            as_sure = int(np.searchsorted(-leads, -lead[place], side="right"))
            p_value = float(error[as_sure - 1]) if as_sure else float(error[0])
            if p_value > false_alarms or verdicts.best[place] < 0:
                continue
            best = int(verdicts.best[place])
            told = self.because(int(place), best)
            why = f"{told}: of listings as clear, {1 - p_value:.1%} state what they say"
            row = int(self.rows[place])
            yield Suspicion(row, f"missing {attribute}", why, column, None, self.written[best], p_value)


def _wrong(
    checks: list[_Check], attribute: str, column: str, false_alarms: float, seed: int
) -> Iterator[Suspicion]:
    if not checks:
        return
    rng = np.random.default_rng(seed)
    found = np.concatenate([check.margins() for check in checks])
    made_wrong = np.concatenate([check.made_wrong(rng) for check in checks])
    p_values, chances = judged(found, made_wrong, mark=_MARK)
    flagged = (p_values <= false_alarms) & (chances >= _LIKELY) & (found > 0)
    start = 0
    for check in checks:
        stated = np.flatnonzero(check.codes >= 0)
        for k in np.flatnonzero(flagged[start : start + len(stated)]):
            place = int(stated[k])
            own, other = int(check.codes[place]), int(check.verdicts.other[place])
            value, better = check.said[place], check.written[other]
            if own == other or _one_in_the_other(value, better):
                continue
            why = f"{check.because(place, other)}: this speaks for {better}, not for {value}"
            p_value = float(p_values[start + k])
            yield Suspicion(int(check.rows[place]), f"wrong {attribute}", why, column, value, better, p_value)
        start += len(stated)


def _one_in_the_other(one: str, other: str) -> bool:
    """Whether the words of one value stand in the other: "Bose" and "Bose GmbH" are no contradiction."""
    left, right = (set(_WORD.findall(normalise(text))) for text in (one, other))
    return left <= right or right <= left


def key_of(name: str) -> str:
    """A maker's or colour's name as it is compared: normalised, and without what says how a firm is owned.

    >>> key_of("Zobokles GmbH")
    'zobokles'
    """
    words = _WORD.findall(normalise(name))
    return " ".join([word for word in words if word not in _LEGAL] or words)


def _column(catalog: Catalog, attribute: str) -> str:
    if attribute != "category":
        return attribute
    return max(_CATEGORIES, key=lambda column: catalog.table[column].count())


def _shops(catalog: Catalog) -> list[Int64]:
    return [catalog.rows_of_shop(shop) for shop in catalog.shops]
