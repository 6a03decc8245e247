"""The match report: one HTML page with the figures, the floors, the charts and the matches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from shelfspace.errors import OptionError
from shelfspace.report.charts import floor_bars, histogram, precision_recall, reliability
from shelfspace.report.markup import Html, element, page, write_page
from shelfspace.report.numerals import label_of, write_figure, write_signed
from shelfspace.report.pairs_table import caption_of, pairs_table

COLUMNS = (
    *("left_id", "right_id", "probability", "why"),
    *("left_title", "right_title", "left_price", "right_price"),
)
MODEL = "Shelfspace"

#: Figures that had better be small end like this.
_LESS_IS_BETTER = ("ece", "_seconds", "_mib")

#: A curve by name: its arrays of equal length.
Curves = Mapping[str, Sequence[Sequence[float]]]


def match_report(
    path: str | Path,
    *,
    title: str,
    figures: Mapping[str, float | str],
    floors: Mapping[str, Mapping[str, float]],
    matches: pl.DataFrame,
    curves: Curves | None = None,
    notes: Sequence[str] = (),
    missed: pl.DataFrame | None = None,
    most_rows: int = 500,
) -> Path:
    """The path of the page, one file that needs no other and asks nothing of the network.

    `figures` become cards, in their order; those that a floor has too are compared with it. `matches` has the
    columns of `COLUMNS`, prices as numbers or text, `why` as text with ";" between reasons or as a list, and
    perhaps a boolean `truth`; false ones are then listed apart, beside the true pairs in `missed` (the same
    columns). Of more than `most_rows` matches the least certain half and a sample of the others are shown.
    `curves` may hold "reliability" (stated, observed, and perhaps counts) and "precision_recall" (recall,
    precision). Whatever is missing or empty is left out of the page.

    Raises `OptionError` where a column is missing or `most_rows` is below 1.
    """
    _check(matches, "matches", most_rows)
    if missed is not None:
        _check(missed, "missed", most_rows)
    body = [
        _header(title, figures, floors, notes),
        _floors(figures, floors),
        _charts(matches, curves or {}),
        _matches(matches, most_rows),
        _mistakes(matches, missed, most_rows),
        element("footer", "Made by Shelfspace. This page stands alone: it loads nothing and sends nothing."),
    ]
    return write_page(path, page(title, *body))


def _check(table: pl.DataFrame, name: str, most_rows: int) -> None:
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise OptionError(
            f"The table {name} has the columns {', '.join(table.columns) or 'none'}.",
            f"A report needs {', '.join(missing)} too.",
            "Join the titles and prices of both shops to the matches; empty values may stay null.",
        )
    if most_rows < 1:
        raise OptionError(f"most_rows is {most_rows}.", "It is at least 1.", "Leave it out for 500 rows.")


def _header(
    title: str,
    figures: Mapping[str, float | str],
    floors: Mapping[str, Mapping[str, float]],
    notes: Sequence[str],
) -> Html:
    cards = [
        element(
            "div",
            element("dt", label_of(name)),
            element("dd", write_figure(value), class_="figure"),
            _against(name, value, floors),
            class_="card",
        )
        for name, value in figures.items()
    ]
    return element(
        "header",
        element("p", "Match report", class_="eyebrow"),
        element("h1", title),
        element("ul", *(element("li", note) for note in notes), class_="notes") if notes else Html(),
        element("dl", *cards, class_="cards") if cards else Html(),
    )


def _against(name: str, value: float | str, floors: Mapping[str, Mapping[str, float]]) -> Html:
    """How far a figure is ahead of the best floor."""
    rivals = _rivals(name, value, floors)
    if not rivals or isinstance(value, str):
        return Html()
    sign = -1 if name.endswith(_LESS_IS_BETTER) else 1
    best = max(rivals, key=lambda floor: sign * rivals[floor])
    lead = value - rivals[best]
    tone = "better" if sign * lead > 0 else "worse"
    return element(
        "dd", element("span", write_signed(lead, 3), class_=tone), f" against {best}", class_="against"
    )


def _rivals(name: str, value: float | str, floors: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The floors' values of a figure; none where there is nothing to compare."""
    if isinstance(value, str) or not math.isfinite(value):
        return {}
    found = {floor: values[name] for floor, values in floors.items() if name in values}
    return {floor: rival for floor, rival in found.items() if math.isfinite(rival)}


