"""The inverted file: vectors sorted into cells, of which a query visits only the nearest few."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.space.nearest import Rows, Vectors, engine, engine_threads, exact, rank

_TARGET = 0.98
_K, _DEEP = 10, 100  # the depths at which the recall is measured
_HELD = 512  # rows that measure it
#: Visiting a larger share of the cells is slower than multiplying all vectors in one go.
WORTHWHILE = 0.1
_TRAINED_ON = 64  # vectors a cell: more make k-means slower and the cells no better
_ROUNDS = 10


@dataclass(frozen=True)
class Inverted:
    """An inverted file over `vectors` `[n, dim]`.

    `centroids` float32 `[c, dim]`; `cells` int32 `[n]`, the cell of each row; `probes` and `deep_probes`, how
    many cells a query visits for its 10 and for its 100 nearest; `recall` at 10 against the exact answer,
    measured when it was built.
    """

    vectors: Vectors
    centroids: Vectors
    cells: npt.NDArray[np.int32]
    probes: int = 1
    deep_probes: int = 1
    recall: float = 0.0

    @classmethod
    def build(cls, vectors: Vectors, seed: int) -> Inverted:
        """Cells by k-means, and as many probes as it takes for a recall of 0.98."""
        n_cells = max(1, min(round(4 * math.sqrt(len(vectors))), len(vectors) // 8))
        kmeans = engine().Kmeans(
            vectors.shape[1],
            n_cells,
            niter=_ROUNDS,
            seed=seed % 2**31,
            spherical=True,
            min_points_per_centroid=1,
            max_points_per_centroid=_TRAINED_ON,
        )
        kmeans.train(vectors)
        nearest = engine().knn(vectors, kmeans.centroids, 1, metric=engine().METRIC_INNER_PRODUCT)[1]
        return cls(vectors, kmeans.centroids, nearest[:, 0].astype(np.int32))._tuned(seed)

    def visits(self, k: int, n_allowed: int) -> int:
        """How many cells a query for k among `n_allowed` rows visits.

        A filter that lets one row in five through makes of the ten nearest the fifty nearest without it.
        """
        depth = k * len(self.vectors) / max(n_allowed, 1)
        if depth <= _K:
            return self.probes
        return min(len(self.centroids), math.ceil(self.deep_probes * max(1.0, depth / _DEEP)))

    def search(
        self, queries: Vectors, k: int, visits: int, allowed: Rows | None = None
    ) -> tuple[Rows, Vectors]:
        """Rows and scores `[m, k]`, best first, -1 and -inf where the visited cells held fewer than k."""
        options: dict[str, Any] = {"nprobe": visits}
        if allowed is not None:
            mask = np.zeros(len(self.vectors), bool)
            mask[allowed] = True
            options["sel"] = engine().IDSelectorBitmap(np.packbits(mask, bitorder="little"))
        with engine_threads(len(queries)):
            _, ids = self._engine.search(queries, k, params=engine().SearchParametersIVF(**options))
        return rank(queries, self.vectors, ids)

    def _tuned(self, seed: int) -> Inverted:
        """The same with the fewest probes that reach the target on held rows, each without itself."""
        held = np.random.default_rng(seed).permutation(len(self.vectors))[:_HELD]
        deep = min(_DEEP + 1, len(self.vectors))
        truth = _without(exact(self.vectors[held], self.vectors, deep)[0], held)
        probes, recall = self._fewest_probes(held, truth[:, :_K], 1)
        if probes > WORTHWHILE * len(self.centroids):
            return replace(self, probes=probes, recall=recall, deep_probes=len(self.centroids))
        few = slice(0, _HELD // 4)  # each has ten times the neighbours, and visits many more cells
        deep_probes, _ = self._fewest_probes(held[few], truth[few], probes)
        return replace(self, probes=probes, recall=recall, deep_probes=deep_probes)

    def _fewest_probes(self, held: Rows, truth: Rows, start: int) -> tuple[int, float]:
        """The fewest probes, from `start`, that find 0.98 of `truth`, and the recall they have."""

        def recall(probes: int) -> float:
            found = self.search(self.vectors[held], truth.shape[1] + 1, probes)[0]
            hits = [np.isin(true, near) for true, near in zip(truth, _without(found, held), strict=True)]
            return float(np.mean(hits)) if truth.size else 1.0

        low, high = start - 1, start
        while high < len(self.centroids) and recall(high) < _TARGET:
            low, high = high, min(2 * high, len(self.centroids))
        if high > WORTHWHILE * len(self.centroids):
            return high, recall(high)  # the caller will rather look at every vector: no need to be exact here
        while high - low > max(1, high // 16):  # finer steps are smaller than the sample's error
            middle = (low + high) // 2
            low, high = (low, middle) if recall(middle) >= _TARGET else (middle, high)
        return high, recall(high)

    @cached_property
    def _engine(self) -> Any:
        """The FAISS index, filled by the known cells: which copies the vectors but need not search."""
        dim = self.vectors.shape[1]
        coarse = engine().IndexFlatIP(dim)
        coarse.add(self.centroids)
        index = engine().IndexIVFFlat(coarse, dim, len(self.centroids), engine().METRIC_INNER_PRODUCT)
        index.is_trained = True
        cells = self.cells.astype(np.int64)
        pointers = engine().swig_ptr(self.vectors), engine().swig_ptr(cells)
        index.add_core(len(self.vectors), pointers[0], None, pointers[1])
        return index


def _without(ids: Rows, own: Rows) -> Rows:
    """Each row of `ids` without its own number, or without its last where that is absent; one shorter."""
    drop = ids == own[:, None]
    drop[:, -1] |= ~drop.any(axis=1)
    kept: Rows = ids[~drop].reshape(len(ids), -1)
    return kept
