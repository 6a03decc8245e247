"""Arguments and options that several commands share, and how their values are read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Preset(StrEnum):
    """How long to learn."""

    fast = "fast"
    balanced = "balanced"
    best = "best"


class MatchLabels(StrEnum):
    """Which labels a match may use."""

    space = "space"
    none = "none"


class Context(StrEnum):
    """How much a matcher may know."""

    pair = "pair"
    table = "table"
    known = "known"


SpaceFolder = Annotated[
    Path, typer.Argument(metavar="SPACE", help="The folder that [bold]fit[/bold] wrote.", show_default=False)
]
TableFile = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="Write the table to FILE.csv, .parquet or .jsonl.", show_default=False
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Count = Annotated[int, typer.Option("-k", min=1, help="How many products to list.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same result.")]
PresetOption = Annotated[
    Preset, typer.Option("--preset", help="How long to learn: seconds, a minute or two, or several minutes.")
]

EncoderOption = Annotated[
    str,
    typer.Option(
        metavar="auto|static|NAME|PATH",
        help="The text encoder: ours, or a Hugging Face model, which the preset best fine-tunes.",
    ),
]
FinetuneOption = Annotated[
    list[str] | None,
    typer.Option(
        "--finetune",
        metavar="WHAT=VALUE",
        help="How the preset best fine-tunes a model: method=full|lora|adalora|ia3, frozen_share, rank, "
        "steps, epochs, batch_size, pairs_a_batch, accumulate, learning_rate, adversarial or word_drop; "
        "repeat it.",
    ),
]


TuneOption = Annotated[
    bool, typer.Option("--tune", help="First search for a recipe of learning on held-out pairs (--trials).")
]
TrialsOption = Annotated[
    int, typer.Option(min=2, metavar="N", help="How many recipes --tune tries; each is taught three times.")
]
EnsembleOption = Annotated[
    int, typer.Option(min=1, metavar="N", help="Train N encoders with different seeds and average them.")
]


def check_recall(recall: float | None) -> float | None:
    """The share, if it lies above 0 and below 1; a usage error otherwise."""
    if recall is not None and not 0 < recall < 1:
        raise typer.BadParameter(f"{recall:g} is no share of the matches above 0 and below 1.")
    return recall


Recall = Annotated[
    float | None,
    typer.Option(
        "--recall",
        metavar="R",
        callback=check_recall,
        show_default=False,
        help="Compare the fewest pairs that hold this share of the matches, 0.99 for one.",
    ),
]


def check_threshold(text: str) -> str:
    """The text, if it is "auto" or a probability; a usage error otherwise."""
    try:
        fits = text == "auto" or 0 <= float(text) <= 1
    except ValueError:
        fits = False
    if not fits:
        raise typer.BadParameter(f"{text!r} is neither auto nor a probability between 0 and 1.")
    return text


def check_mapping(pairs: list[str] | None) -> list[str] | None:
    """The texts, if each has a column before its last equals sign; a usage error otherwise."""
    for pair in pairs or []:
        if not pair.rpartition("=")[0].strip():
            raise typer.BadParameter(f"{pair!r} is not column=attribute, such as 'Artikelname=title'.")
    return pairs


def mapping_of(pairs: list[str] | None) -> dict[str, str]:
    """Which column is which attribute, from texts such as "Artikelname=title"."""
    split = (pair.rpartition("=") for pair in pairs or [])
    return {column.strip(): attribute.strip() for column, _, attribute in split}


# Below the check that it calls.
MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="COLUMN=ATTRIBUTE",
        callback=check_mapping,
        help="Name a column's attribute; repeat it.",
    ),
]
ImagesOption = Annotated[
    Path | None,
    typer.Option(
        "--images",
        metavar="DIR",
        show_default=False,
        help="The folder of the photos that image_link names.",
    ),
]
Where = Annotated[
    str | None, typer.Option("--where", metavar="SQL", help="Only products for which this is true.")
]
RejectsOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Where dropped rows go. Default: SPACE-rejects.csv.")
]
