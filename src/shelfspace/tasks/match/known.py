"""What is already known to be matched, and what that says about a further pair."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.tokens import Int64
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.signals import score_pairs

Columns = dict[str, npt.NDArray[np.float32]]


def known_columns(pairs: PairRows, matches: PairRows, wording: Any) -> Columns:
    """For each pair: how many other products each side is known to match, and how like those they are.

    `matches` are the confirmed ones; a pair's own confirmation is left out, so that labelled pairs look like
    unlabelled ones. `wording` are the unit rows that say how like the known partner and the pair's other side
    are: a second listing of the same product resembles the first.
    """
    columns = {}
    # Either way round: in one table matched with itself a product may stand on both sides.
    both = PairRows.union([matches, PairRows(matches.right, matches.left)])
    for side, anchor, other in (("left", pairs.left, pairs.right), ("right", pairs.right, pairs.left)):
        count, likeness = _partners(anchor, other, both.left, both.right, wording)
        columns[f"{side} known matches"] = count
        columns[f"{side} known match likeness"] = likeness
    return columns


def _partners(
    anchor: Int64, other: Int64, known_anchor: Int64, known_other: Int64, wording: Any
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    order = np.argsort(known_anchor, kind="stable")
    known_anchor, known_other = known_anchor[order], known_other[order]
    start = np.searchsorted(known_anchor, anchor, side="left")
    lengths = np.searchsorted(known_anchor, anchor, side="right") - start
    pair = np.repeat(np.arange(len(anchor)), lengths)
    entry = np.repeat(start - np.cumsum(lengths) + lengths, lengths) + np.arange(len(pair))
    different = known_other[entry] != other[pair]
    pair, entry = pair[different], entry[different]
    count = np.bincount(pair, minlength=len(anchor)).astype(np.float32)
    likeness = np.full(len(anchor), np.nan, np.float32)
    np.fmax.at(likeness, pair, score_pairs(wording, PairRows(other[pair], known_other[entry])))
    return count, likeness
