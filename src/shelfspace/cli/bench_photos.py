"""The options of `bench image`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, get_args

import typer

from shelfspace.errors import OptionError

if TYPE_CHECKING:
    from shelfspace.evaluation.image_study import ImageOptions

ObjectiveOption = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="What a network of photos learns by: supervised, supcon, simclr, moco, byol, simsiam, vicreg or "
        "barlow.",
    ),
]
TaughtOption = Annotated[
    bool, typer.Option("--taught", help="Let it also learn to tell a photo's closed-form features.")
]
LabelNoiseOption = Annotated[
    float, typer.Option(min=0, max=1, help="The share of a photo's training labels made wrong.")
]


def image_options(
    task: str, labels: str, objective: str, taught: bool, label_noise: float
) -> ImageOptions | None:
    """The options of the benchmark "image", None of another.

    Raises `OptionError` for an unknown objective, labels that are no number, and options given to another.
    """
    if task != "image":
        if objective != "supervised" or taught or label_noise:
            raise OptionError(
                f"Options of photos were given to the benchmark {task}.",
                "Only image learns by an objective, or with wrong labels.",
                "Leave --objective, --taught and --label-noise out, or measure image.",
            )
        return None
    from shelfspace.evaluation.image_study import ImageOptions
    from shelfspace.training.photo_losses import Objective

    if objective not in get_args(Objective):
        raise OptionError(
            f"The objective {objective!r} was asked for.",
            f"The objectives are {', '.join(get_args(Objective))}.",
            "Choose one of them.",
        )
    return ImageOptions(
        objective,  # type: ignore[arg-type]
        labels=None if labels == "all" else labels_a_class(labels),
        label_noise=label_noise,
        taught=taught,
    )


def labels_a_class(labels: str) -> int:
    """How many things of each class have a label; `OptionError` where it is no whole number."""
    if not labels.isdecimal():
        raise OptionError(
            f"{labels!r} labels of each class were asked for.",
            "It is how many things of each class have a label, or all.",
            "Write --labels 5.",
        )
    return int(labels)
