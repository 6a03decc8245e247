"""What happened in a training run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Ending = Literal["epochs", "patience", "time", "collapse"]


@dataclass(frozen=True)
class Epoch:
    """One epoch: mean `loss` over its steps, validation `score` (None without), and the state of the space.

    `skipped` counts the steps left out for a loss or gradient that was not finite; `waiting_seconds` is how
    much of `seconds` was spent waiting for batches; `effective_rank` and `spread` are of the probed vectors
    (None without a probe).
    """

    epoch: int
    steps: int
    skipped: int
    loss: float
    gradient_norm: float
    learning_rate: float
    seconds: float
    waiting_seconds: float = 0.0
    score: float | None = None
    effective_rank: float | None = None
    spread: float | None = None


@dataclass(frozen=True)
class History:
    """All epochs in order, and which weights were kept.

    `start_score` is the validation before training, `best_epoch` the epoch whose weights were kept: -1 for
    those of the start. `ending` is why training stopped; `notes` say in words what a reader should know.
    """

    epochs: tuple[Epoch, ...] = ()
    start_score: float | None = None
    best_score: float | None = None
    best_epoch: int = -1
    ending: Ending = "epochs"
    notes: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """Wall time of all epochs, those before a resumption included."""
        return sum(epoch.seconds for epoch in self.epochs)

    @property
    def share_waiting(self) -> float:
        """The share of the time that was spent waiting for batches: 0 … 1, 0 before the first epoch."""
        return sum(epoch.waiting_seconds for epoch in self.epochs) / max(self.seconds, 1e-9)

    def plain(self) -> dict[str, Any]:
        """The history as JSON values."""
        return asdict(self)

    @classmethod
    def of(cls, plain: dict[str, Any]) -> History:
        """The history that `plain` was made from."""
        epochs = tuple(Epoch(**epoch) for epoch in plain["epochs"])
        return cls(**{**plain, "epochs": epochs, "notes": tuple(plain["notes"])})
