"""Why a pair got its score: contributions that add up from a base to log-odds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Contribution:
    """What one piece of evidence adds to the log-odds: its `name`, the `value` seen, the `amount` added."""

    name: str
    value: str
    amount: float


@dataclass(frozen=True)
class Explanation:
    """The score of two listings taken apart: `base` log-odds, and what each piece of evidence adds to them.

    >>> told = Explanation("Velora 64GB", "Velora 64 GB", -2.0, (Contribution("storage", "64 GB", 4.0),))
    >>> told.score, round(told.probability, 3)
    (2.0, 0.881)
    """

    left_title: str
    right_title: str
    base: float
    contributions: Sequence[Contribution]

    @property
    def by_size(self) -> list[Contribution]:
        """The contributions, the largest in either direction first."""
        return sorted(self.contributions, key=lambda part: -abs(part.amount))

    @property
    def score(self) -> float:
        """The final log-odds."""
        return self.base + math.fsum(part.amount for part in self.contributions)

    @property
    def probability(self) -> float:
        """The probability of the score, 0 to 1."""
        return probability_of(self.score)


def probability_of(score: float) -> float:
    """The probability of log-odds; 0 and 1 for infinite ones, without overflow."""
    if score >= 0:
        return 1 / (1 + math.exp(-score))
    odds = math.exp(score)
    return odds / (1 + odds)


def explanation_text(explanation: Explanation, width: int = 24) -> str:
    """The waterfall in plain text, largest contribution first, bars of at most `width` characters.

    Without contributions, the base and the result alone.
    """
    parts = explanation.by_size
    largest = max((abs(part.amount) for part in parts), default=0.0) or 1.0
    names = max(len(name) for name in ("everything else", *(part.name for part in parts)))
    lines = [f"left   {explanation.left_title}", f"right  {explanation.right_title}", ""]
    lines.append(f"{'base':<{names}}  {explanation.base:+7.2f}")
    for part in parts:
        bar = ("█" if part.amount >= 0 else "░") * max(1, round(width * abs(part.amount) / largest))
        lines.append(f"{part.name:<{names}}  {part.amount:+7.2f}  {bar:<{width}}  {part.value}".rstrip())
    lines.append(
        f"{'log-odds':<{names}}  {explanation.score:+7.2f}  probability {explanation.probability:.3f}"
    )
    return "\n".join(lines)
