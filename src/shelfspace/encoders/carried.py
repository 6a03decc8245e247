"""What a static encoder learned on other feeds, carried over to the vocabulary of new ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.vocabulary import Float32, Vocabulary, token_features

_RIDGE = 1.0
_SHRINKAGE = 4.0  # listings' worth of doubt about what one token has learned beside what its kind has


def carried_over(learned: StaticTextEncoder, closed: StaticTextEncoder) -> StaticTextEncoder:
    """`closed`, the untrained encoder of new feeds, with what `learned` knows from its own.

    What the kinds and the rarity of tokens were found to be worth is carried over to every token, as a
    weighted ridge regression of the change of the log weights on them. What a single token has learned beyond
    that, and its vector, goes to the same token. Vectors stay where the dimensions differ, and the two
    vocabularies may have no token in common.
    """
    old, new = learned.vocabulary, closed.vocabulary
    change = (learned.log_weights - old.closed_form_weights()).astype(np.float64)
    features = token_features(old).astype(np.float64)
    often = np.concatenate([old.count, np.ones(len(change) - len(old))]).astype(np.float64)
    weighted = features * often[:, None]
    ridge = _RIDGE * np.eye(features.shape[1])
    general = np.linalg.solve(features.T @ weighted + ridge, weighted.T @ change)
    own = (change - features @ general) * often / (often + _SHRINKAGE)
    log_weights = closed.log_weights + token_features(new) @ general
    here, there = _shared(new, old)
    log_weights[here] += own[there]
    return replace(
        closed,
        log_weights=np.asarray(log_weights, np.float32),
        vectors=_vectors(learned, closed, here, there),
        detail_weight=learned.detail_weight,
    )


def _shared(new: Vocabulary, old: Vocabulary) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The numbers that the tokens of both vocabularies have in the new and in the old one."""
    _, here, there = np.intersect1d(new.hash, old.hash, assume_unique=True, return_indices=True)
    return here.astype(np.int64), there.astype(np.int64)


def _vectors(
    learned: StaticTextEncoder,
    closed: StaticTextEncoder,
    here: npt.NDArray[np.int64],
    there: npt.NDArray[np.int64],
) -> Float32:
    """The new vectors, with those of shared tokens and the hashed ones as they were learned."""
    if learned.dim != closed.dim:
        return closed.vectors
    vectors, old_n = closed.vectors.copy(), learned.vocabulary.n_own_vectors
    new_rows, old_rows = closed.vocabulary.vector_rows[here], learned.vocabulary.vector_rows[there]
    both = (new_rows >= 0) & (old_rows >= 0)
    vectors[new_rows[both]] = learned.vectors[old_rows[both]]
    hashed, learned_hashed = vectors[closed.vocabulary.n_own_vectors :], learned.vectors[old_n:]
    if len(hashed) == len(learned_hashed):
        hashed[:] = learned_hashed
    return vectors
