"""The index: nearest neighbours among the vectors of a space, one face for every engine beneath."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.data.neighbours import Neighbours
from shelfspace.errors import OptionError, SpaceError
from shelfspace.space.inverted import WORTHWHILE, Inverted
from shelfspace.space.nearest import Rows, Vectors, exact

_EXACT_BELOW = 50_000  # rows up to which looking at every vector is fast enough
_FIGURES = ("probes", "deep_probes", "recall")
_QUERIES = 8_192  # answered at once, so that memory stays bounded


@dataclass(frozen=True)
class Index:
    """Nearest neighbours among `vectors`, float32 `[n, dim]`, unit length or zero, by cosine.

    Without `inverted` every vector is looked at; with it, only those in the cells nearest to the query.
    """

    vectors: Vectors
    inverted: Inverted | None = None

    @classmethod
    def build(cls, vectors: Vectors, *, seed: int = 0, exact: bool | None = None) -> Index:
        """The index of `vectors`: exact or an inverted file as `exact` says, or else as is quicker.

        An inverted file is tried from 50,000 rows, and kept where a tenth of its cells hold the neighbours:
        vectors without groups, such as random projections, are scanned as fast.

        Raises `OptionError` where `vectors` is no finite float32 `[n, dim]`.
        """
        vectors = _checked(vectors)
        if len(vectors) == 0 or exact or (exact is None and len(vectors) < _EXACT_BELOW):
            return cls(vectors)
        inverted = Inverted.build(vectors, seed)
        worthwhile = inverted.probes <= WORTHWHILE * len(inverted.centroids)
        return cls(vectors, inverted if worthwhile or exact is False else None)

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def dim(self) -> int:
        """The length of a vector."""
        return int(self.vectors.shape[1])

    @property
    def kind(self) -> str:
        """The engine beneath: "exact" or "inverted"."""
        return "exact" if self.inverted is None else "inverted"

    @property
    def recall(self) -> float:
        """The share of the true ten nearest that are found, measured when the index was built."""
        return 1.0 if self.inverted is None else self.inverted.recall

    def search(
        self,
        queries: Vectors,
        k: int,
        *,
        rows: Rows | None = None,
        exclude: Rows | None = None,
    ) -> Neighbours:
        """The k nearest rows of each query `[m, dim]` with cosine scores in -1…1, best first.

        `rows` allows only these rows, and still k are found where there are so many; `exclude` `[m]` leaves
        out one row for each query (its own; -1 for none). Where fewer than k rows are allowed, the rest is
        -1 with a score of -inf. Of equal scores the lower row comes first (an inverted file may have missed
        an equal). A zero query has a score of 0 with every row.

        Raises `OptionError` for a k below 1, queries of another shape, or rows that do not exist.
        """
        queries = self._checked_queries(queries, k)
        rows = None if rows is None else self._checked_rows(rows)
        exclude = self._checked_exclude(exclude, len(queries))
        parts = [
            self._search(queries[start : start + _QUERIES], k, rows, exclude[start : start + _QUERIES])
            for start in range(0, len(queries), _QUERIES)
        ]
        if not parts:
            return Neighbours(np.empty((0, k), np.int64), np.empty((0, k), np.float32))
        return Neighbours(np.concatenate([ids for ids, _ in parts]), np.concatenate([s for _, s in parts]))

    def _search(self, queries: Vectors, k: int, rows: Rows | None, exclude: Rows) -> tuple[Rows, Vectors]:
        allowed = len(self) if rows is None else len(rows)
        leaves_out = bool((exclude >= 0).any())
        wanted = min(k + leaves_out, allowed)
        inverted = self.inverted
        visits = 0 if inverted is None else inverted.visits(k, allowed)
        if inverted is None or wanted == 0 or self._is_small(rows, visits):
            ids, scores = self._exact(queries, wanted, rows)
        else:
            ids, scores = inverted.search(queries, wanted, visits, rows)
            short = np.flatnonzero((ids < 0).any(axis=1))
            if len(short):
                ids[short], scores[short] = self._exact(queries[short], wanted, rows)
        if leaves_out:
            ids, scores = _leave_out(ids, scores, exclude)
        missing = ((0, 0), (0, max(0, k - ids.shape[1])))
        ids = np.pad(ids[:, :k], missing, constant_values=-1)
        return ids, np.pad(scores[:, :k], missing, constant_values=-np.inf)

    def _is_small(self, rows: Rows | None, visits: int) -> bool:
        """Whether looking at all allowed rows is about as quick as visiting so many cells."""
        n_cells = 1 if self.inverted is None else len(self.inverted.centroids)
        allowed = len(self) if rows is None else len(rows)
        few = rows is not None and allowed < _EXACT_BELOW // 4
        return few or 2 * visits * len(self) >= allowed * n_cells

    def _exact(self, queries: Vectors, k: int, rows: Rows | None) -> tuple[Rows, Vectors]:
        if rows is None:
            return exact(queries, self.vectors, k)
        ids, scores = exact(queries, self.vectors[rows], k)
        return rows[ids], scores

    def save(self, path: Path) -> None:
        """Write what building found out (not the vectors) to `path`, whole or not at all."""
        from safetensors.numpy import save_file

        tensors: dict[str, npt.NDArray[np.generic]] = {"shape": np.array(self.vectors.shape, np.int64)}
        figures = {}
        if self.inverted is not None:
            tensors |= {"centroids": self.inverted.centroids, "cells": self.inverted.cells}
            figures = {name: repr(getattr(self.inverted, name)) for name in _FIGURES}
        passing = path.with_name(f".{path.name}-{os.getpid()}")
        save_file(tensors, passing, metadata={"kind": self.kind} | figures)
        passing.replace(path)

    @classmethod
    def load(cls, path: Path, vectors: Vectors) -> Index:
        """The index that was saved to `path`, over the same `vectors`.

        Raises `SpaceError` where the file is missing or damaged, or belongs to other vectors.
        """
        from safetensors import SafetensorError, safe_open

        vectors = _checked(vectors)
        try:
            with safe_open(path, framework="numpy") as file:
                facts = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 no mapping
            return cls(vectors, _inverted(tensors, facts, vectors))
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise SpaceError(
                f"The index {path} cannot be read ({error}).",
                "It is a safetensors file that fits the vectors beside it.",
                "Go back to a good version with rollback, or fit and save again.",
            ) from None

    def _checked_queries(self, queries: Vectors, k: int) -> Vectors:
        if k < 1:
            raise OptionError(f"k is {k}.", "At least one neighbour is asked for.", "Give 1 or more.")
        queries = np.ascontiguousarray(queries, np.float32)
        if queries.ndim != 2 or queries.shape[1] != self.dim or not np.isfinite(queries).all():
            raise OptionError(
                f"The queries have the shape {queries.shape}.",
                f"Queries are finite vectors [m, {self.dim}].",
                "Embed them with the encoder of this space.",
            )
        return queries

    def _checked_rows(self, rows: Rows) -> Rows:
        rows = np.asarray(rows, np.int64)
        if not (rows[1:] > rows[:-1]).all():
            rows = np.unique(rows)
        if len(rows) and not 0 <= rows[0] <= rows[-1] < len(self):
            raise OptionError(
                f"The rows go from {rows[0]} to {rows[-1]}.",
                f"The index has the rows 0 to {len(self) - 1}.",
                "Ask only for rows of this space.",
            )
        return rows

    def _checked_exclude(self, exclude: Rows | None, n_queries: int) -> Rows:
        if exclude is None:
            return np.full(n_queries, -1, np.int64)
        exclude = np.asarray(exclude, np.int64)
        if exclude.shape != (n_queries,):
            raise OptionError(
                f"exclude has the shape {exclude.shape}.",
                f"It names one row for each of the {n_queries} queries.",
                "Give -1 for a query that leaves out none.",
            )
        return exclude


def _checked(vectors: Vectors) -> Vectors:
    vectors = np.ascontiguousarray(vectors, np.float32)
    if vectors.ndim != 2 or vectors.shape[1] == 0 or not np.isfinite(vectors).all():
        raise OptionError(
            f"The vectors have the shape {vectors.shape}, or not all of their values are finite.",
            "An index is built from finite vectors [n, dim].",
            "Embed the products with the encoder of this space.",
        )
    return vectors


def _inverted(
    tensors: dict[str, npt.NDArray[np.generic]], facts: dict[str, str], vectors: Vectors
) -> Inverted | None:
    """The inverted file that was saved, or None for an exact index; `ValueError` where it does not fit."""
    if tuple(tensors["shape"].tolist()) != vectors.shape:
        raise ValueError(f"it was built over vectors {tensors['shape'].tolist()}, not {vectors.shape}")
    if facts["kind"] == "exact":
        return None
    centroids, cells = tensors["centroids"].astype(np.float32), tensors["cells"].astype(np.int32)
    if cells.shape != (len(vectors),) or centroids.shape[1:] != vectors.shape[1:]:
        raise ValueError("its cells do not fit the vectors")
    if len(cells) and not 0 <= cells.min() <= cells.max() < len(centroids):
        raise ValueError("it names cells that do not exist")
    probes, deep_probes = int(facts["probes"]), int(facts["deep_probes"])
    if not 1 <= probes <= deep_probes <= len(centroids):
        raise ValueError(f"it visits {probes} or {deep_probes} of {len(centroids)} cells")
    return Inverted(vectors, centroids, cells, probes, deep_probes, float(facts["recall"]))


def _leave_out(ids: Rows, scores: Vectors, exclude: Rows) -> tuple[Rows, Vectors]:
    """Without each query's own row: it becomes the last and empty, the order of the others stays."""
    own = (ids == exclude[:, None]) & (exclude >= 0)[:, None]
    ids, scores = np.where(own, -1, ids), np.where(own, -np.inf, scores).astype(np.float32)
    order = np.argsort(own, axis=1, kind="stable")
    return np.take_along_axis(ids, order, axis=1), np.take_along_axis(scores, order, axis=1)
