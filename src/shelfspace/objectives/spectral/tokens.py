"""The closed-form start of the text encoder: a random projection of the bag of tokens."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError

_CHUNK = 1 << 14


def lexical_token_vectors(n_tokens: int, dim: int, seed: int = 0) -> npt.NDArray[np.float32]:
    """One vector of random signs ±1/√dim for every token number: float32 [n_tokens, dim], unit rows.

    With w the IDF weights of a text's tokens, normalise(Σₜ wₜ Eₜ) reproduces the IDF-weighted lexical cosine
    of two texts without bias and with a standard error of at most about 1/√dim (Johnson–Lindenstrauss with
    the signs of Achlioptas 2003, theorem 1.1), so an untrained text encoder already equals its lexical floor.

    Row t depends on t, `dim` and `seed` only: a larger table begins with the smaller one. Made in chunks, so
    the table (4 · n_tokens · dim bytes) is all the memory that it takes. 0 tokens give an empty table.
    Raises `OptionError` for `dim` < 1 or `n_tokens` < 0.

    >>> lexical_token_vectors(3, 4, seed=1).shape
    (3, 4)
    """
    if dim < 1 or n_tokens < 0:
        raise OptionError(
            f"n_tokens is {n_tokens} and dim is {dim}.",
            "A table needs n_tokens ≥ 0 and dim ≥ 1.",
            "Mend them.",
        )
    table = np.empty((n_tokens, dim), np.float32)
    step = np.float32(2.0 / np.sqrt(dim))
    for chunk, start in enumerate(range(0, n_tokens, _CHUNK)):
        rows = table[start : start + _CHUNK]
        random = np.random.default_rng((seed, chunk)).bytes(_CHUNK * -(-dim // 8))
        packed = np.frombuffer(random, np.uint8).reshape(_CHUNK, -1)[: len(rows)]
        np.multiply(np.unpackbits(packed, axis=1, count=dim), step, out=rows)
        rows -= step / 2
    return table
