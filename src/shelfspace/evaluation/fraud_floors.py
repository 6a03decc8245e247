"""Floors of fraud: what plain methods make of accounts, with labels and without."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.data.accounts import UNKNOWN, Accounts
from shelfspace.encoders.graph.ego import unit
from shelfspace.encoders.graph.network import adjacency, averaging
from shelfspace.evaluation.anomaly_floors import nearest_distance, table_floors
from shelfspace.evaluation.fraud_lists import PublishedList
from shelfspace.tasks.fraud.labelled import boosted_trees, linear_model, random_forest

Scores = npt.NDArray[np.float64]

_PROPAGATED = 20


def plain_floors(accounts: Accounts, *, seed: int = 0) -> dict[str, Scores]:
    """Scores [n] that need no label: isolation forest, distance to the nearest 5, degree, and the distance of
    features to their neighbours' mean; `feature_norm` tells what the mere length of features gives away.
    """
    network = adjacency(accounts.edges, len(accounts))
    spread = accounts.features.std(axis=0)
    standard = (accounts.features - accounts.features.mean(axis=0)) / np.where(spread > 0, spread, 1)
    rows = unit(accounts.features)
    likeness = (rows * unit(averaging(network) @ accounts.features)).sum(axis=1)
    return {
        **table_floors(standard, standard, seed=seed),
        "knn_distance": nearest_distance(standard, standard, 6),  # itself, at no distance, and five more
        "degree": np.asarray(network.sum(axis=1), np.float64),
        "neighbour_distance": 1 - likeness.astype(np.float64),
        "feature_norm": np.linalg.norm(accounts.features, axis=1),
    }


def labelled_floors(accounts: Accounts, published: PublishedList, *, seed: int = 0) -> dict[str, Scores]:
    """Scores [n] from the labels of a list: trees, forest and logistic regression over raw features, and
    label propagation over the network alone.
    """
    table, known, truth = accounts.features.astype(np.float32), published.train, published.train_labels
    return {
        "raw_trees": boosted_trees(table, known, truth, seed=seed).scores,
        "raw_forest": random_forest(table, known, truth, seed=seed),
        "logistic_regression": linear_model(table, known, truth),
        "label_propagation": _propagated(adjacency(accounts.edges, len(accounts)), published),
    }


def _propagated(network: Any, published: PublishedList) -> Scores:
    """Known labels spread to neighbours again and again (Zhu and Ghahramani 2002); unreached: the mean."""
    labels = np.full(network.shape[0], UNKNOWN)
    labels[published.train] = published.train_labels
    share = float(published.train_labels.mean())
    known = labels != UNKNOWN
    held = np.where(known, labels, share).astype(np.float64)
    found, alone = held, np.diff(network.indptr) == 0
    step = averaging(network)
    for _ in range(_PROPAGATED):
        found = np.where(known | alone, held, step @ found)
    return np.asarray(found, np.float64)
