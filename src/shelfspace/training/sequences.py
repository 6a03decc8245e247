"""Teach a transformer what comes next, from a start in closed form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from shelfspace.data.interactions import Interactions
from shelfspace.encoders.sequence import SequenceEncoder, SequenceNetwork, SequenceShape, Steps
from shelfspace.encoders.transformer import in_bfloat16
from shelfspace.errors import OptionError
from shelfspace.objectives.infonce import infonce
from shelfspace.objectives.next_item import full_softmax, sampled_softmax
from shelfspace.objectives.spectral import followed_by, spectral_factors
from shelfspace.training.fit import fit_encoder
from shelfspace.training.history import History
from shelfspace.training.plan import Plan
from shelfspace.training.sequence_batches import SequenceBatch, SequenceBatches

Float32 = npt.NDArray[np.float32]

_SMALL_CATALOGUE = 4096  # items up to which the softmax over all costs hardly more than a drawn part
_MOST_KINDS = 16  # weights of events told apart


@dataclass(frozen=True)
class SequenceRecipe:
    """How a transformer learns what comes next.

    `negatives` is how many items a batch's softmax is drawn from; 0 takes all, None all of a small catalogue
    and 1,024 of a larger one. `two_looks`, `same_target` and `edits` are weights of contrastive terms over
    whole histories: two dropout looks at one (DuoRec, Qiu et al. 2022), two histories before the same item
    (the same), and two edited looks (CL4SRec, Xie et al. 2022); all are 0 by default.
    """

    shape: SequenceShape = field(default_factory=SequenceShape)
    epochs: int = 8
    tokens: int = 1024
    learning_rate: float = 4e-3
    weight_decay: float = 0.01
    negatives: int | None = None
    two_looks: float = 0.0
    same_target: float = 0.0
    edits: float = 0.0
    temperature: float = 0.2
    seed: int = 0


@dataclass(frozen=True)
class SequenceRun:
    """What was learned, and how it went."""

    encoder: SequenceEncoder
    history: History


def learn_sequences(
    taken: Interactions,
    recipe: SequenceRecipe | None = None,
    *,
    products: Float32 | None = None,
    validate: Callable[[SequenceEncoder], float] | None = None,
) -> SequenceRun:
    """A sequence encoder taught by what came next in `taken`, each history's events in their order.

    The items' vectors begin as the singular vectors of which items follow which, read off the product vectors
    `products` [n_items, p] as far as can be. `validate(encoder)`, higher is better, runs after each epoch;
    the best is kept. Times and weights (kinds of events) are used where `taken` has them. Deterministic by
    `recipe.seed`. Raises `OptionError` where no history has two events.
    """
    recipe = recipe or SequenceRecipe()
    if not (taken.lengths >= 2).any():
        raise OptionError(
            f"None of {taken.n_users} histories has two events.",
            "What comes next is learned from histories of two and more.",
            "Give longer histories, or recommend what is popular.",
        )
    kinds = _kinds_of(taken)
    shape = _shape_for(recipe.shape, taken, kinds)
    negatives = recipe.negatives
    if negatives is None:
        negatives = 0 if taken.n_items <= _SMALL_CATALOGUE else 1024
    batches = SequenceBatches(
        taken,
        shape,
        tokens=recipe.tokens,
        negatives=negatives,
        looks=recipe.edits > 0,
        partners=recipe.same_target > 0,
        kinds=kinds,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        held = None if products is None else torch.from_numpy(np.asarray(products, np.float32))
        network = SequenceNetwork(shape, taken.n_items, held)
    network.items.start_from(torch.from_numpy(start_vectors(taken, shape.dim, seed=recipe.seed)))
    encoder = SequenceEncoder(network, kinds)
    history = fit_encoder(
        network,
        batches,
        next_item_loss(recipe),
        plan=_plan(recipe, batches.per_epoch),
        validate=None if validate is None else lambda _: validate(encoder),
        label="Learning what comes next",
    )
    return SequenceRun(encoder, history)


def next_item_loss(recipe: SequenceRecipe) -> Callable[[nn.Module, SequenceBatch], Tensor]:
    """The loss of a batch: the next item at every step, and the contrastive terms that the recipe weighs."""

    def loss(network: nn.Module, batch: SequenceBatch) -> Tensor:
        assert isinstance(network, SequenceNetwork)
        states = network(batch.steps)
        total = _next_item(network, batch, states)
        anchors = batch.steps.last(states)
        if recipe.two_looks:
            total = total + recipe.two_looks * _contrast(network, batch, anchors, recipe, batch.steps)
        if recipe.same_target and batch.partners is not None:
            total = total + recipe.same_target * _contrast(network, batch, anchors, recipe, batch.partners)
        if recipe.edits and batch.looks is not None:
            first, second = batch.looks
            anchors = first.last(network(first))
            total = total + recipe.edits * _contrast(network, batch, anchors, recipe, second)
        return total

    return loss


def _next_item(network: SequenceNetwork, batch: SequenceBatch, states: Tensor) -> Tensor:
    meant = batch.targets >= 0
    targets = batch.targets[meant]
    if batch.negatives is None or batch.log_chances is None:
        if batch.candidates is not None:
            targets = torch.searchsorted(batch.candidates, targets)
        return full_softmax(states[meant], network.items(batch.candidates), targets)
    vectors = network.items(torch.cat([targets, batch.negatives])).to(states.dtype)
    own, drawn = vectors[: len(targets)], vectors[len(targets) :]
    hits = batch.negatives[None, :] == targets[:, None]
    return sampled_softmax(states[meant], own, drawn, batch.log_chances, hits)


def _contrast(
    network: SequenceNetwork, batch: SequenceBatch, anchors: Tensor, recipe: SequenceRecipe, other: Steps
) -> Tensor:
    """Each history near its other look; those before the same item are no negatives of each other."""
    ends = batch.last_targets()
    looks = other.last(network(other))
    return infonce(anchors, looks, temperature=recipe.temperature, mask=ends[:, None] == ends[None, :])


def start_vectors(taken: Interactions, dim: int, *, seed: int = 0) -> Float32:
    """Vectors [n_items, dim] at length 1 from the singular vectors of which items follow which.

    Items that no history holds beside another have the zero vector.
    """
    together = followed_by(taken, window=10, fading=0.5)
    together = together + together.T
    k = min(dim, taken.n_items)
    factors = spectral_factors(together, k, seed=seed, tolerance=1e-2)
    vectors = np.zeros((taken.n_items, dim), np.float32)
    vectors[:, :k] = factors.left + factors.right
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 1e-6, lengths, np.inf), np.float32)


def _plan(recipe: SequenceRecipe, steps: int) -> Plan:
    return Plan(
        epochs=recipe.epochs,
        steps_per_epoch=steps,
        learning_rate=recipe.learning_rate,
        warmup=0.05,
        weight_decay=recipe.weight_decay,
        seed=recipe.seed,
        precision="bfloat16" if in_bfloat16("cpu", "auto") else "float32",
    )


def _kinds_of(taken: Interactions) -> Float32 | None:
    """The weights that events bear, in rising order; None where all are alike, or too many to be kinds."""
    if taken.weights is None:
        return None
    kinds = np.unique(taken.weights)
    return kinds if 2 <= len(kinds) <= _MOST_KINDS else None


def _shape_for(shape: SequenceShape, taken: Interactions, kinds: Float32 | None) -> SequenceShape:
    return replace(shape, gaps=taken.times is not None, n_kinds=0 if kinds is None else len(kinds))
