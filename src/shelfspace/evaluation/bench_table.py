"""A benchmark's result as a table for the terminal: the model beside its floors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shelfspace.evaluation.bench_result import BenchResult, Figures
from shelfspace.evaluation.fraud_lines import fraud_lines
from shelfspace.evaluation.group_lines import group_lines
from shelfspace.evaluation.next_lines import next_lines

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table


_MOST_COLUMNS = 8
_FEW_COLUMNS = 4  # beside each other where there are many methods as well as many figures
_PROMISED = ("recall_asked", "recall_expected", "recall_at_least")


def render(result: BenchResult) -> Group:
    """The figures of the model and the floors as a rich table, and below it what they rest on and cost."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    below = Text("\n".join([*_data(result), _cost(result)]))
    table = Table(title=f"{result.task} · {result.dataset}", title_justify="left")
    names = list(result.metrics)
    if len(names) <= _MOST_COLUMNS:
        _lie_across(table, result, names)
        return Group(table, below)
    if len(result.floors) < _MOST_COLUMNS:
        _stand_upright(table, result)
        return Group(table, below)
    _lie_across(table, result, names[:_FEW_COLUMNS])
    more = [Table() for _ in names[_FEW_COLUMNS::_FEW_COLUMNS]]
    for place, part in enumerate(more, start=1):
        _lie_across(part, result, names[place * _FEW_COLUMNS : (place + 1) * _FEW_COLUMNS])
    return Group(table, *more, below)


def _lie_across(table: Table, result: BenchResult, names: list[str]) -> None:
    """A row a method and a column for each of the figures `names`."""
    table.add_column("method", no_wrap=True)
    for name in names:
        table.add_column(name.replace("_", " "), justify="right")
    table.add_row("shelfspace", *_cells(result.metrics, result, names), style="bold")
    if result.seeds:
        table.add_row("  ± between seeds", *_cells(result.seeds["spread"], result, names))
    table.add_section()
    for name, figures in result.floors.items():
        table.add_row(name.replace("_", " "), *_cells(figures, result, names), style="dim")


def _stand_upright(table: Table, result: BenchResult) -> None:
    """A row a figure and a column a method: for more figures than fit beside each other."""
    spread = {"± between seeds": result.seeds["spread"]} if result.seeds else {}
    methods = {"shelfspace": result.metrics, **spread, **result.floors}
    table.add_column("figure", no_wrap=True)
    for name in methods:
        table.add_column(name.replace("_", " "), justify="right")
    for name in result.metrics:
        cells = [_cell(figures[name]) if name in figures else "" for figures in methods.values()]
        table.add_row(name.replace("_", " "), *cells)


def _cells(figures: Figures, result: BenchResult, names: list[str]) -> list[str]:
    """A cell for each of the figures `names`; empty where there is no such figure."""
    digits = 4 if result.task in ("next", "recommend") else 3
    return [_cell(figures[name], digits) if name in figures else "" for name in names]


def _cell(figure: float, digits: int = 3) -> str:
    return f"{figure:.{digits}f}" if abs(figure) < 10 else f"{figure:,.0f}"


def _data(result: BenchResult) -> list[str]:
    """What is to be known of the data, in words."""
    data = {name: f"{value:,.0f}" for name, value in result.data.items()}
    if "test_good" in data:
        return _anomalies(result)
    if "vendors" in data:
        return [
            f"{data['offers']} offers of {data['vendors']} vendors, {data['clusters']} clusters; no labels.",
            f"Of themselves the clusters say: precision {result.data['expected_precision']:.3f}, "
            f"recall {result.data['expected_recall']:.3f}, cohesion {result.data['cohesion']:.3f}.",
            *(
                f"Not measured, for it is not installed: {name} (pip install 'shelfspace[bench]')."
                for name in ("splink", "semhash")
                if name not in result.floors
            ),
        ]
    if result.task == "classify":
        return _classes(result)
    if result.task == "group":
        return group_lines(result)
    if result.task == "image":
        return _photos(result)
    if result.task == "recommend":
        return _recommendations(result)
    if result.task == "next":
        return next_lines(result)
    if result.task == "fraud":
        return fraud_lines(result)
    if result.task == "search":
        without = "" if "bm25s" in result.floors else " bm25s is not installed and was not measured."
        return [
            f"{data['products']} products, {result.n_train:,} queries to learn from, {data['asked']} to test "
            f"on.{without}"
        ]
    if result.task == "crossmodal":
        dropped = f"; {data['dropped_products']} without a title or a photo" * (
            data["dropped_products"] != "0"
        )
        return [f"{result.n_train:,} products to learn from, {data['test_products']} to test on{dropped}."]
    lines = [f"{data['left_products']} × {data['right_products']} products, {_labels(result)}."]
    if result.init:
        lines.append(f"Started from what {result.init} had taught.")
    if "unseen_products" in result.data:
        left_out = f"{result.data['unseen_products']:.0%}"
        lines.append(f"{left_out} of the test's products were left out of training.")
    if result.data["dropped_pairs"]:
        lines.append(f"{data['dropped_pairs']} pairs name products that the tables do not hold.")
    if "test_records" in data:
        lines += [
            f"Of {data['test_pairs']} test pairs {data['test_pairs_with_train_texts']} have the texts of a "
            f"training pair, {data['test_pairs_with_known_match']} a side with a known match.",
            f"Of {data['test_records']} test records {data['test_records_in_train']} occur in training.",
        ]
    if "recall_asked" in data:
        told = {name: f"{result.data[name]:.4g}" for name in _PROMISED}
        lines.append(
            f"Asked for recall {told['recall_asked']}; {data['held_out_matches']} held-out matches promise "
            f"{told['recall_expected']}, with 90 % confidence {told['recall_at_least']} at least."
        )
    if "all_positives" in data:
        lines.append(
            f"{data['candidates']} candidates; recall@10 of all {data['all_positives']} positives, "
            f"those learned from included: {result.data['all_positives_recall@10']:.3f}."
        )
    return lines


