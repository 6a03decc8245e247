"""Vectors of words by the company they keep: the closed form of contrasting words within titles."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse

from shelfspace.objectives.spectral.svd import truncated_svd

_SMOOTHING = 0.75  # of how common the company is: rare words are else the company of everything
_TOLERANCE, _ROUNDS = 0.1, 3  # directions need not be sharp to say what goes together


def company_vectors(presence: Any, dim: int, *, seed: int = 0) -> npt.NDArray[np.float32]:
    """Unit vectors of V words, float32 `[V, ≤ dim]`, near for words that stand beside the same words.

    U Σ^½ of the truncated SVD of max(0, log P(w, c) / (P(w) P(c)^¾)), c ranging over the other words of a
    text. Contrasting a word's true company with drawn one has the logarithm as its optimum (Levy and Goldberg
    2014, equation 11, one negative); the power and the root are those of Levy, Goldberg and Dagan 2015,
    sections 3.2 and 3.3. `presence` is sparse `[n, V]` and tells which words each text holds, 1 or 0. A word
    that always stands alone is a zero row. Fewer than two words give none of any length. Cost grows with the
    pairs of words within texts.

    Differs from the papers: the window is the whole text, titles being short.
    """
    held = scipy.sparse.csr_array(presence, dtype=np.float64)
    together = scipy.sparse.coo_array(held.T @ held)
    row, column, count = together.row, together.col, together.data
    apart = row != column
    row, column, count = row[apart], column[apart], count[apart]
    n_words = held.shape[1]
    k = min(dim, n_words - 1)
    if k < 1 or not len(count):
        return np.zeros((n_words, max(k, 0)), np.float32)
    often = np.bincount(row, count, minlength=n_words)
    smooth = often**_SMOOTHING
    more = np.log(count * smooth.sum() / (often[row] * smooth[column]))
    beyond = more > 0
    cells = (more[beyond].astype(np.float32), (row[beyond], column[beyond]))
    matrix = scipy.sparse.csr_array(cells, shape=(n_words, n_words))
    found = truncated_svd(matrix, k, seed=seed, tolerance=_TOLERANCE, max_rounds=_ROUNDS)
    vectors = found.left * np.sqrt(found.values)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    known = np.bincount(row[beyond], minlength=n_words)[:, None] > 0
    return np.asarray(np.where(known & (lengths > 1e-9), vectors / np.maximum(lengths, 1e-9), 0), np.float32)
