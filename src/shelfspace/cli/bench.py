"""The command `bench`: figures on public data, beside the plain methods."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shelfspace.cli.bench_photos import (
    LabelNoiseOption,
    ObjectiveOption,
    TaughtOption,
    image_options,
    labels_a_class,
)
from shelfspace.cli.options import (
    Context,
    EncoderOption,
    EnsembleOption,
    FinetuneOption,
    Preset,
    PresetOption,
    Recall,
    TrialsOption,
    TuneOption,
)
from shelfspace.cli.speak import say, step

if TYPE_CHECKING:
    from shelfspace.evaluation.class_curve import ClassCurve
    from shelfspace.evaluation.label_curve import LabelCurve


def bench(
    task: Annotated[
        str,
        typer.Argument(
            metavar="TASK",
            help="match, block, classify, cluster, group, crossmodal, image, anomaly, recommend, next, "
            "search, fraud.",
        ),
    ],
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help="A DeepMatcher or WDC folder; one with offers.csv, products.csv, photos or a log.",
        ),
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
        str,
        typer.Option(
            metavar="all|none|SHARE",
            help="How many labelled pairs to use; for image and classify: labels a class.",
        ),
    ] = "all",
    label_share: Annotated[
        list[float] | None,
        typer.Option(
            min=0, max=1, metavar="SHARE", help="Draw the curve over shares of the labels; repeat it."
        ),
    ] = None,
    label_count: Annotated[
        list[int] | None,
        typer.Option(
            min=1, metavar="N", help="Of classify: draw the curve over N labels a class; repeat it."
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.svg",
            help="Draw a curve: of --label-share; for recommend, of recall by diversity.",
        ),
    ] = None,
    size: Annotated[str | None, typer.Option(help="Which training set, where a folder has several.")] = None,
    recall: Recall = None,
    init: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR|SPACE", help="Start a match from another folder's labels, or from a space."
        ),
    ] = None,
    encoder: EncoderOption = "auto",
    finetune: FinetuneOption = None,
    tune: TuneOption = False,
    trials: TrialsOption = 12,
    ensemble: EnsembleOption = 1,
    unseen: Annotated[
        float, typer.Option(help="The share of the test's products that matching may not learn from.")
    ] = 0.0,
    objective: ObjectiveOption = "supervised",
    taught: TaughtOption = False,
    label_noise: LabelNoiseOption = 0.0,
    split: Annotated[
        str | None, typer.Option(help="How a log is parted: time, leave-one-out or random.")
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Of classify and group: the column that names the class."),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Of classify and group: the column to tell the class from."),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the figures as JSON; - prints them.")
    ] = None,
) -> None:
    """Measure a task on labelled public data, beside the plain methods anyone would try first.

    Example: [bold]shelfspace bench match data/abt-buy --seed 0 --seed 1 --seed 2[/bold]

    Example: [bold]shelfspace bench block data/abt-buy --recall 0.99[/bold]

    Example: [bold]shelfspace bench match data/abt-buy --init data/amazon-google --labels 0.05[/bold]

    Example: [bold]shelfspace bench image data/grocery --labels 5[/bold]

    Example: [bold]shelfspace bench classify data/fashion-titles --labels 5[/bold]

    Example: [bold]shelfspace bench group data/fashion-titles --preset fast[/bold]

    Example: [bold]shelfspace bench classify DIR --label-count 1 --label-count 5 --plot curve.svg[/bold]

    Example: [bold]shelfspace bench recommend data/ml-100k --split time[/bold]

    Example: [bold]shelfspace bench recommend data/yelp2018 --plot variety.svg[/bold]

    Example: [bold]shelfspace bench next data/beauty[/bold]

    Example: [bold]shelfspace bench match DIR --label-share 0.1 --label-share 1 --plot curve.svg[/bold]
    """
    from shelfspace.evaluation.bench import bench as run
    from shelfspace.training.tuning import tuning_of

    options = {
        "contexts": [each.value for each in context] if context else None,
        "size": size,
        "recall": recall,
        "init": init,
        "encoder": None if encoder == "auto" else encoder,
        "tuning": tuning_of(finetune),
        "tune": trials if tune else None,
        "ensemble": ensemble if ensemble > 1 else None,
        "unseen": unseen or None,
        "how": split,
        "options": image_options(task, labels, objective, taught, label_noise),
        "labels": None if task == "image" or labels == "all" else _amount(task, labels),
        "label": label,
        "text": text,
    }
    # What was not asked for is left to the task, which may not know of it.
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    given |= {"seeds": seed or (0,), "preset": preset.value}
    if plot is not None and task == "recommend":
        given["plot"] = plot
    elif label_share or label_count or plot is not None:
        _curve(task, folder, label_share or label_count or [], given, json_file, plot)
        return
    with step(f"Measuring {task} on {folder}"):
        result = run(task, folder, **given)
    if _wrote(result.to_json(), json_file):
        return
    from rich.console import Console

    from shelfspace.evaluation.bench_table import render

    Console().print(render(result))


def _wrote(text: str, json_file: Path | None) -> bool:
    """Write the figures where they are wanted; whether that was standard output, which then is full."""
    if json_file == Path("-"):
        typer.echo(text, nl=False)
        return True
    if json_file is not None:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(text, encoding="utf-8")
        say(f"The figures were written to {json_file}.")
    return False


def _curve(
    task: str,
    folder: Path,
    amounts: Sequence[float],
    given: dict[str, Any],
    json_file: Path | None,
    plot: Path | None,
) -> None:
    """Measure matching or classes with each amount of labels, and show it as a table and a drawing."""
    from rich.console import Console

    from shelfspace.errors import OptionError
    from shelfspace.evaluation.class_curve import class_curve
    from shelfspace.evaluation.label_curve import label_curve
    from shelfspace.report.curve import write_curves

    whole = all(isinstance(amount, int) for amount in amounts)
    if task not in ("match", "classify") or (task == "classify") != whole:
        raise OptionError(
            f"A curve over labels ({', '.join(map(str, amounts)) or 'none'}) was asked of {task!r}.",
            "It is one of match, over shares, or of classify, over labels a class.",
            "Say --label-share 0.1 of match, --label-count 5 of classify.",
        )
    with step(f"Measuring {task} on {folder} with {len(amounts)} amounts of labels"):
        curve: LabelCurve | ClassCurve
        if task == "classify":
            curve = class_curve(folder, [int(amount) for amount in amounts], **given)
        else:
            curve = label_curve(folder, amounts, **given)
    if plot is not None:
        dataset = curve.results[0].dataset
        figure, across = ("F1", "labelled pairs") if task == "match" else ("accuracy", "labels a class")
        write_curves(plot, f"{figure} by labels · {dataset}", across, curve.curves())
        say(f"The curve was drawn to {plot}.")
    if not _wrote(curve.to_json(), json_file):
        Console().print(curve.table())


def _amount(task: str, labels: str) -> str | float:
    """A share of the labels as a number, words as they are; of classes how many labels each has."""
    if task == "classify":
        return labels_a_class(labels)
    try:
        return float(labels)
    except ValueError:
        return labels
