"""How the report writes figures."""

from __future__ import annotations

import math

_SHORT = {"ece": "Calibration error", "f1": "F1"}


def write_figure(value: float | str | None) -> str:
    """A figure to read at a glance: shares with three decimals, large numbers with thousands marked.

    Text stays as it is; nothing, NaN and infinities give a dash.

    >>> write_figure(0.96249), write_figure(61204), write_figure(12.5), write_figure(None)
    ('0.962', '61,204', '12.5', '–')
    """
    if isinstance(value, str):
        return value
    if value is None or not math.isfinite(value):
        return "–"
    if isinstance(value, int) or (abs(value) >= 1000 and float(value).is_integer()):
        return f"{int(value):,}"
    return f"{value:.3f}" if abs(value) <= 1 else f"{value:,.1f}"


def label_of(name: str) -> str:
    """A figure's name for people: "wall_seconds" is "Wall seconds"."""
    if name in _SHORT:
        return _SHORT[name]
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def write_signed(value: float, decimals: int) -> str:
    """The value with its sign, the minus as wide as the plus.

    >>> write_signed(-0.5, 2)
    '−0.50'
    """
    return f"{value:+.{decimals}f}".replace("-", "−")
