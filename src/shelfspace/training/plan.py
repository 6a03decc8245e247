"""What a training run is told: everything that decides its result besides data and model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from shelfspace.errors import OptionError

#: The fields that may differ when a run is resumed: they decide when it ends, not how it gets there.
_OPEN = ("time_limit_seconds", "patience")


@dataclass(frozen=True)
class Plan:
    """How long, how fast and how carefully to train.

    `steps_per_epoch` lets the learning rate move every step; without it, it moves once an epoch. `rates`
    multiplies the learning rate of the parameters whose names begin with a key (the longest key wins; 0
    freezes them). `warmup` is a share of all steps. `patience` is how many epochs without a better
    validation are borne (None: all). `clip_norm` bounds the gradient's length (None: no bound).
    `accumulate` is how many micro-batches make a step, whose loss is their mean: a batch larger than memory
    for losses that are a mean over things (one that contrasts things sees a micro-batch at a time; for those
    there is `cached_vectors`). `time_limit_seconds` ends the run early, and its result then depends on the
    machine's speed.

    Raises `OptionError` for a figure out of range.
    """

    epochs: int = 10
    steps_per_epoch: int | None = None
    learning_rate: float = 1e-3
    rates: Mapping[str, float] = field(default_factory=dict)
    warmup: float = 0.1
    weight_decay: float = 0.01
    clip_norm: float | None = 1.0
    patience: int | None = None
    seed: int = 0
    precision: Literal["float32", "bfloat16"] = "float32"
    accumulate: int = 1
    time_limit_seconds: float | None = None

    def __post_init__(self) -> None:
        sound = {
            "epochs": self.epochs >= 0,
            "steps_per_epoch": self.steps_per_epoch is None or self.steps_per_epoch >= 1,
            "learning_rate": 0 < self.learning_rate < float("inf"),
            "rates": all(0 <= rate < float("inf") for rate in self.rates.values()),
            "warmup": 0 <= self.warmup < 1,
            "weight_decay": 0 <= self.weight_decay < float("inf"),
            "clip_norm": self.clip_norm is None or self.clip_norm > 0,
            "patience": self.patience is None or self.patience >= 1,
            "seed": self.seed >= 0,
            "precision": self.precision in ("float32", "bfloat16"),
            "accumulate": self.accumulate >= 1,
            "time_limit_seconds": self.time_limit_seconds is None or self.time_limit_seconds > 0,
        }
        for name, holds in sound.items():
            if not holds:
                raise OptionError(
                    f"The plan's {name} is {getattr(self, name)!r}.",
                    "That is out of range.",
                    "See the docstring of Plan for what each figure means.",
                )

    def identity(self) -> dict[str, Any]:
        """The fields that must agree for a run to be resumed, as plain JSON values."""
        return {name: value for name, value in asdict(self).items() if name not in _OPEN}
