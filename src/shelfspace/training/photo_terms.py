"""What options add to the loss of a batch of photos: pixels told, domains brought together."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.objectives.domains import coral, domain_adversarial, mmd, reversal_strength
from shelfspace.objectives.label_noise import (
    generalised_cross_entropy,
    symmetric_cross_entropy,
    trimmed_cross_entropy,
)
from shelfspace.objectives.reconstruction import reconstruction
from shelfspace.objectives.similarity import unit
from shelfspace.training.photo_learner import PhotoLearner
from shelfspace.training.photo_options import PhotoOptions
from shelfspace.views.image.patches import covered, patch_masks

_PATCH = 8
_SMOOTHING = 0.1  # of labels: the rest of the certainty is spread over all classes


def spoiled(looks: Tensor, options: PhotoOptions) -> tuple[Tensor, Tensor | None]:
    """Looks [n, 3, s, s] as an autoencoder is shown them, and what it must tell, bool [n, s, s]; None: all.

    Drawn from torch's own generator, which the fit loop seeds.
    """
    if not options.hidden:
        return looks + options.grain * torch.randn_like(looks), None
    patch = _patch_of(looks.shape[-1])
    hidden = patch_masks(
        len(looks), looks.shape[-1], torch.default_generator, patch=patch, share=options.hidden
    ).to(looks.device)
    return covered(looks, hidden), hidden


def pixels_told(learner: PhotoLearner, maps: Tensor, looks: Tensor, hidden: Tensor | None) -> Tensor:
    """The loss of telling the looks [n, 3, s, s] from the features of their places."""
    return reconstruction(learner.decoder(maps, looks.shape[-1]).float(), looks, hidden)


def domains_apart(
    learner: PhotoLearner, features: Tensor, domains: Tensor, done: float, options: PhotoOptions
) -> Tensor:
    """How far features [n, d] of the domains [n] (below 0 unknown) lie apart; 0 where there is but one.

    Features count by direction, as neighbours are compared, with components around 1. `done` is the share of
    training that is done: the judge of "adversarial" is listened to more and more.
    """
    known = domains >= 0
    vectors, of = unit(features[known]) * features.shape[1] ** 0.5, domains[known]
    if options.domains == "adversarial":
        strength = reversal_strength(done)
        return domain_adversarial(vectors, of, learner.domain_judge, strength=strength)
    gap = coral if options.domains == "coral" else mmd
    pairs = list(combinations(sorted(set(of.tolist())), 2))
    if not pairs:
        return features.sum() * 0.0
    return torch.stack([gap(vectors[of == one], vectors[of == other]) for one, other in pairs]).mean()


def label_loss(options: PhotoOptions, done: float) -> Callable[[Tensor, Tensor], Tensor]:
    """What logits [n, c] of classes [n] cost: the smoothed cross-entropy, or what the options put for it."""
    if options.wrong_labels == "generalised":
        return generalised_cross_entropy
    if options.wrong_labels == "symmetric":
        return symmetric_cross_entropy
    if options.wrong_labels == "trimmed":
        share = options.wrong_share * min(1.0, 2 * done)
        return lambda logits, wanted: trimmed_cross_entropy(logits, wanted, share=share)
    return lambda logits, wanted: functional.cross_entropy(logits, wanted, label_smoothing=_SMOOTHING)


def _patch_of(size: int) -> int:
    """The greatest side of a patch up to 8 that divides the size."""
    return next(side for side in range(min(_PATCH, size), 0, -1) if size % side == 0)
