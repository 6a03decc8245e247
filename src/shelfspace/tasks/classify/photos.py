"""Classes of photos: a network's opinion and closed-form machines over all features, as validation says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from shelfspace.tasks.classify.calibrated import mixed, shares_of, surprise, temperature_of
from shelfspace.tasks.classify.kernel import (
    RIDGES,
    Features,
    Float32,
    Int64,
    KernelMachine,
    fit_kernel,
    one_hot,
)

#: What a part may weigh beside the others; every combination that the search visits is made of these.
_WEIGHTS = (0.25, 1.0)
_MOST_PARTS = 3
_BETTER = 0.995  # of the surprise so far; what helps less than that is chance, or costs more than it brings
_MOST_ROWS = 2000  # learned from while weights are searched


@dataclass(frozen=True)
class Split:
    """What is known of photos: features float32 `[n, d]` by part, rows of length 1, and classes by column.

    `opinions` are a network's probabilities float32 `[n, c]` by column; none without one.
    """

    features: Features
    classes: Mapping[str, Int64] = field(default_factory=dict)
    opinions: Mapping[str, Float32] = field(default_factory=dict)


@dataclass(frozen=True)
class Chosen:
    """What validation chose for one column: weights of parts, ridge, temperature, shares of the opinions."""

    weights: dict[str, float]
    ridge: float
    temperature: float
    shares: tuple[float, ...]
    accuracy: float


@dataclass(frozen=True)
class PhotoClassifier:
    """A closed-form machine for each column, mixed with the network's opinion as `chosen` says.

    `parents` name for a column the finer one that decides it, with the coarse class of each fine one: then
    the finer one's probabilities, added up, are a third opinion.
    """

    chosen: dict[str, Chosen]
    machines: dict[str, KernelMachine]
    parents: dict[str, tuple[str, Int64]]

    def probabilities(self, split: Split) -> dict[str, Tensor]:
        """float32 `[n, classes]` by column, rows that add up to 1."""
        found: dict[str, Tensor] = {}
        for name in sorted(self.chosen, key=lambda column: column in self.parents):
            own = self.chosen[name]
            scores = self.machines[name].scores(split.features)
            opinions = _opinions(name, torch.softmax(scores / own.temperature, 1), split, self.parents, found)
            found[name] = mixed(opinions, own.shares)
        return {name: found[name] for name in self.chosen}

    def accuracy(self, split: Split) -> dict[str, float]:
        """The share of rows with a class whose class is told rightly, by column."""
        return {name: hit_rate(p, split.classes[name]) for name, p in self.probabilities(split).items()}


def learn_classes(train: Split, valid: Split, *, refit: bool = True, seed: int = 0) -> PhotoClassifier:
    """The classifier whose weights, ridge, temperature and shares are least surprised by `valid`.

    `refit` learns the machines from `train` and `valid` together once all is chosen.
    """
    columns = {name: _n_classes(name, train, valid) for name in train.classes}
    parents = _parents(train.classes)
    order = sorted(columns, key=lambda column: column in parents)
    best = _search(train, valid, columns, seed)
    chosen: dict[str, Chosen] = {}
    found: dict[str, Tensor] = {}
    for name in order:
        weights, ridge = best[name]
        targets = one_hot(train.classes[name], columns[name])
        (machine,) = fit_kernel(train.features, targets, weights, (ridge,))
        scores, wanted = machine.scores(valid.features), valid.classes[name]
        temperature = temperature_of(scores, wanted)
        opinions = _opinions(name, torch.softmax(scores / temperature, 1), valid, parents, found)
        shares = shares_of(opinions, wanted)
        found[name] = mixed(opinions, shares)
        chosen[name] = Chosen(weights, ridge, temperature, shares, hit_rate(found[name], wanted))
    last = _joined(train, valid) if refit else train
    machines = {
        name: fit_kernel(
            last.features,
            one_hot(last.classes[name], columns[name]),
            chosen[name].weights,
            (chosen[name].ridge,),
        )[0]
        for name in columns
    }
    return PhotoClassifier({name: chosen[name] for name in columns}, machines, parents)


def hit_rate(probabilities: Tensor, labels: Int64) -> float:
    """The share of the rows with a class (0 or more) where it is the most probable; 0 without any."""
    known = labels >= 0
    hits = probabilities.argmax(1).numpy() == labels
    return float(hits[known].mean()) if known.any() else 0.0


def _search(
    train: Split, valid: Split, columns: Mapping[str, int], seed: int
) -> dict[str, tuple[dict[str, float], float]]:
    """For each column the weights and the ridge that validation likes best.

    Every part alone first, then the best of them joined by one part more at a time, as long as it helps the
    column.
    """
    rows = np.random.default_rng(seed).permutation(len(next(iter(train.features.values()))))[:_MOST_ROWS]
    some = {name: part[rows] for name, part in train.features.items()}
    targets = torch.cat([one_hot(train.classes[name][rows], n) for name, n in columns.items()], dim=1)
    best: dict[str, tuple[float, dict[str, float], float]] = {}
    tried: set[tuple[tuple[str, float], ...]] = set()

    def attempt(weights: dict[str, float]) -> None:
        key = tuple(sorted(weights.items()))
        if key in tried:
            return
        tried.add(key)
        for machine, ridge in zip(fit_kernel(some, targets, weights), RIDGES, strict=True):
            scores = torch.split(machine.scores(valid.features), list(columns.values()), dim=1)
            for name, own in zip(columns, scores, strict=True):
                wanted = valid.classes[name]
                sharp = torch.softmax(own / temperature_of(own, wanted), dim=1)
                loss = surprise(sharp, wanted)
                if name not in best or loss < _BETTER * best[name][0]:
                    best[name] = (loss, weights, ridge)

    for name in some:
        attempt({name: 1.0})
    for _ in range(_MOST_PARTS - 1):
        for weights in [dict(each[1]) for each in best.values()]:
            for name in some.keys() - weights.keys():
                for weight in _WEIGHTS:
                    attempt({**weights, name: weight})
    return {name: (weights, ridge) for name, (_, weights, ridge) in best.items()}


def _opinions(
    name: str,
    machine: Tensor,
    split: Split,
    parents: Mapping[str, tuple[str, Int64]],
    found: Mapping[str, Tensor],
) -> list[Tensor]:
    """The machine's probabilities, the network's, and those that follow from a finer column."""
    opinions = [machine]
    if name in split.opinions:
        opinions.append(torch.from_numpy(split.opinions[name]))
    if name in parents:
        finer, coarse = parents[name]
        summed = torch.zeros_like(machine)
        summed.index_add_(1, torch.from_numpy(coarse), found[finer])
        opinions.append(summed)
    return opinions


def _parents(classes: Mapping[str, Int64]) -> dict[str, tuple[str, Int64]]:
    """For each column that a finer one decides: that column, and the coarse class of each fine class."""
    found: dict[str, tuple[str, Int64]] = {}
    for name, coarse in classes.items():
        for finer, fine in classes.items():
            if finer == name or finer in found or fine.max(initial=0) <= coarse.max(initial=0):
                continue
            known = (fine >= 0) & (coarse >= 0)
            pairs = np.unique(np.stack([fine[known], coarse[known]], axis=1), axis=0)
            if len(pairs) and len(pairs) == len(np.unique(pairs[:, 0])) == fine.max() + 1:
                found[name] = (finer, pairs[:, 1].astype(np.int64))
                break
    return found


def _n_classes(name: str, *splits: Split) -> int:
    return max(int(split.classes[name].max(initial=0)) for split in splits) + 1


def _joined(left: Split, right: Split) -> Split:
    features = {name: np.concatenate([part, right.features[name]]) for name, part in left.features.items()}
    classes = {name: np.concatenate([of, right.classes[name]]) for name, of in left.classes.items()}
    return Split(features, classes)
