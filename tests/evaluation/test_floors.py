from dataclasses import replace
from math import log
from pathlib import Path

import numpy as np
import pytest

from shelfspace.evaluation.floors import block_floors, bm25_rows, jaccard, match_floors, tfidf_rows
from shelfspace.evaluation.folders import read_pair_folder
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.labelled import LabelledPairs

TEXTS = ["red acme saw saw", "acme saw", "blue drill", "acme acme saw", "nothing alike", ""]
ALL = PairRows(*(grid.ravel() for grid in np.meshgrid(np.arange(6), np.arange(6), indexing="ij")))


def bm25_by_loop(query: list[str], item: list[str], texts: list[list[str]]) -> float:
    mean = sum(map(len, texts)) / len(texts)
    score = 0.0
    for word in query:
        df = sum(word in text for text in texts)
        idf = log(1 + (len(texts) - df + 0.5) / (df + 0.5))
        tf = item.count(word)
        score += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * len(item) / mean))
    return score


def test_bm25_is_the_loops_over_the_querys_own() -> None:
    texts = [text.split() for text in TEXTS]
    own = [bm25_by_loop(text, text, texts) or 1 for text in texts]
    expected = [
        bm25_by_loop(texts[i], texts[j], texts) / own[i] for i, j in zip(ALL.left, ALL.right, strict=True)
    ]
    np.testing.assert_allclose(bm25_rows(TEXTS).scores(ALL), expected, rtol=1e-5, atol=1e-6)


def test_jaccard_is_the_share_of_common_words() -> None:
    from shelfspace.evaluation.floors import _word_counts

    words = [set(text.split()) for text in TEXTS]
    pairs = zip(ALL.left, ALL.right, strict=True)
    expected = [len(words[i] & words[j]) / max(len(words[i] | words[j]), 1) for i, j in pairs]
    np.testing.assert_allclose(jaccard(_word_counts(TEXTS, binary=True), ALL), expected, rtol=1e-6)


def test_tfidf_scores_are_cosines() -> None:
    scores = tfidf_rows(TEXTS).scores(ALL).reshape(6, 6)
    np.testing.assert_allclose(np.diag(scores)[:5], 1, rtol=1e-5)
    assert scores[5].max() == 0
    assert scores[0, 1] > scores[0, 2]


def test_every_floor_gives_figures_and_the_margin_helps(tables: Path) -> None:
    floors = match_floors(read_pair_folder(tables))
    assert list(floors) == ["tfidf", "tfidf_margin", "jaccard", "bm25"]
    assert all(set(figures) == {"precision", "recall", "f1"} for figures in floors.values())
    assert all(0.3 < figures["f1"] <= 1 for figures in floors.values())


def test_test_labels_change_no_decision(tables: Path) -> None:
    folder = read_pair_folder(tables)
    turned = LabelledPairs(folder.test.pairs, 1 - folder.test.labels)
    straight, other = match_floors(folder), match_floors(replace(folder, test=turned))
    for name, figures in straight.items():
        # The same pairs are chosen, whatever their labels: what was precise is now what is not.
        assert other[name]["precision"] == pytest.approx(1 - figures["precision"])


def test_blocking_floors_climb_with_depth_and_meet_most_matches(tables: Path) -> None:
    for figures in block_floors(read_pair_folder(tables)).values():
        assert list(figures) == ["recall@1", "recall@5", "recall@10", "recall@20"]
        assert sorted(figures.values()) == list(figures.values())
        assert figures["recall@20"] > 0.6


def test_an_offer_of_a_pool_does_not_find_itself(offers: Path) -> None:
    assert block_floors(read_pair_folder(offers))["tfidf"]["recall@1"] > 0.5
