"""What a word of a query means: the direction in which the products lie that people chose with that word.

Each word has a linear discriminant between the products chosen with it and all others (Fisher 1936), in
closed form: t = Σ⁻¹ (μ_w − μ), so that x·t + b are the log-odds that the word fits the product x. A query
asks for all its words at once: its signal is the mean of log P(word fits) over the words that are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from shelfspace.encoders.tokens import Int64, Kind, UInt64, normalise, tokenize
from shelfspace.tasks.search.judged import Judged

Float32 = npt.NDArray[np.float32]

_FEWEST = 5  # products chosen with a word, below which nothing is said of it
_MOST = 20_000  # products that the covariance is measured on


@dataclass(frozen=True)
class QueryWords:
    """w words by their hashes, uint64 `[w]` ascending: `directions` float32 `[w, dim]`, `offsets` `[w]`."""

    hashes: UInt64
    directions: Float32
    offsets: Float32

    @classmethod
    def learn(
        cls, judged: Judged, vectors: Float32, which: npt.NDArray[np.bool_] | None = None
    ) -> QueryWords:
        """The words of the queries, from the products that fit these, of product `vectors` `[n, dim]`.

        `which` bool `[m]` says which of the judgements count. Words with fewer than five products are left
        out.
        """
        owners = np.repeat(np.arange(len(judged)), np.diff(judged.starts))
        kept = np.ones(len(owners), bool) if which is None else which
        query, word, hashes = _words_of(judged.texts)
        marks = sp.csr_array((np.ones(len(query)), (query, word)), (len(judged), len(hashes)))
        items, item = np.unique(judged.items[kept], return_inverse=True)
        weight = judged.weights[kept].astype(np.float64)
        chosen = sp.csr_array((weight, (owners[kept], item)), (len(judged), len(items)))
        share = sp.csr_array(
            marks.T @ chosen
        )  # [w, items]: how much of the choice of a product used the word
        n_items = np.diff(share.indptr)
        common = n_items >= _FEWEST
        share, hashes, n_items = sp.csr_array(share[common]), hashes[common], n_items[common]
        return cls(hashes, *_discriminants(share, n_items, vectors, items, _background(judged, len(vectors))))

    @classmethod
    def none(cls) -> QueryWords:
        """No words at all."""
        return cls(np.zeros(0, np.uint64), np.zeros((0, 1), np.float32), np.zeros(0, np.float32))

    def __len__(self) -> int:
        return len(self.hashes)

    def fits(self, text: str, vectors: Float32) -> Float32:
        """The mean log-probability that the query's words fit products of `vectors` `[m, dim]`: `[m]`.

        At most 0; 0 where no word of the query is known.
        """
        known = self._known(text)
        if not len(known):
            return np.zeros(len(vectors), np.float32)
        log_odds = vectors @ self.directions[known].T + self.offsets[known]
        return np.asarray(-np.logaddexp(0, -log_odds).mean(axis=1), np.float32)

    def direction(self, text: str) -> Float32:
        """The unit direction in which products that fit the query's words lie, `[dim]`; zero for none."""
        known = self._known(text)
        if not len(known):
            return np.zeros(1, np.float32)
        total = self.directions[known].sum(axis=0)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-12), np.float32)

    def _known(self, text: str) -> Int64:
        """The numbers of the query's words that were learned."""
        if not len(self):
            return np.zeros(0, np.int64)
        return np.flatnonzero(np.isin(self.hashes, _words_of([text])[2]))

    def to_bytes(self) -> bytes:
        """The words as safetensors."""
        from safetensors.numpy import save

        return save(
            {"hashes": self.hashes.view(np.int64), "directions": self.directions, "offsets": self.offsets}
        )

    @classmethod
    def from_bytes(cls, written: bytes) -> QueryWords:
        """The words that `to_bytes` wrote; `ValueError` for anything else."""
        from safetensors import SafetensorError
        from safetensors.numpy import load

        try:
            parts = load(written)
        except SafetensorError as error:
            raise ValueError(str(error)) from error
        return cls(parts["hashes"].view(np.uint64), parts["directions"], parts["offsets"])


def _words_of(texts: Sequence[str]) -> tuple[Int64, Int64, UInt64]:
    """The query and the word number of each occurrence, and the words' hashes, ascending."""
    tokens = tokenize([normalise(text) for text in texts], grams=False)
    alone = tokens.kind != Kind.JOINED
    hashes, word = np.unique(tokens.hash[alone], return_inverse=True)
    return tokens.text[alone], word.astype(np.int64), hashes


def _background(judged: Judged, n: int) -> Int64:
    """Products that could have been chosen, at most 20,000."""
    rows = np.arange(n) if judged.rows is None else judged.rows
    return (
        rows if len(rows) <= _MOST else np.sort(np.random.default_rng(0).choice(rows, _MOST, replace=False))
    )


def _discriminants(
    share: sp.csr_array, n_items: Int64, vectors: Float32, items: Int64, background: Int64
) -> tuple[Float32, Float32]:
    """The directions and offsets of words that were used of `items` with weights `share` `[w, items]`."""
    everything = vectors[background].astype(np.float64)
    mean = everything.mean(axis=0) if len(everything) else np.zeros(vectors.shape[1])
    centred = everything - mean
    covariance = centred.T @ centred / max(len(everything), 1)
    sphere = max(float(np.trace(covariance)) / len(covariance), 1e-9)
    shrinkage = len(covariance) / (len(covariance) + len(everything))  # few products tell few directions
    covariance = (1 - shrinkage) * covariance + shrinkage * sphere * np.eye(len(covariance))
    sums = np.asarray(share.sum(axis=1)).ravel()
    means = (share @ vectors[items].astype(np.float64)) / np.maximum(sums, 1e-12)[:, None]
    directions = np.linalg.solve(covariance, (means - mean).T).T
    prior = np.clip(n_items / max(len(background), 1), 1e-4, 0.5)
    offsets = np.log(prior / (1 - prior)) - ((means + mean) * directions).sum(axis=1) / 2
    return np.ascontiguousarray(directions, np.float32), offsets.astype(np.float32)
