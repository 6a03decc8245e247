import numpy as np
import pytest

from shelfspace.encoders.listing import Listings
from shelfspace.tasks.classify.things import DIRECTIONS, Lesson, Reading, unit_rows


def test_words_and_directions_are_unit_rows(read_titles):
    reading, lesson = read_titles
    things = lesson.things
    lengths = np.sqrt(things.words.multiply(things.words).sum(axis=1))
    assert lengths.max() <= 1 + 1e-5  # shorter where a token occurs nowhere else
    assert lengths.min() > 0.4
    np.testing.assert_allclose(np.linalg.norm(things.parts[DIRECTIONS], axis=1), 1, atol=1e-4)
    again = reading.read(Listings.of_texts(["lampword1 maker3", "", "neverseenbefore"]))
    assert len(again) == 3
    assert again.words[1].nnz == 0
    assert np.all(again.parts[DIRECTIONS][1] == 0)
    part = things.take(np.array([5, 2]))
    assert len(part) == part.bags.n == 2
    assert (part.words[1] != things.words[2]).nnz == 0


def test_what_goes_together_lies_together(read_titles):
    _, lesson = read_titles
    rows = lesson.things.parts[DIRECTIONS]
    cosines = rows @ rows.T
    same = lesson.labels[:, None] == lesson.labels[None, :]
    assert cosines[same].mean() > cosines[~same].mean() + 0.05


@pytest.mark.parametrize("texts", [[], ["one"], ["same", "same"], [""]])
def test_degenerate_titles_are_read(texts):
    reading, things = Reading.of(Listings.of_texts(texts))
    assert len(things) == len(texts)
    assert len(reading.read(Listings.of_texts(["same"]))) == 1


def test_names_are_examples_of_their_classes(read_titles):
    reading, lesson = read_titles
    names = reading.read(Listings.of_texts(["lampword1", "unheard", "kettleword2", ""])).words
    few = Lesson(lesson.things, np.where(np.arange(400) < 3, lesson.labels, -1), 4, names)
    words, labels = few.examples()
    assert words.shape[0] == len(labels)
    assert labels[:3].tolist() == lesson.labels[:3].tolist()
    assert {0, 2} <= set(labels[3:].tolist())
    assert 3 not in labels[3:]
    assert few.known().tolist() == [0, 1, 2]
    assert few.without(np.array([1])).known().tolist() == [0, 2]


def test_rows_of_nothing_stay():
    rows = unit_rows(np.array([[3, 4], [0, 0]], np.float32))
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0, 0]])
