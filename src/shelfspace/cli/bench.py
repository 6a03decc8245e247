"""The command `bench`: figures on public data, beside the plain methods."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shelfspace.cli.options import Context, EncoderOption, Preset, PresetOption, Recall, TuneOption
from shelfspace.cli.speak import say, step


def bench(
    task: Annotated[str, typer.Argument(metavar="TASK", help="match, block or cluster.")],
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="A DeepMatcher or WDC folder; for cluster one with offers.csv."),
    ],
    seed: Annotated[
        list[int] | None, typer.Option("--seed", help="Repeat it for the mean of several. Default: 0.")
    ] = None,
    preset: PresetOption = Preset.balanced,
    context: Annotated[
        list[Context] | None,
        typer.Option(help="What a matcher may know; repeat it. Default: all three."),
    ] = None,
    labels: Annotated[
        str, typer.Option(metavar="all|none|SHARE", help="How many labelled pairs to use.")
    ] = "all",
    size: Annotated[str | None, typer.Option(help="Which training set, where a folder has several.")] = None,
    recall: Recall = None,
    init: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR|SPACE", help="Start a match from another folder's labels, or from a space."
        ),
    ] = None,
    encoder: EncoderOption = "auto",
    tune: TuneOption = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the figures as JSON; - prints them.")
    ] = None,
) -> None:
    """Measure a task on labelled public data, beside the plain methods anyone would try first.

    Example: [bold]shelfspace bench match data/abt-buy --seed 0 --seed 1 --seed 2[/bold]

    Example: [bold]shelfspace bench block data/abt-buy --recall 0.99[/bold]

    Example: [bold]shelfspace bench match data/abt-buy --init data/amazon-google --labels 0.05[/bold]
    """
    from shelfspace.evaluation.bench import bench as run
    from shelfspace.evaluation.bench_match import CONTEXTS
    from shelfspace.training.tuning import tuning_of

    with step(f"Measuring {task} on {folder}"):
        result = run(
            task,
            folder,
            seeds=seed or (0,),
            preset=preset.value,
            labels=_share(labels),
            contexts=[each.value for each in context] if context else CONTEXTS,
            size=size,
            recall=recall,
            init=init,
            encoder=encoder,
            tuning=tuning_of(tune),
        )
    if json_file == Path("-"):
        typer.echo(result.to_json(), nl=False)
        return
    if json_file is not None:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(result.to_json(), encoding="utf-8")
        say(f"The figures were written to {json_file}.")
    from rich.console import Console

    from shelfspace.evaluation.bench_table import render

    Console().print(render(result))


def _share(labels: str) -> str | float:
    """A share of the labels as a number; words, known or not, as they are."""
    try:
        return float(labels)
    except ValueError:
        return labels
