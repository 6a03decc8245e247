"""Classes of things by their words: closed-form, linear, fine-tuned and self-trained, mixed as labels say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np
import torch

from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.tasks.classify.calibrated import mixed, shares_of, temperature_of
from shelfspace.tasks.classify.finetuned import fit_finetuned
from shelfspace.tasks.classify.kernel import Float32, Int64
from shelfspace.tasks.classify.ridge import MOST, fit_ridge
from shelfspace.tasks.classify.selftrained import (
    MOST_UNLABELLED,
    adjusted,
    fit_selftrained,
    frequencies,
    label_frequencies,
)
from shelfspace.tasks.classify.softmax import fit_softmax, softmax
from shelfspace.tasks.classify.things import DIRECTIONS, Lesson, Things

FEW = 3000  # labels; up to so many all of them are learned from, and each is held out in turn
_FOLDS = 5
_HELD_OUT = 0.1


class Scorer(Protocol):
    """What scores things by class."""

    def scores(self, things: Things) -> Float32:
        """Float32 `[n, c]`, highest for the likeliest class."""


@dataclass(frozen=True)
class Part:
    """A scorer whose scores, divided by `temperature`, are log-odds; it counts with `share`."""

    scorer: Scorer
    temperature: float
    share: float


@dataclass(frozen=True)
class HeldOut:
    """What the mixture thought of held-back labels: probabilities `[m, c]`, and true classes `[m]`."""

    told: Float32
    wanted: Int64

    @property
    def accuracy(self) -> float:
        """The share whose likeliest class is the true one; 0 of none."""
        return float((self.told.argmax(axis=1) == self.wanted).mean()) if len(self.wanted) else 0.0


@dataclass(frozen=True)
class TextClassifier:
    """The mixture of `parts`, for things whose classes are as common as `after`, as labels' are `before`."""

    parts: Mapping[str, Part]
    before: Float32
    after: Float32
    held_out: HeldOut

    def probabilities(self, things: Things) -> Float32:
        """float32 `[n, c]`, rows that add up to 1."""
        total = np.zeros((len(things), len(self.before)), np.float32)
        for part in self.parts.values():
            if part.share:
                total += part.share * _probabilities(part.scorer.scores(things), part.temperature)
        return adjusted(total, self.before, self.after)

    @property
    def shares(self) -> dict[str, float]:
        """What each part counts."""
        return {name: part.share for name, part in self.parts.items()}


def learn_mixture(
    lesson: Lesson,
    encoder: StaticTextEncoder,
    valid: Int64 | None = None,
    *,
    finetuned: bool = True,
    seed: int = 0,
) -> TextClassifier:
    """The mixture of a lesson with at least one label, least surprised by labels that were held back.

    `encoder` is the closed form over the vocabulary of the lesson. `valid` are rows with a class that
    temperatures and shares are set on, and which nothing learns from; without them few labels are held back
    a fifth at a time, so that all are learned from, and of many a tenth is. Without the `finetuned` part,
    which trains the encoder, it takes about half the time.
    """
    known = lesson.known()
    if valid is None and len(known) > FEW:
        valid = stratified(lesson.labels, known, round(1 / _HELD_OUT), seed)[0]
    few = valid is None
    folds = stratified(lesson.labels, known, _FOLDS, seed) if valid is None else [valid]
    unlabelled = np.flatnonzero(lesson.labels < 0)
    start = encoder if finetuned else None
    teach = partial(_fitted, encoder=start, self_trained=len(unlabelled) > 0, seed=seed)
    before = label_frequencies(lesson)
    if len(known) < 2:
        nothing = HeldOut(np.zeros((0, lesson.n_classes), np.float32), np.empty(0, np.int64))
        return TextClassifier(_alone(teach(lesson)), before, before, nothing)
    fitted: dict[str, Scorer] = {}
    held: dict[str, list[Float32]] = {}
    for fold in folds:
        fitted = teach(lesson.without(fold))
        for name, scorer in fitted.items():
            held.setdefault(name, []).append(scorer.scores(lesson.things.take(fold)))
    fitted = teach(lesson) if few else fitted
    parts, told = _weighed(fitted, held, lesson.labels[np.concatenate(folds)])
    unaware = TextClassifier(parts, before, before, told)
    if not few or not len(unlabelled):
        return unaware
    some = np.random.default_rng(seed).permutation(unlabelled)[:MOST_UNLABELLED]
    return replace(unaware, after=frequencies(unaware.probabilities(lesson.things.take(some)), before))


def _weighed(
    fitted: Mapping[str, Scorer], held: Mapping[str, list[Float32]], wanted: Int64
) -> tuple[dict[str, Part], HeldOut]:
    """The parts with the temperatures and shares least surprised by what they thought of held-back labels."""
    told = {name: torch.from_numpy(np.concatenate(of)) for name, of in held.items()}
    temperatures = {name: temperature_of(of, wanted) for name, of in told.items()}
    sure = [torch.softmax(told[name] / t, dim=1) for name, t in temperatures.items()]
    shares = shares_of(sure, wanted)
    named = zip(temperatures, shares, strict=True)
    parts = {name: Part(fitted[name], temperatures[name], share) for name, share in named}
    return parts, HeldOut(np.asarray(mixed(sure, shares).numpy(), np.float32), wanted)


def _alone(fitted: Mapping[str, Scorer]) -> dict[str, Part]:
    """The first part alone: a single label can be held out of nothing."""
    return {name: Part(scorer, 1.0, float(not place)) for place, (name, scorer) in enumerate(fitted.items())}


def _fitted(
    lesson: Lesson, encoder: StaticTextEncoder | None, self_trained: bool, seed: int
) -> dict[str, Scorer]:
    """Every part, taught by the whole lesson; none is fine-tuned without an encoder."""
    words, labels = lesson.examples()
    parts: dict[str, Scorer] = {}
    few = len(labels) <= MOST
    if few or lesson.things.parts.keys() - {DIRECTIONS}:
        ridge = fit_ridge(lesson, seed=seed)
        parts["closed form"] = ridge
        if few and self_trained:
            parts["self-trained"] = fit_selftrained(lesson, ridge, seed=seed)
    parts["linear"] = fit_softmax(words, labels, lesson.n_classes, seed=seed)
    if encoder is not None:
        parts["fine-tuned"] = fit_finetuned(lesson, encoder, seed=seed)
    return parts


def stratified(labels: Int64, rows: Int64, folds: int, seed: int) -> list[Int64]:
    """`rows` dealt to at most `folds` parts, the rows of each class evenly; parts without a row are left out.

    A class's single row is held back too: what has but one label is judged as hard as it is.
    """
    shuffled = np.random.default_rng(seed).permutation(rows)
    order = shuffled[np.argsort(labels[shuffled], kind="stable")]
    dealt = [np.sort(order[start::folds]) for start in range(folds)]
    return [part for part in dealt if len(part)]


def _probabilities(scores: Float32, temperature: float) -> Float32:
    return softmax(scores / np.float32(temperature))
