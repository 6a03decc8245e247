"""What may join any objective on photos: pixels to tell, domains to unite, worst moves, wrong labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from shelfspace.errors import OptionError

DomainTerm = Literal["adversarial", "coral", "mmd"]
WrongLabels = Literal["generalised", "symmetric", "trimmed"]


@dataclass(frozen=True)
class PhotoOptions:
    """Terms and changes beside the objective; all are off.

    `reconstruction` is the weight of telling a look's pixels from the features of its places; the network
    then sees every look spoiled: without the share `hidden` of its patches, of which only what is hidden
    counts (a masked autoencoder), or, where `hidden` is 0, under grain of the standard deviation `grain`, in
    normalised units (a denoising one).

    `domains` brings the features of a lesson's domains (studio and customers' photos, two shops) together:
    "adversarial" by a judge that must not be able to tell them apart, "coral" and "mmd" by their moments;
    `domain_weight` is its weight beside the objective. Domains that hold different things are brought
    together all the same, and then lose what tells the things apart.

    `adversarial` is how far every pixel is moved, in 255ths, to the side that raises the loss; the loss is
    the mean of both. `background` is the share of looks at products before a plain background that get
    another.

    `wrong_labels` replaces the cross-entropy of supervised learning by one that wrong labels move less:
    "generalised", "symmetric", or "trimmed", which leaves out the share `wrong_share` of each batch that
    costs most, coming to it in the first half of training.

    Raises `OptionError` for a figure out of range and an unknown name.
    """

    reconstruction: float = 0.0
    hidden: float = 0.4
    grain: float = 0.5
    domains: DomainTerm | None = None
    domain_weight: float = 1.0
    adversarial: float = 0.0
    background: float = 0.0
    wrong_labels: WrongLabels | None = None
    wrong_share: float = 0.3

    def __post_init__(self) -> None:
        weights = ("reconstruction", "grain", "domain_weight", "adversarial")
        sound = {
            **{name: 0 <= getattr(self, name) < math.inf for name in weights},
            "hidden": 0 <= self.hidden <= 1,
            "background": 0 <= self.background <= 1,
            "wrong_share": 0 <= self.wrong_share < 1,
            "domains": self.domains in (None, *get_args(DomainTerm)),
            "wrong_labels": self.wrong_labels in (None, *get_args(WrongLabels)),
        }
        for name, holds in sound.items():
            if not holds:
                raise OptionError(
                    f"{name} is {getattr(self, name)!r}.",
                    "That is out of range, or no name that is known.",
                    "See the docstring of PhotoOptions for what each option means.",
                )
