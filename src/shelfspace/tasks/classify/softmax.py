"""Multinomial logistic regression on sparse rows, by Adagrad: many words and classes in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from shelfspace.tasks.classify.kernel import Float32, Int64
from shelfspace.tasks.classify.things import Things

_RATE = 1.5  # falls to 0 in a straight line
_BATCH = 256
_STEPS = 600  # at least; so many make few labels learn as long as many
_EPOCHS = 6


@dataclass(frozen=True)
class SoftmaxRegression:
    """`weights` float32 `[V, c]` and `bias` `[c]`: log-odds are words @ weights + bias."""

    weights: Float32
    bias: Float32

    def scores(self, things: Things) -> Float32:
        """Log-odds float32 `[n, c]`."""
        return np.asarray(things.words @ self.weights + self.bias, np.float32)


def fit_softmax(rows: Any, labels: Int64, n_classes: int, *, seed: int = 0) -> SoftmaxRegression:
    """The regression of CSR rows `[m, V]` on classes `[m]`, each 0 or more; of no row: all zeros.

    Adagrad (Duchi et al. 2011) with a rate a column of `rows`: what is rare learns fast, what is common
    slowly, which with an early end does what a penalty would.
    """
    rows = sp.csr_matrix(rows, dtype=np.float32)
    used, columns = np.unique(rows.indices, return_inverse=True)
    found = np.zeros((rows.shape[1], n_classes), np.float32)
    bias = np.zeros(n_classes, np.float32)
    if not len(labels):
        return SoftmaxRegression(found, bias)
    small = sp.csr_matrix((rows.data, columns, rows.indptr), shape=(len(labels), len(used)))
    found[used] = _descended(small, labels, bias, seed)
    return SoftmaxRegression(found, bias)


def _descended(rows: Any, labels: Int64, bias: Float32, seed: int) -> Float32:
    """The weights `[columns, c]`; `bias` is moved in place."""
    n, rng = len(labels), np.random.default_rng(seed)
    weights = np.zeros((rows.shape[1], len(bias)), np.float32)
    squares, bias_squares = np.full(rows.shape[1], 1e-8, np.float32), 1e-8
    a_pass = -(-n // _BATCH)
    steps = max(_EPOCHS * a_pass, min(_STEPS, 100 * a_pass))
    order = rng.permutation(n)
    for step in range(steps):
        place = step % a_pass
        if place == 0:
            order = rng.permutation(n)
        chosen = order[place * _BATCH : (place + 1) * _BATCH]
        part = rows[chosen]
        columns, inverse = np.unique(part.indices, return_inverse=True)
        part = sp.csr_matrix((part.data, inverse, part.indptr), shape=(len(chosen), len(columns)))
        own = weights[columns]
        errors = softmax(part @ own + bias)
        errors[np.arange(len(chosen)), labels[chosen]] -= 1
        errors /= len(chosen)
        gradient = part.T @ errors
        squares[columns] += np.square(gradient).sum(axis=1)
        rate = _RATE * (1 - step / steps)
        weights[columns] = own - rate * gradient / np.sqrt(squares[columns])[:, None]
        slope = errors.sum(axis=0)
        bias_squares += float(np.square(slope).sum())
        bias -= rate * slope / np.sqrt(bias_squares)
    return weights


def softmax(scores: Float32) -> Float32:
    """Rows that add up to 1, float32 `[n, c]`."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
