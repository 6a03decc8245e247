import numpy as np
import pytest

from shelfspace.encoders.listing import Listings
from shelfspace.tasks.classify import mixture
from shelfspace.tasks.classify.mixture import learn_mixture, stratified
from shelfspace.tasks.classify.things import Lesson, Reading


def test_few_labels_and_their_shares(few_titles, read_titles):
    reading, lesson = few_titles
    truth = read_titles[1].labels
    classifier = learn_mixture(lesson, reading.encoder)
    told = classifier.probabilities(lesson.things)
    np.testing.assert_allclose(told.sum(axis=1), 1, atol=1e-4)
    assert (told.argmax(axis=1) == truth)[12:].mean() > 0.8
    assert sum(classifier.shares.values()) == pytest.approx(1)
    assert "self-trained" in classifier.shares


def test_a_fast_mixture_trains_no_encoder(few_titles, read_titles):
    reading, lesson = few_titles
    classifier = learn_mixture(lesson, reading.encoder, finetuned=False)
    assert set(classifier.shares) == {"closed form", "self-trained", "linear"}
    told = classifier.probabilities(lesson.things).argmax(axis=1)
    assert (told == read_titles[1].labels)[12:].mean() > 0.8


def test_validation_rows_teach_nothing(read_titles):
    reading, lesson = read_titles
    valid = np.arange(300, 400)
    wrong = Lesson(lesson.things, np.where(np.arange(400) >= 300, 0, lesson.labels), 4)
    models = [learn_mixture(each, reading.encoder, valid) for each in (lesson, wrong)]
    one, other = (each.parts["linear"].scorer.scores(lesson.things) for each in models)
    np.testing.assert_array_equal(one, other)
    told = models[0].probabilities(lesson.things)
    assert (told.argmax(axis=1) == lesson.labels)[300:].mean() > 0.95


def test_of_many_labels_a_tenth_is_held_back(read_titles, monkeypatch):
    monkeypatch.setattr(mixture, "FEW", 100)
    reading, lesson = read_titles
    told = learn_mixture(lesson, reading.encoder).probabilities(lesson.things)
    assert (told.argmax(axis=1) == lesson.labels).mean() > 0.95


@pytest.mark.parametrize("n", [1, 2])
def test_one_label_or_two(read_titles, n):
    reading, lesson = read_titles
    few = Lesson(lesson.things, np.where(np.arange(400) < n, lesson.labels, -1), 4)
    told = learn_mixture(few, reading.encoder).probabilities(lesson.things)
    assert np.isfinite(told).all()


def test_things_that_are_all_the_same():
    reading, things = Reading.of(Listings.of_texts(["same thing"] * 8))
    told = learn_mixture(Lesson(things, np.array([0, 1] * 4), 2), reading.encoder).probabilities(things)
    np.testing.assert_allclose(told, 0.5, atol=0.2)


def test_each_class_is_dealt_evenly():
    labels = np.array([0] * 10 + [1] * 5)
    folds = stratified(labels, np.arange(15), 5, 0)
    assert sorted(np.concatenate(folds).tolist()) == list(range(15))
    assert [np.bincount(labels[fold]).tolist() for fold in folds] == [[2, 1]] * 5
    assert len(stratified(labels, np.array([3]), 5, 0)) == 1
