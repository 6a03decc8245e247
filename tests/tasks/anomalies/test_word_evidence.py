from __future__ import annotations

import numpy as np
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.tasks.anomalies.word_evidence import WordEvidence, Words

NAMES = ["Lamps", "Sofas"]


def words_of(titles: list[str | None]) -> Words:
    ids = [str(i) for i in range(len(titles))]
    table = pl.DataFrame({"shop": ["s"] * len(ids), "id": ids, "title": pl.Series(titles, dtype=pl.String)})
    return Words.of_catalog(Catalog.from_table(table))


def shelf() -> tuple[Words, np.ndarray]:
    kinds = np.arange(40) % 2
    return words_of([f"{('bright light', 'soft seat')[kind]} no {i}" for i, kind in enumerate(kinds)]), kinds


def test_words_speak_for_the_value_they_go_with():
    words, codes = shelf()
    evidence = WordEvidence.learn(words, codes, NAMES)
    verdicts = evidence.verdicts()
    assert (verdicts.best == codes).all() and (verdicts.margins < 0).all()
    assert evidence.accuracy() == 1
    assert np.array_equal(verdicts.other, 1 - codes)


def test_a_listing_does_not_vouch_for_itself():
    words, codes = shelf()
    codes[4] = 1
    verdicts = WordEvidence(words, codes, NAMES, 3.0).verdicts()
    assert verdicts.margins[4] > 0 and verdicts.other[4] == 0
    alone = words_of(["quite another thing", *["bright light"] * 20, *["soft seat"] * 20])
    own = WordEvidence(alone, np.array([0, *[0] * 20, *[1] * 20]), NAMES, 3.0).scores(np.array([0]))
    other = WordEvidence(alone, np.array([1, *[0] * 20, *[1] * 20]), NAMES, 3.0).scores(np.array([0]))
    assert own[0, 0] == np.float32(other[0, 1]) or abs(own[0, 0] - other[0, 1]) < 1e-4


def test_a_value_is_known_by_its_own_name():
    words = words_of(["lamps so", "sofas so", *["thing"] * 10])
    codes = np.array([-1, -1, *([0] * 5 + [1] * 5)])
    assert WordEvidence(words, codes, NAMES, 3.0).verdicts().best[:2].tolist() == [0, 1]


def test_listings_without_words_are_not_judged():
    words = words_of([None, "bright light", "soft seat"])
    verdicts = WordEvidence(words, np.array([0, 0, 1]), NAMES, 3.0).verdicts()
    assert verdicts.best[0] == -1 and verdicts.margins[0] == -np.inf
