"""Curves of figures against how much was given, as an SVG of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from shelfspace.errors import OptionError
from shelfspace.report.markup import Html, element, write_page
from shelfspace.report.numerals import write_figure

Curve = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 640.0, 400.0
_ROUNDING = 1e-9  # so that 0.15 / 0.05 is 3 and not a little less
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 150.0, 44.0, 52.0
#: Colours that people who see colours otherwise tell apart too (Okabe and Ito 2008).
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#666666")


def write_curves(
    path: str | Path, title: str, across: str, curves: Mapping[str, Curve], *, logarithmic: bool = True
) -> Path:
    """The path of the SVG just written: a line a name over points (x, y), with `across` saying what x is.

    On a logarithmic axis points at x = 0 are drawn at the left edge, and so are those of curves of one point
    only on either. Raises `OptionError` where there is no point at all.
    """
    points = [point for curve in curves.values() for point in curve]
    if not points:
        raise OptionError("There is no point to draw.", "A curve has one at least.", "Measure something.")
    axes = _Axes(sorted({x for x, _ in points}), [y for _, y in points], logarithmic)
    lines = [part for i, named in enumerate(curves.items()) for part in _line(i, *named, axes)]
    drawing = element(
        "svg",
        element("rect", width=_WIDTH, height=_HEIGHT, fill="#ffffff"),
        element("text", title, x=_LEFT, y=24, font_weight="bold", font_size=15),
        *axes.drawn(across),
        *lines,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}",
        font_family="system-ui, sans-serif",
        font_size=12,
        role="img",
        aria_label=title,
    )
    return write_page(path, Html(f"{drawing}\n"))


class _Axes:
    """Where values stand on the drawing."""

    def __init__(self, xs: Sequence[float], ys: Sequence[float], logarithmic: bool) -> None:
        self._logarithmic = logarithmic
        self.step = _step(max(ys) - min(ys))
        self.low = math.floor(min(ys) / self.step + _ROUNDING) * self.step
        self.high = max(math.ceil(max(ys) / self.step - _ROUNDING) * self.step, self.low + self.step)
        if logarithmic:
            self.ticks = list(xs)
            sound = [x for x in xs if x > 0] or [1.0]
            self.first = math.log(sound[0]) - (0.7 if min(xs) <= 0 else 0.0)
            self.last = math.log(sound[-1])
        else:
            step = _step(xs[-1] - xs[0])
            low, high = math.floor(xs[0] / step + _ROUNDING), math.ceil(xs[-1] / step - _ROUNDING)
            self.ticks = [step * number for number in range(low, max(high, low + 1) + 1)]
            self.first, self.last = self.ticks[0], self.ticks[-1]

    def x(self, value: float) -> float:
        """Pixels from the left."""
        at = value
        if self._logarithmic:
            at = math.log(value) if value > 0 else self.first
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (at - self.first) / ((self.last - self.first) or 1.0)

    def y(self, value: float) -> float:
        """Pixels from the top."""
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (self.high - value) / (self.high - self.low)

    def drawn(self, across: str) -> list[Html]:
        """Lines at every step upwards, and the numbers on both axes."""
        right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
        parts = []
        for step in range(round((self.high - self.low) / self.step) + 1):
            value = self.low + step * self.step
            at = self.y(value)
            parts.append(element("line", x1=_LEFT, x2=right, y1=at, y2=at, stroke="#dddddd"))
            number = _number(value, max(self.step, 1e-9), 2)
            parts.append(element("text", number, x=_LEFT - 8, y=at + 4, text_anchor="end"))
        gap = self.ticks[1] - self.ticks[0] if len(self.ticks) > 1 and not self._logarithmic else 1.0
        for value in self.ticks:
            number = _number(value, gap, 0)
            parts.append(element("text", number, x=self.x(value), y=bottom + 18, text_anchor="middle"))
        parts.append(element("text", across, x=(_LEFT + right) / 2, y=bottom + 40, text_anchor="middle"))
        return parts


def _step(spread: float) -> float:
    """How far lines stand apart: a twentieth for figures that differ by 0.1 to 1, else for 4 to 10 lines."""
    if 0.1 <= spread <= 1 or spread <= 0:
        return 0.05
    size = 10.0 ** math.floor(math.log10(spread / 4))
    return next(size * factor for factor in (10, 5, 2, 1) if spread / (size * factor) >= 4 or factor == 1)


def _number(value: float, step: float, decimals: int) -> str:
    """The value with as many decimals as its step needs, `decimals` at least."""
    needed = max(decimals, -math.floor(math.log10(step) + _ROUNDING))
    return f"{value:,.{needed}f}"


def _line(number: int, name: str, curve: Curve, axes: _Axes) -> list[Html]:
    colour = _COLOURS[number % len(_COLOURS)]
    places = [(axes.x(x), axes.y(y)) for x, y in sorted(curve)]
    if not places:
        return []
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    at, last = 60.0 + 20 * number, curve[-1][1]
    right = _WIDTH - _RIGHT + 14
    return [
        element("polyline", points=path, fill="none", stroke=colour, stroke_width=2),
        *(element("circle", cx=x, cy=y, r=3, fill=colour) for x, y in places),
        element("rect", x=right, y=at - 9, width=10, height=10, fill=colour),
        element("text", f"{name} {write_figure(last)}", x=right + 15, y=at),
    ]
