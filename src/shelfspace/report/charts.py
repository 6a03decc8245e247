"""The report's charts as inline SVG: bars, a histogram, calibration, precision against recall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from shelfspace.report.markup import Html, element, join
from shelfspace.report.numerals import label_of, write_figure

Floats = npt.NDArray[np.float64]

_SIDE = 240.0
_LEFT, _TOP, _BOTTOM = 34.0, 10.0, 44.0


def floor_bars(metric: str, values: Mapping[str, float], model: str) -> Html:
    """One metric's bars, a row a method; the one named `model` stands out. Bars run from 0 to the largest.

    Lengths are percentages, so that the chart fits any width while its letters keep their size.
    """
    longest = max(1.0 if max(values.values()) <= 1 else 0.0, *values.values(), 1e-12)
    rows = []
    for i, (name, value) in enumerate(values.items()):
        top, strong = 34.0 * i, " strong" if name == model else ""
        width = f"{100 * max(0.0, value) / longest:.2f}%"
        rows += [
            element("text", name, x=0, y=top + 12, class_=f"name{strong}"),
            element("text", write_figure(value), x="100%", y=top + 12, class_=f"amount end{strong}"),
            element("rect", x=0, y=top + 18, width="100%", height=7, rx=3.5, class_="fill-track"),
            element(
                "rect",
                x=0,
                y=top + 18,
                width=width,
                height=7,
                rx=3.5,
                class_="fill-model" if name == model else "fill-floor",
            ),
        ]
    spoken = ", ".join(f"{name} {write_figure(value)}" for name, value in values.items())
    drawing = element(
        "svg",
        *rows,
        width="100%",
        height=34 * len(values),
        role="img",
        aria_label=f"{label_of(metric)}: {spoken}",
    )
    return element("figure", element("h3", label_of(metric)), drawing)


def probability_bar(value: float) -> Html:
    """A small bar filled to `value`, 0 to 1."""
    width = 56 * min(1.0, max(0.0, value))
    return element(
        "svg",
        element("rect", width=56, height=4, rx=2, class_="fill-track"),
        element("rect", width=width, height=4, rx=2, class_="fill-model"),
        width=56,
        height=4,
        aria_hidden="true",
    )


def histogram(probabilities: Floats, truth: npt.NDArray[np.bool_] | None, bins: int = 20) -> Html:
    """How many matches have which probability; with `truth`, the false ones are stacked in red."""
    edges = np.linspace(0.0, 1.0, bins + 1)
    counts = np.histogram(np.clip(probabilities, 0, 1), edges)[0]
    wrong = np.zeros(bins, int) if truth is None else np.histogram(probabilities[~truth], edges)[0]
    tallest = max(1, int(counts.max()))
    step = _SIDE / bins
    shapes = []
    for i in range(bins):
        total, bad = (_SIDE * int(count) / tallest for count in (counts[i], wrong[i]))
        x, width = _LEFT + i * step + 0.75, step - 1.5
        shapes.append(_column(x, width, total - bad, bad, "fill-model"))
        shapes.append(_column(x, width, bad, 0.0, "fill-bad"))
    legend = [] if truth is None else [("fill-model", "true"), ("fill-bad", "false")]
    drawing = _square("Probability", shapes, top=f"{tallest:,}", label=_spoken_counts(counts, edges))
    return element("figure", element("h3", "How sure the matches are"), drawing, _legend(legend))


def _column(x: float, width: float, height: float, above: float, style: str) -> Html:
    if height <= 0:
        return Html()
    return element("rect", x=x, y=_TOP + _SIDE - height - above, width=width, height=height, class_=style)


def _spoken_counts(counts: npt.NDArray[np.int64], edges: Floats) -> str:
    sure = int(counts[edges[:-1] >= 0.9 - 1e-9].sum())
    return f"Histogram of {int(counts.sum()):,} matches by probability, {sure:,} of them at 0.9 or above"


def reliability(curve: Sequence[Sequence[float]]) -> Html:
    """Share of true pairs against stated probability; points on the diagonal are well calibrated.

    `curve` is (stated, observed) or (stated, observed, count); with counts, the area of a dot is its count.
    """
    stated, observed = (np.asarray(part, dtype=np.float64) for part in curve[:2])
    counts = np.asarray(curve[2], dtype=np.float64) if len(curve) > 2 else np.ones(len(stated))
    known = np.isfinite(stated) & np.isfinite(observed) & (counts > 0)
    stated, observed, counts = stated[known], observed[known], counts[known]
    radii = 2.5 + 5.5 * np.sqrt(counts / counts.max()) if len(counts) else counts
    dots = [
        element("circle", cx=float(x), cy=float(y), r=float(r), class_="fill-model")
        for x, y, r in zip(_across(stated), _upwards(observed), radii, strict=True)
    ]
    ideal = element("line", x1=_LEFT, y1=_TOP + _SIDE, x2=_LEFT + _SIDE, y2=_TOP, class_="stroke-ideal")
    spoken = "; ".join(f"stated {x:.2f}, true {y:.2f}" for x, y in zip(stated, observed, strict=True))
    drawing = _square(
        "Stated probability", [ideal, _path(stated, observed), *dots], label=f"Calibration: {spoken}"
    )
    return element(
        "figure",
        element("h3", "What comes true"),
        drawing,
        element(
            "figcaption", "Share of true pairs by stated probability. On the dashed line, 0.8 means 80 %."
        ),
    )


def precision_recall(curve: Sequence[Sequence[float]]) -> Html:
    """Precision against recall over all thresholds; `curve` is (recall, precision), in any order."""
    recall, precision = (np.asarray(part, dtype=np.float64) for part in curve[:2])
    known = np.isfinite(recall) & np.isfinite(precision)
    recall, precision = _thinned(recall[known], precision[known])
    best = _best_f1(recall, precision)
    shapes = [_path(recall, precision)]
    if best is not None:
        x, y = float(_across(recall)[best]), float(_upwards(precision)[best])
        shapes.append(element("circle", cx=x, cy=y, r=5.0, class_="fill-model"))
    said = (
        "" if best is None else f"Best balance: precision {precision[best]:.3f} at recall {recall[best]:.3f}."
    )
    drawing = _square("Recall", shapes, label=f"Precision against recall. {said}")
    return element("figure", element("h3", "Precision against recall"), drawing, element("figcaption", said))


def _thinned(x: Floats, y: Floats, most: int = 400) -> tuple[Floats, Floats]:
    """At most `most` points in order of `x`: a curve of 100,000 points would weigh more than the page."""
    order = np.argsort(x, kind="stable")
    if len(order) > most:
        order = order[np.linspace(0, len(order) - 1, most).astype(int)]
    return x[order], y[order]


def _best_f1(recall: Floats, precision: Floats) -> int | None:
    total = recall + precision
    if not len(total) or total.max() <= 0:
        return None
    return int(np.argmax(2 * recall * precision / np.where(total > 0, total, 1.0)))


def _across(x: Floats) -> Floats:
    return _LEFT + _SIDE * np.clip(x, 0, 1)


def _upwards(y: Floats) -> Floats:
    return _TOP + _SIDE * (1 - np.clip(y, 0, 1))


def _path(x: Floats, y: Floats) -> Html:
    points = " ".join(f"{px:.1f},{py:.1f}" for px, py in zip(_across(x), _upwards(y), strict=True))
    return element("polyline", points=points, class_="stroke-model")


def _square(across: str, shapes: Sequence[Html], *, top: str = "1", label: str) -> Html:
    """A chart of unit square with quarter lines; the axis upwards ends in `top`."""
    right, bottom = _LEFT + _SIDE, _TOP + _SIDE
    grid = [
        element(
            "line", x1=_LEFT, y1=_TOP + _SIDE * part, x2=right, y2=_TOP + _SIDE * part, class_="stroke-line"
        )
        for part in (0, 0.25, 0.5, 0.75, 1)
    ]
    words = [
        element("text", top, x=_LEFT - 8, y=_TOP + 4, class_="end"),
        element("text", "0", x=_LEFT - 8, y=bottom + 4, class_="end"),
        element("text", "0", x=_LEFT, y=bottom + 18),
        element("text", across, x=_LEFT + _SIDE / 2, y=bottom + 18, class_="middle"),
        element("text", "1", x=right, y=bottom + 18, class_="end"),
    ]
    return element(
        "svg",
        join([*grid, *shapes, *words]),
        viewBox=f"0 0 {right + 6:.0f} {bottom + _BOTTOM - 16:.0f}",
        role="img",
        aria_label=label,
    )


def _legend(entries: Sequence[tuple[str, str]]) -> Html:
    if not entries:
        return Html()
    swatch = [
        element(
            "li",
            element("svg", element("rect", width=10, height=10, rx=2, class_=style), aria_hidden="true"),
            name,
        )
        for style, name in entries
    ]
    return element("ul", *swatch, class_="legend")