def _recommendations(result: BenchResult) -> list[str]:
    """What a benchmark of recommendation rests on, and what it left aside."""
    data = {name: f"{value:,.0f}" for name, value in result.data.items()}
    lines = [
        f"{data['users']} users and {data['items']} items, {result.n_train:,} events to learn from; "
        f"{data['asked_users']} users were asked for, {data['test_events']} events in the test.",
        f"The closed form alone took {data['closed_form_cpu_seconds']} CPU seconds; "
        f"{result.data['seconds_for_1000_users']:.2f} seconds for the lists of 1,000 users.",
    ]
    if result.data["new_users"]:
        lines.append(
            f"{data['new_users']} users of the test had taken nothing before; what everybody takes gives "
            f"them recall@20 {result.data['new_users_recall@20']:.4f}."
        )
    if result.data["new_items"]:
        lines.append(f"{data['new_items']} items of the test nobody had taken before.")
    if result.data["rejects"]:
        lines.append(f"{data['rejects']} lines or values could not be read.")
    if "implicit_als" not in result.floors:
        lines.append("implicit's ALS and BPR were not measured: not installed, or too many events.")
    return lines


def _photos(result: BenchResult) -> list[str]:
    data = {name: f"{value:,.0f}" for name, value in result.data.items()}
    left = ", ".join(
        f"{name.removeprefix('accuracy_under_')} {value:.3f}"
        for name, value in result.data.items()
        if name.startswith("accuracy_under_")
    )
    return [
        f"{data['train_photos']} photos to learn from ({data['labelled_photos']} with labels), "
        f"{data['valid_photos']} to choose by, {data['test_photos']} to test on; "
        f"{data['unread_photos']} could not be read.",
        f"Learned from {data['photos_per_second']} photos a second, {result.data['share_waiting']:.1%} of "
        f"the time waiting for them; tested at {data['photo_size']} pixels, "
        f"the middle {result.data['photo_zoom']:.0%} of each side.",
        f"Accuracy left on corrupted photos: {left}.",
    ]


def _classes(result: BenchResult) -> list[str]:
    """What a benchmark of classes rests on, and what its mixture was made of."""
    data = {name: f"{value:,.0f}" for name, value in result.data.items()}
    shares = {name.removeprefix("share_"): result.data[name] for name in data if name.startswith("share_")}
    mixed = ", ".join(f"{share:.2f} {name}" for name, share in shares.items() if share)
    return [
        f"{data['classes']} classes; {result.n_train:,} labels of {data['train_things']} things to learn "
        f"from, {data['test_things']} to test on, {data['dropped_things']} left out.",
        f"Mixed as labels held back say: {mixed}.",
    ]


def _anomalies(result: BenchResult) -> list[str]:
    """What a benchmark of anomalies rests on, and what a mixture was made of."""
    data = result.data
    lines = [
        f"Learned from {result.n_train:,} good ones alone; judged {data['test_good']:,.0f} good ones and "
        f"{data['test_anomalies']:,.0f} anomalies never seen before."
    ]
    weights = {name.removeprefix("weight_"): data[name] for name in data if name.startswith("weight_")}
    if weights:
        mixed = ", ".join(f"{weight:.2f} {name}" for name, weight in weights.items() if weight)
        lines.append(f"Mixed by made-up defects (AUROC {data['auroc_made_up']:.3f}): {mixed}.")
    if data.get("dropped_photos"):
        lines.append(f"{data['dropped_photos']:,.0f} photos could not be read.")
    return lines


def _labels(result: BenchResult) -> str:
    if not result.labels:
        return "no labels"
    share = "" if result.labels == 1 else f" ({result.labels:.0%} of them)"
    return f"{result.n_train:,} training pairs{share}"


def _cost(result: BenchResult) -> str:
    seeds = result.seed if isinstance(result.seed, list) else [result.seed]
    each = " a seed" if len(seeds) > 1 else ""
    named = f"{'seeds' if len(seeds) > 1 else 'seed'} {', '.join(map(str, seeds))}"
    return (
        f"Preset {result.preset}, {named}: {result.cpu_seconds:.0f} CPU seconds, "
        f"{result.wall_seconds:.0f} on the clock{each}, {result.peak_mib:,.0f} MiB at most."
    )
