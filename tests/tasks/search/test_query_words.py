import numpy as np
import pytest

from shelfspace.tasks.search.judged import Judged
from shelfspace.tasks.search.query_words import QueryWords


def test_words_mean_what_was_chosen_with_them(shelf, shelf_space, lessons):
    train, _ = lessons
    words = QueryWords.learn(train, shelf_space.vectors)
    held = np.arange(600, 1000)
    fits = words.fits("red", shelf_space.vectors[held])
    red = np.array(shelf["colour"].to_list())[held] == "red"
    assert (fits <= 0).all()
    assert np.quantile(fits[red], 0.1) > np.quantile(fits[~red], 0.9)
    toward = shelf_space.vectors[held] @ words.direction("red")
    assert toward[red].mean() > toward[~red].mean()


def test_unknown_words_say_nothing(shelf_space, lessons):
    words = QueryWords.learn(lessons[0], shelf_space.vectors)
    assert not words.fits("zeppelin", shelf_space.vectors[:5]).any()
    assert not words.direction("zeppelin").any()
    none = QueryWords.none()
    assert len(none) == 0
    assert none.fits("red", shelf_space.vectors[:3]).tolist() == [0, 0, 0]
    assert not none.direction("red").any()


def test_a_word_needs_five_products(shelf_space):
    few = Judged.of(["rare"], [np.arange(4)])
    assert len(QueryWords.learn(few, shelf_space.vectors)) == 0
    assert len(QueryWords.learn(Judged.of(["rare"], [np.arange(5)]), shelf_space.vectors)) == 1


def test_nothing_judged_teaches_nothing(shelf_space):
    assert len(QueryWords.learn(Judged.of([], []), shelf_space.vectors)) == 0
    assert len(QueryWords.learn(Judged.of(["x"], [np.zeros(0, np.int64)]), shelf_space.vectors)) == 0


def test_words_come_back_as_they_were(shelf_space, lessons):
    words = QueryWords.learn(lessons[0], shelf_space.vectors)
    again = QueryWords.from_bytes(words.to_bytes())
    assert np.array_equal(
        again.fits("red lamp", shelf_space.vectors), words.fits("red lamp", shelf_space.vectors)
    )
    with pytest.raises(ValueError):
        QueryWords.from_bytes(b"nothing of the kind")