def _floors(figures: Mapping[str, float | str], floors: Mapping[str, Mapping[str, float]]) -> Html:
    charts = []
    for metric, value in figures.items():
        rivals = _rivals(metric, value, floors)
        if rivals and not isinstance(value, str):
            charts.append(floor_bars(metric, {MODEL: value, **rivals}, MODEL))
    if not charts:
        return Html()
    return _section(
        "Beside the plain methods",
        "What anyone would try first, on the same data and with the same rules.",
        element("div", *charts, class_="bars"),
    )


def _section(title: str, lead: str, *children: Html) -> Html:
    return element("section", element("h2", title), element("p", lead, class_="soft"), *children)


def _charts(matches: pl.DataFrame, curves: Curves) -> Html:
    charts = []
    known = matches.filter(pl.col("probability").is_finite())
    if known.height:
        truth = known["truth"].fill_null(True).to_numpy() if "truth" in known.columns else None
        charts.append(histogram(known["probability"].cast(pl.Float64).to_numpy(), truth))
    if len(curves.get("reliability", ())) > 1:
        charts.append(reliability(curves["reliability"]))
    if len(curves.get("precision_recall", ())) > 1:
        charts.append(precision_recall(curves["precision_recall"]))
    if not charts:
        return Html()
    lead = "A probability is a promise: of the pairs given 0.8, four in five should be the same product."
    return _section("How far to trust it", lead, element("div", *charts, class_="charts"))


def _matches(matches: pl.DataFrame, most_rows: int) -> Html:
    if not matches.height:
        return _section("Matches", "No two listings were found to be the same product.")
    shown = _most_telling(matches, most_rows)
    search = element(
        "input", type="search", id="search-matches", placeholder="Title, id, reason…", autocomplete="off"
    )
    controls = element(
        "div",
        element("label", "Search the matches", for_="search-matches", class_="visually-hidden"),
        search,
        element("output", for_="search-matches", aria_live="polite"),
        class_="controls",
        data_controls="matches",
        hidden=True,
    )
    table = pairs_table(shown, "matches", caption_of(shown.height, matches.height))
    return _section(
        "Matches", "Both listings of each pair, and what spoke for and against it.", controls, table
    )


def _most_telling(matches: pl.DataFrame, most_rows: int) -> pl.DataFrame:
    """At most `most_rows` rows, surest first: the least certain half and an even sample of the rest."""
    ranked = matches.sort("probability", descending=True, nulls_last=True, maintain_order=True)
    if ranked.height <= most_rows:
        return ranked
    doubtful = most_rows // 2
    rest = ranked.height - doubtful
    sample = np.linspace(0, rest - 1, most_rows - doubtful).astype(int)
    return pl.concat([ranked[sample], ranked[rest:]])


def _mistakes(matches: pl.DataFrame, missed: pl.DataFrame | None, most_rows: int) -> Html:
    parts = []
    if "truth" in matches.columns:
        false = matches.filter(pl.col("truth").not_())
        parts.append(
            _mistake("False matches", "Matched, and yet two different products.", "false", false, most_rows)
        )
    if missed is not None:
        lead = "The same product, and yet not matched."
        parts.append(_mistake("Missed matches", lead, "missed", missed, most_rows))
    return Html("".join(parts))


def _mistake(title: str, lead: str, name: str, pairs: pl.DataFrame, most_rows: int) -> Html:
    if not pairs.height:
        return _section(title, "None.")
    shown = _most_telling(pairs.drop("truth", strict=False), most_rows)
    return _section(title, lead, pairs_table(shown, name, caption_of(shown.height, pairs.height)))
