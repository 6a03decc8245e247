"""The page that shows an explanation as a waterfall: each bar begins where the one above it ended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shelfspace.report.differences import only_here
from shelfspace.report.explanation import Explanation
from shelfspace.report.markup import Html, element, page, write_page
from shelfspace.report.numerals import write_signed


@dataclass(frozen=True)
class _Step:
    """One row: what it is, what it adds, and where its bar begins and ends."""

    name: str
    value: str
    amount: float
    start: float
    end: float
    style: str = ""


def explanation_html(path: str | Path, explanation: Explanation) -> Path:
    """The path of a page with both titles, the probability, and the waterfall from the base to the log-odds.

    Without contributions the base and the result stand alone.
    """
    left, right = explanation.left_title, explanation.right_title
    body = [
        element("p", "Why this pair", class_="eyebrow"),
        element("h1", f"{100 * explanation.probability:.1f} % the same product"),
        element("div", _title("left", left, right), _title("right", right, left), class_="pair"),
        element("section", _table(_steps(explanation))),
    ]
    return write_page(path, page(f"{left} / {right}", *body))


def _title(side: str, own: str, other: str) -> Html:
    words = element("bdi", only_here(own, other))
    return element("div", words, element("span", side, class_="id"), class_="listing")


def _steps(explanation: Explanation) -> list[_Step]:
    at = explanation.base
    steps = [_Step("Base", "before any evidence", at, 0.0, at, "fill-floor")]
    for part in explanation.by_size:
        steps.append(_Step(part.name, part.value, part.amount, at, at + part.amount))
        at += part.amount
    result = f"probability {explanation.probability:.3f}"
    return [*steps, _Step("Log-odds", result, explanation.score, 0.0, explanation.score, "fill-model")]


def _table(steps: list[_Step]) -> Html:
    points = [0.0, *(step.end for step in steps)]
    low, span = min(points), (max(points) - min(points)) or 1.0
    heads = ("Evidence", "Seen", "Adds", "From there to here")
    return element(
        "table",
        element("caption", "What adds up to the log-odds, the largest part first."),
        element("thead", element("tr", *(element("th", head, scope="col") for head in heads))),
        element("tbody", *(_row(step, low, span) for step in steps)),
        class_="waterfall",
    )


def _row(step: _Step, low: float, span: float) -> Html:
    return element(
        "tr",
        element("td", step.name),
        element("td", step.value, class_="soft"),
        element("td", write_signed(step.amount, 2), class_="number"),
        element("td", _bar(step, low, span), class_="bar"),
        class_="total" if step.style == "fill-model" else None,
    )


def _bar(step: _Step, low: float, span: float) -> Html:
    left, right, zero = (
        100 * (value - low) / span for value in (min(step.start, step.end), max(step.start, step.end), 0.0)
    )
    return element(
        "svg",
        element("line", x1=f"{zero:.2f}%", x2=f"{zero:.2f}%", y1=-12, y2=28, class_="stroke-line"),
        element(
            "rect",
            x=f"{left:.2f}%",
            y=1,
            width=f"{max(right - left, 0.4):.2f}%",
            height=14,
            rx=2,
            class_=step.style or ("fill-good" if step.amount >= 0 else "fill-bad"),
        ),
        width="100%",
        height=16,
        aria_hidden="true",
    )
