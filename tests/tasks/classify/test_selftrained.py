import numpy as np

from shelfspace.tasks.classify.ridge import fit_ridge
from shelfspace.tasks.classify.selftrained import (
    adjusted,
    fit_selftrained,
    frequencies,
    label_frequencies,
    plain,
)


def test_unlabelled_things_teach_words_that_no_label_has(few_titles, read_titles):
    _, lesson = few_titles
    truth = read_titles[1].labels
    ridge = fit_ridge(lesson)
    taught = fit_selftrained(lesson, ridge)
    before = (ridge.scores(lesson.things).argmax(axis=1) == truth)[12:].mean()
    after = (taught.scores(lesson.things).argmax(axis=1) == truth)[12:].mean()
    assert after > before


def test_frequencies_move_towards_the_truth():
    rng = np.random.default_rng(0)
    truth = rng.random(4000) < 0.9
    told = np.where(rng.random(4000) < 0.8, truth, ~truth)
    guesses = np.where(told[:, None], [0.2, 0.8], [0.8, 0.2]).astype(np.float32)
    even = np.array([0.5, 0.5], np.float32)
    found = frequencies(guesses, even)
    assert 0.65 < found[1] < 0.9
    np.testing.assert_array_equal(frequencies(guesses[:0], even), even)


def test_adjusting_there_and_back():
    told = np.array([[0.3, 0.7], [1.0, 0.0]], np.float32)
    even, other = np.array([0.5, 0.5], np.float32), np.array([0.9, 0.1], np.float32)
    there = adjusted(told, even, other)
    np.testing.assert_allclose(there.sum(axis=1), 1)
    assert there[0, 0] > 0.7
    np.testing.assert_allclose(adjusted(there, other, even), told, atol=1e-6)


def test_the_surer_half_of_each_class_is_believed():
    sure = np.array([[0.9, 0.1], [0.6, 0.4], [0.8, 0.2], [0.7, 0.3], [0.45, 0.55]], np.float32)
    assert plain(sure).tolist() == [0, 2, 4]
    assert len(plain(sure[:0])) == 0


def test_no_class_is_impossible(few_titles):
    _, lesson = few_titles
    found = label_frequencies(lesson.without(np.arange(4)))
    assert found.min() > 0
    np.testing.assert_allclose(found.sum(), 1, rtol=1e-6)
