"""Accounts and places in one space: an account lies near its own neighbourhood and far from others'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.graph.network import averaging

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

TEMPERATURE = 0.1
_RIDGE = 0.1  # of the mean variance, added to each direction before it is inverted
_MOST_DIRECTIONS = 128
_DIM = 64


@dataclass(frozen=True)
class EgoSpace:
    """Linear maps [r, k] of an account and of its neighbours' mean, both [n, r] and centred.

    Contrast between a node and the subgraph around it, as in CoLA (Liu et al. 2021, section IV).

    Differs from the paper: a neighbourhood is the mean of its members' features, not a graph network of a
    sampled subgraph, so that the closed form is canonical correlation and all neighbours count.
    """

    of_account: Float32
    of_place: Float32

    def accounts(self, rows: Float32) -> Float32:
        """Unit vectors [n, k] of accounts."""
        return unit(rows @ self.of_account)

    def places(self, rows: Float32) -> Float32:
        """Unit vectors [n, k] of neighbourhoods."""
        return unit(rows @ self.of_place)


def closed_ego(accounts: Float32, places: Float32) -> EgoSpace:
    """The space in closed form: canonical correlation of `accounts` and `places`, both [n, r] and centred.

    Each direction weighs the root of its correlation. The spectral contrastive objective has this optimum
    where views are linear (HaoChen et al. 2021, section 3).
    """
    n = max(1, len(accounts))
    left, right = (_whitening(rows) for rows in (accounts, places))
    cross = accounts.astype(np.float64).T @ places.astype(np.float64) / n
    u, values, vt = np.linalg.svd(left @ cross @ right)
    scale = np.sqrt(values[:_DIM])
    maps = (left @ u[:, :_DIM] * scale, right @ vt[:_DIM].T * scale)
    return EgoSpace(*(matrix.astype(np.float32) for matrix in maps))


def principal(features: npt.NDArray[Any], *, unit_rows: bool) -> Float32:
    """Centred features [n, r] in their principal directions, 128 at most.

    With `unit_rows` rows are brought to length 1 first: so that bags of words are compared by direction, and
    their length says nothing. Else columns are brought to one spread.
    """
    rows = np.asarray(features, np.float64)
    if not len(rows):
        return np.zeros((0, min(rows.shape[1], _MOST_DIRECTIONS)), np.float32)
    if unit_rows:
        rows = np.asarray(unit(rows), np.float64)
    else:
        spread = rows.std(axis=0)
        rows = rows / np.where(spread > 1e-12, spread, 1)
    rows = rows - rows.mean(axis=0)
    if rows.shape[1] <= _MOST_DIRECTIONS:
        return np.asarray(rows, np.float32)
    vectors = np.linalg.eigh(rows.T @ rows)[1]
    return np.asarray(rows @ vectors[:, ::-1][:, :_MOST_DIRECTIONS], np.float32)


class Places(NamedTuple):
    """The mean of each account's neighbours [n, r] less `centre` [r]; 0 for those without any."""

    rows: Float32
    centre: Float32


def places_of(rows: Float32, network: Any) -> Places:
    """What stands around each account; the centre is the mean over accounts with neighbours."""
    means = np.asarray(averaging(network) @ rows, np.float32)
    with_any = np.diff(network.indptr) > 0
    centre = means[with_any].mean(axis=0) if with_any.any() else np.zeros(rows.shape[1], np.float32)
    means[with_any] -= centre
    return Places(means, np.asarray(centre, np.float32))


def unit(rows: npt.NDArray[Any]) -> Float32:
    """Rows [n, d] of length 1; rows of zeros stay so."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), np.float32)


def _whitening(rows: Float32) -> Float64:
    wide = rows.astype(np.float64)
    covariance = wide.T @ wide / max(1, len(wide))
    ridge = _RIDGE * np.trace(covariance) / max(1, len(covariance)) + 1e-12
    values, vectors = np.linalg.eigh(covariance + ridge * np.eye(len(covariance)))
    return np.asarray((vectors / np.sqrt(values)) @ vectors.T, np.float64)
