from __future__ import annotations

import numpy as np
import pytest

from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.reader import BAND, READING, Reader
from shelfspace.tasks.match.trees import TreeScorer


class Judge:
    """Says how much longer the left text is, and remembers what it was asked."""

    def __init__(self, more=0.0):
        self.more, self.asked = more, []

    def log_odds(self, left, right):
        self.asked += zip(left, right, strict=True)
        found = [len(one) - len(other) + self.more for one, other in zip(left, right, strict=True)]
        return np.array(found, np.float32)

    def to_bytes(self):
        return b""


class Trees:
    """Log-odds that stand in a column."""

    def log_odds(self, columns):
        return columns["odds"].astype(np.float64)


TEXTS = ["a", "bb", "ccc", "dddd"]


@pytest.fixture
def pairs():
    return PairRows(np.array([0, 0, 1, 3]), np.array([2, 3, 2, 2]))


def test_only_open_pairs_are_read(pairs):
    judge = Judge()
    reader = Reader(Trees(), (judge,), TEXTS)
    odds = np.array([0.0, BAND + 0.1, -BAND + 0.1, -9.0], np.float32)
    column = reader.column(pairs, {"odds": odds})
    assert judge.asked == [("a", "ccc"), ("bb", "ccc")]
    np.testing.assert_array_equal(column, np.array([-2, np.nan, -1, np.nan], np.float32))


def test_what_was_read_is_remembered(pairs):
    judge = Judge()
    reader = Reader(Trees(), (judge,), TEXTS)
    columns = {"odds": np.zeros(4, np.float32)}
    first = reader.column(pairs, columns)
    again = reader.column(pairs.take(np.array([3, 0])), {"odds": np.zeros(2, np.float32)})
    assert len(judge.asked) == 4
    np.testing.assert_array_equal(again, first[[3, 0]])


def test_judges_are_averaged(pairs):
    reader = Reader(Trees(), (Judge(), Judge(3.0)), TEXTS)
    column = reader.column(pairs, {"odds": np.zeros(4, np.float32)})
    np.testing.assert_allclose(column, [-0.5, -1.5, 0.5, 2.5])


def test_no_pairs_are_no_reading():
    nothing = PairRows(np.empty(0, np.int64), np.empty(0, np.int64))
    judge = Judge()
    assert Reader(Trees(), (judge,), TEXTS).column(nothing, {"odds": np.zeros(0, np.float32)}).shape == (0,)
    assert not judge.asked


def test_a_desk_with_a_reader_has_its_column_in_every_context(desk, labelled):
    few = labelled.take(np.arange(0, len(labelled.labels), 7))
    columns = desk.columns(few.pairs, "pair", labelled.matches)
    trees = TreeScorer.fit(columns, few.labels, seed=0, bag=1, rounds=30)
    judge = Judge()
    read = desk.with_reader(Reader(trees, (judge,), desk.listings.names))
    for context in ("pair", "table", "known"):
        found = read.columns(few.pairs, context, labelled.matches)[READING]
        open_ = np.abs(trees.log_odds(columns)) < BAND
        np.testing.assert_array_equal(np.isnan(found), ~open_)
    assert len(judge.asked) == open_.sum() > 0
    assert READING not in desk.columns(few.pairs, "pair", labelled.matches)
