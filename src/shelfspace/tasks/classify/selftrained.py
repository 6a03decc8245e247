"""What unlabelled things teach: how common classes are, and the words of those whose class is plain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from shelfspace.tasks.classify.kernel import Float32, Int64
from shelfspace.tasks.classify.ridge import RidgeClassifier
from shelfspace.tasks.classify.softmax import SoftmaxRegression, fit_softmax, softmax
from shelfspace.tasks.classify.things import Lesson

MOST_UNLABELLED = 10_000  # more teach little and cost as much again

_ROUNDS = 30
_PLAIN = 0.5  # the share of each class's guesses, surest first, that are learned from
_TRUST = 0.5  # how far towards the frequencies that guesses tell


def frequencies(guesses: Float32, before: Float32) -> Float32:
    """How common each class is among things with these `guesses` `[n, c]`, made where it was `before` `[c]`.

    The maximum-likelihood estimate of Saerens et al. 2002 (section 2.2) by expectation and maximisation.
    Differs from the paper: guesses of few labels are no sure ground, so the geometric mean of the estimate
    and `before` is what comes back. No thing tells nothing.
    """
    if not len(guesses):
        return before
    found = before.copy()
    for _ in range(_ROUNDS):
        posterior = guesses * (found / before)
        posterior /= posterior.sum(axis=1, keepdims=True)
        found = posterior.mean(axis=0) + 1e-6
        found /= found.sum()
    trusted = found**_TRUST * before ** (1 - _TRUST)
    return np.asarray(trusted / trusted.sum(), np.float32)


def adjusted(probabilities: Float32, before: Float32, after: Float32) -> Float32:
    """The probabilities `[n, c]` where classes are as common as `after`, not as `before`, as they thought."""
    found = probabilities * (after / before)
    return np.asarray(found / np.maximum(found.sum(axis=1, keepdims=True), 1e-12), np.float32)


def fit_selftrained(lesson: Lesson, teacher: RidgeClassifier, *, seed: int = 0) -> SoftmaxRegression:
    """A regression on the labels and on the plainest guesses of the teacher about the unlabelled things.

    Of the things guessed to be of a class the surer half is believed (self-training, Yarowsky 1995; a share
    of each class, so that the easy ones do not crowd out the others). Guesses heed how common the classes
    seem; the log-odds returned are as if all were as common as among the labels, which the other parts of a
    mixture believe too.
    """
    unknown = np.flatnonzero(lesson.labels < 0)
    unknown = np.random.default_rng(seed).permutation(unknown)[:MOST_UNLABELLED]
    before = label_frequencies(lesson)
    guesses = softmax(teacher.scores(lesson.things.take(unknown)) / teacher.temperature)
    after = frequencies(guesses, before)
    guesses = adjusted(guesses, before, after)
    believed = plain(guesses)
    words, labels = lesson.examples()
    every = sp.vstack([words, lesson.things.words[unknown[believed]]], format="csr")
    guessed = guesses[believed].argmax(axis=1)
    found = fit_softmax(every, np.concatenate([labels, guessed]), lesson.n_classes, seed=seed)
    return replace(found, bias=np.asarray(found.bias - np.log(after / before), np.float32))


def label_frequencies(lesson: Lesson) -> Float32:
    """How common each class is among the examples of a lesson, none below one in its examples: `[c]`."""
    labels = lesson.examples()[1]
    count = np.maximum(np.bincount(labels, minlength=lesson.n_classes), 1)
    return np.asarray(count / count.sum(), np.float32)


def plain(guesses: Float32) -> Int64:
    """The places, ascending, of the surer half of each class's guesses `[n, c]`; one of a class at least."""
    if not len(guesses):
        return np.empty(0, np.int64)
    best, sure = guesses.argmax(axis=1), guesses.max(axis=1)
    order = np.lexsort((-sure, best))
    first = np.searchsorted(best[order], best[order], side="left")
    place = np.arange(len(order)) - first
    count = np.bincount(best, minlength=guesses.shape[1])[best[order]]
    kept: Int64 = np.sort(order[place < np.maximum(np.ceil(_PLAIN * count), 1)]).astype(np.int64)
    return kept
