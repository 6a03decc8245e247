"""Where products stand for grouping: what company their words keep, and the space's own vectors."""

from __future__ import annotations

import numpy as np

from shelfspace.data.interactions import Float32
from shelfspace.objectives.spectral import company_vectors
from shelfspace.tasks.groups.words import TitleWords
from shelfspace.tasks.map.layout import principal_parts

_DIM = 100
_RARE = 1e-2  # the share of all words at which a word counts half (Arora et al. 2017, equation 2)
_OWN = 0.2  # of the squared length: the space's own vectors, which know photos and rare words


def group_vectors(words: TitleWords, own: Float32, *, seed: int = 0) -> Float32:
    """Unit vectors `[n, ≤ 100]` for grouping; zero for a product of which nothing is known.

    The space's `own` vectors `[n, dim]` put the same product together, and know little of what two products
    share that have no word in common. So four fifths are the mean vector of a title's words, each by the
    company that it keeps (`company_vectors`), common words counting less, and a fifth is the own vector; both
    without what all products share, and together brought to their 100 principal parts.
    """
    presence = words.presence
    often = np.asarray(presence.sum(axis=0), np.float64).ravel()
    weight = _RARE / (_RARE + often / max(often.sum(), 1.0))
    company = company_vectors(presence, _DIM, seed=seed) * weight[:, None].astype(np.float32)
    parts = [
        np.sqrt(1 - _OWN) * apart(np.asarray(presence @ company, np.float32)),
        np.sqrt(_OWN) * apart(own),
    ]
    both = np.concatenate(parts, axis=1).astype(np.float32)
    known = both.any(axis=1)
    found = np.zeros((len(both), min(_DIM, max(both.shape[1], 2))), np.float32)
    if known.sum() > 1:
        found[known] = unit(principal_parts(both[known]))
    elif known.any():
        found[known, 0] = 1
    return found


def apart(vectors: Float32) -> Float32:
    """Unit rows without what all rows that are not zero share; zero rows stay."""
    known = vectors.any(axis=1)
    found = unit(vectors)
    if known.sum() > 1:
        found[known] = unit(found[known] - found[known].mean(axis=0))
    return found


def unit(vectors: Float32) -> Float32:
    """The rows brought to length 1, those shorter than a millionth to 0."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.where(lengths > 1e-6, vectors / np.maximum(lengths, 1e-6), 0), np.float32)
