"""The context of the table: how a pair stands against the best rivals of either side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.tokens import Int64

Float64 = npt.NDArray[np.float64]
_NO_RIVAL = 0.0  # the similarity of a rival that does not exist
_STRIDE = 8.0  # wider than any span of scores, so that one sorted array holds every row's scores apart


@dataclass(frozen=True)
class Rivals:
    """For a set of pairs: the best score that either side has with anyone else, and the pair's rank there.

    All `[m]`: `left_best` is the highest score of the left product with another right one, `left_rank` how
    many right ones score higher with it than this pair does; `right_best`, `right_rank` likewise.
    """

    left_best: Float64
    left_rank: Int64
    right_best: Float64
    right_rank: Int64

    @property
    def mutual(self) -> npt.NDArray[np.bool_]:
        """Which pairs are the best of both their sides, bool `[m]`."""
        both: npt.NDArray[np.bool_] = (self.left_rank == 0) & (self.right_rank == 0)
        return both

    def margins(self, scores: npt.NDArray[np.floating]) -> Float64:
        """How far each pair's score lies above its rivals', the mean of both sides: above 0 is the better."""
        return np.asarray(scores, np.float64) - (self.left_best + self.right_best) / 2


def rivals(
    pairs: tuple[Int64, Int64, npt.NDArray[np.floating]],
    candidates: tuple[Int64, Int64, npt.NDArray[np.floating]],
) -> Rivals:
    """How `pairs` stand among `candidates`, both (left rows, right rows, scores in -3…3).

    A pair is no rival of itself, whether it is among the candidates or not. Linear in both but for a sort.
    """
    left, right, scores = pairs
    left_best, left_rank = _one_side(left, right, scores, *candidates)
    right_best, right_rank = _one_side(right, left, scores, candidates[1], candidates[0], candidates[2])
    return Rivals(left_best, left_rank, right_best, right_rank)


def _one_side(
    anchor: Int64,
    partner: Int64,
    scores: npt.NDArray[np.floating],
    candidate_anchor: Int64,
    candidate_partner: Int64,
    candidate_scores: npt.NDArray[np.floating],
) -> tuple[Float64, Int64]:
    keys = candidate_anchor * _STRIDE - candidate_scores.astype(np.float64)
    order = np.argsort(keys, kind="stable")
    keys, partners = keys[order], candidate_partner[order]
    values = candidate_scores[order].astype(np.float64)
    start = np.searchsorted(candidate_anchor[order], anchor, side="left")
    end = np.searchsorted(candidate_anchor[order], anchor, side="right")
    rank = np.searchsorted(keys, anchor * _STRIDE - scores.astype(np.float64) - 1e-9, side="left") - start

    padded = np.append(values, [_NO_RIVAL, _NO_RIVAL])
    padded_partners = np.append(partners, [-1, -1])
    first = np.where(start < end, start, len(values))
    second = np.where(start + 1 < end, start + 1, len(values))
    itself = padded_partners[first] == partner
    return np.where(itself, padded[second], padded[first]), np.asarray(rank, np.int64)
