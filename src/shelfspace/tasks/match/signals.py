"""The scores that say how near two listings are: each a matrix of unit rows, closed-form or learned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.bags import Bags, bags_of, fit_vocabulary
from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.lexical import lexical_matrix, paired_products
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.tokens import Kind
from shelfspace.tasks.match.candidates import PairRows

#: Rows of a CSR matrix or of a dense array, of length 1; their products are cosines.
Signals = Mapping[str, Any]

#: The signal's name: cosines of what photos show.
PHOTO = "photo"

_BEGINNING = 200  # characters of the details: what the product is comes first
_CHUNK = 20_000  # pairs scored at once
_CLOSED_KINDS = {
    "wording": tuple(Kind),
    "words": (Kind.WORD, Kind.NUMBER, Kind.CODE),
    "letters": (Kind.GRAM,),
    "codes": (Kind.CODE,),
}


def closed_signals(encoder: StaticTextEncoder, bags: Bags, listings: Listings) -> dict[str, Any]:
    """Lexical cosines with the closed form's weights: of all tokens, and of some kinds alone."""
    weights = encoder.entry_weights(bags)
    found = {"letters anywhere": letters_anywhere(listings)} if any(listings.details) else {}
    return found | {
        name: lexical_matrix(bags, encoder.vocabulary, weights, kinds)
        for name, kinds in _CLOSED_KINDS.items()
    }


def letters_anywhere(listings: Listings) -> Any:
    """N-gram cosines of the name and the beginning of the details, which the bags hold without n-grams."""
    texts = [f"{n} {d[:_BEGINNING]}" for n, d in zip(listings.names, listings.details, strict=True)]
    whole = Listings(texts, [""] * len(texts))
    vocabulary = fit_vocabulary(whole)
    bags = bags_of(whole, vocabulary)
    weights = np.exp(vocabulary.closed_form_weights()[bags.token]) * bags.tf
    return lexical_matrix(bags, vocabulary, weights, (Kind.GRAM,))


def learned_signals(encoder: StaticTextEncoder, bags: Bags, vectors: Vectors | None = None) -> dict[str, Any]:
    """The trained encoder's two sides: its `vectors`, and its weights on the exact tokens."""
    weights = encoder.entry_weights(bags)
    if vectors is None:
        vectors = encoder.encode_bags(bags)
    return {
        "learned wording": lexical_matrix(bags, encoder.vocabulary, weights),
        "learned meaning": vectors,
    }


def score_pairs(rows: Any, pairs: PairRows) -> npt.NDArray[np.float32]:
    """The cosine of every pair under one signal: float32 `[m]`; memory is bounded by chunks."""
    scores = np.zeros(len(pairs), np.float32)
    for start in range(0, len(pairs), _CHUNK):
        part = slice(start, start + _CHUNK)
        left, right = rows[pairs.left[part]], rows[pairs.right[part]]
        if isinstance(rows, np.ndarray):
            scores[part] = np.einsum("ij,ij->i", left, right)
        else:
            scores[part] = paired_products(left, right)
    return scores
