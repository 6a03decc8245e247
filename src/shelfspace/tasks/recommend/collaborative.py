"""Learning to recommend from who took what: the closed form, what contrast adds to it, and their mixture."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional

from shelfspace.data.interactions import Interactions
from shelfspace.encoders.graph.propagation import mean_of
from shelfspace.objectives.spectral import SingularVectors
from shelfspace.tasks.match.study import Preset
from shelfspace.tasks.recommend.contrastive import ContrastiveRecommender
from shelfspace.tasks.recommend.linear import LinearOptions, LinearRecommender, fit_linear, graph_factors
from shelfspace.tasks.recommend.mixture import MixtureRecommender
from shelfspace.training.graph import GraphOptions, fit_graph, log_shares

_EPOCHS: dict[Preset, float] = {"fast": 0.0, "balanced": 10.0, "best": 20.0}


@dataclass(frozen=True)
class CollaborativeOptions:
    """How both parts are learned, on vectors of `dim`, and how they are mixed (see `MixtureRecommender`)."""

    linear: LinearOptions = field(default_factory=LinearOptions)
    graph: GraphOptions = field(default_factory=GraphOptions)
    dim: int = 128
    linear_power: float = 0.5
    contrastive_power: float = 0.5
    popularity: float = 0.0


def options_of(preset: Preset) -> CollaborativeOptions:
    """The options of a preset: "fast" learns nothing beyond the closed form, "best" learns longer."""
    graph = replace(GraphOptions(), epochs=_EPOCHS[preset])
    options = CollaborativeOptions(graph=graph)
    return replace(options, contrastive_power=0.0) if preset == "fast" else options


class ClosedForm(NamedTuple):
    """What is known of a log without training: the graph's singular vectors, and a recommender by them."""

    factors: SingularVectors
    linear: LinearRecommender


def fit_closed(log: Interactions, options: CollaborativeOptions, *, seed: int = 0) -> ClosedForm:
    """The closed form of a log."""
    factors = graph_factors(log, options.linear.k, tolerance=options.linear.tolerance, seed=seed)
    return ClosedForm(factors, fit_linear(log, options.linear, factors, seed=seed))


def fit_collaborative(
    log: Interactions,
    options: CollaborativeOptions | None = None,
    closed: ClosedForm | None = None,
    *,
    seed: int = 0,
) -> MixtureRecommender:
    """The mixture of the linear filter and of vectors learned from the same singular vectors on.

    `closed` is the log's closed form where it is known already. Works for any log, one without events
    included, where everything scores alike. The same log, options and seed give the same recommender.
    """
    options = options or CollaborativeOptions()
    closed = closed or fit_closed(log, options, seed=seed)
    return MixtureRecommender(
        closed.linear,
        fit_contrastive(log, closed.factors, options, seed=seed),
        options.linear_power,
        options.contrastive_power,
    )


def fit_contrastive(
    log: Interactions, factors: SingularVectors, options: CollaborativeOptions, *, seed: int = 0
) -> ContrastiveRecommender:
    """The vectors learned by contrast from the leading `dim` of the graph's `factors` on."""
    leading = SingularVectors(
        factors.left[:, : options.dim], factors.values[: options.dim], factors.right[:, : options.dim]
    )
    layers = fit_graph(log, leading, options.graph, seed=seed)
    # A user's layers but the first are sums over the items they took, so that a history alone gives them.
    spread = sum((layer.items for layer in layers[:-1]), torch.zeros_like(layers[0].items)).numpy()
    degrees = np.maximum(log.matrix().sum(axis=0), 1.0).astype(np.float32)
    final = mean_of(layers)
    return ContrastiveRecommender(
        functional.normalize(final.items, dim=1).numpy(),
        spread / np.sqrt(degrees)[:, None],
        layers[0].users.numpy(),
        log_shares(log).astype(np.float32),
        options.graph.temperature,
        options.popularity,
    )
