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

MOST = 4000  # labels; beyond them the system is too large, and a regression learns as well
RIDGES = (0.2, 1.0)
PART_WEIGHTS = (0.0, 0.5)


@dataclass(frozen=True)
class RidgeClassifier:
    """Scores are things · examplesᵀ · `coefficients`, over `words` and `parts` weighed by `part_weight`.

    Divided by `temperature` they are log-odds, as the held-out examples say.
    """

    words: Any
    parts: dict[str, Float32]
    part_weight: float
    coefficients: Float32
    temperature: float

    def scores(self, things: Things) -> Float32:
        """One score a class, float32 `[n, c]`, highest for the likeliest."""
        return np.asarray(_products(things, self.words, self.parts, self.part_weight) @ self.coefficients)


def fit_ridge(lesson: Lesson) -> RidgeClassifier:
    """The classifier that is least surprised by its labels, each held out in turn.

    The classes' names count as examples. Leaving one out costs nothing: the error of a held-out example is
    its coefficient over the diagonal of the inverse (Rifkin & Lippert 2007, equation 3). The lesson needs one
    label at least.
    """
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
    for weight in PART_WEIGHTS if parts else PART_WEIGHTS[:1]:
        kernel = _products(examples, words, parts, weight)
        for ridge in RIDGES:
            inverse = np.linalg.inv(kernel + ridge * np.eye(len(labels), dtype=np.float32))
            coefficients = np.asarray(inverse @ targets, np.float32)
            alone = torch.from_numpy((targets - coefficients / np.diag(inverse)[:, None])[rows])
            temperature = temperature_of(alone, labels[rows])
            loss = surprise(torch.softmax(alone / temperature, dim=1), labels[rows])
            tried.append((loss, RidgeClassifier(words, parts, weight, coefficients, temperature)))
    return min(tried, key=lambda one: one[0])[1]


def _products(things: Things, words: Any, parts: dict[str, Float32], weight: float) -> Float32:
    found = (sp.csr_matrix(things.words) @ words.T).toarray().astype(np.float32)
    if weight:
        for name, part in parts.items():
            found += weight * (things.parts[name] @ part.T)
    return np.asarray(found, np.float32)
