"""Few labels in closed form: least squares over words and dense parts, each label held out for free."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch

from shelfspace.tasks.classify.calibrated import surprise, temperature_of
from shelfspace.tasks.classify.kernel import Float32, one_hot
from shelfspace.tasks.classify.things import Lesson, Things

MOST = 4000  # labels; of more a sample, for the system grows with their square
RIDGES = (0.2, 1.0)
_WEIGHTS = (0.5, 2.0)  # of one part beside the words


@dataclass(frozen=True)
class RidgeClassifier:
    """Scores are things · examplesᵀ · `coefficients`, over `words` and `parts`, each weighed by `weights`.

    Divided by `temperature` they are log-odds, as the held-out examples say.
    """

    words: Any
    parts: dict[str, Float32]
    weights: dict[str, float]
    coefficients: Float32
    temperature: float

    def scores(self, things: Things) -> Float32:
        """One score a class, float32 `[n, c]`, highest for the likeliest."""
        return np.asarray(_products(things, self.words, self.parts, self.weights) @ self.coefficients)


def fit_ridge(lesson: Lesson, *, seed: int = 0) -> RidgeClassifier:
    """The classifier that is least surprised by its labels, each held out in turn.

    The classes' names count as examples. Leaving one out costs nothing: the error of a held-out example is
    its coefficient over the diagonal of the inverse (Rifkin & Lippert 2007, equation 3). Of more than `MOST`
    labels a random sample is learned from. The lesson needs one label at least.
    """
    known = lesson.known()
    if len(known) > MOST:
        some = np.random.default_rng(seed).permutation(known)[MOST:]
        lesson = lesson.without(some)
        known = lesson.known()
    words, labels = lesson.examples()
    n_names = len(labels) - len(known)
    parts = {
        name: np.vstack([part[known], np.zeros((n_names, part.shape[1]), np.float32)])
        for name, part in lesson.things.parts.items()
    }
    examples = Things(words, lesson.things.bags, parts)
    targets = np.asarray(one_hot(labels, lesson.n_classes).numpy(), np.float32)
    targets -= targets.mean(axis=0)
    rows = np.arange(len(known))
    tried = []
    for weights in _choices(tuple(parts)):
        kernel = _products(examples, words, parts, weights)
        for ridge in RIDGES:
            inverse = np.linalg.inv(kernel + ridge * np.eye(len(labels), dtype=np.float32))
            coefficients = np.asarray(inverse @ targets, np.float32)
            alone = torch.from_numpy((targets - coefficients / np.diag(inverse)[:, None])[rows])
            temperature = temperature_of(alone, labels[rows])
            loss = surprise(torch.softmax(alone / temperature, dim=1), labels[rows])
            tried.append((loss, RidgeClassifier(words, parts, weights, coefficients, temperature)))
    return min(tried, key=lambda one: one[0])[1]


def _choices(parts: tuple[str, ...]) -> list[dict[str, float]]:
    """What parts may weigh beside the words: nothing, one of them alone, or all the same."""
    alone = [{name: weight} for name in parts for weight in _WEIGHTS]
    together = [dict.fromkeys(parts, weight) for weight in _WEIGHTS] if len(parts) > 1 else []
    return [{}, *alone, *together]


def _products(things: Things, words: Any, parts: dict[str, Float32], weights: dict[str, float]) -> Float32:
    found = (sp.csr_matrix(things.words) @ words.T).toarray().astype(np.float32)
    for name, weight in weights.items():
        found += weight * (things.parts[name] @ parts[name].T)
    return np.asarray(found, np.float32)
