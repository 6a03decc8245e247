"""The recipe of text learning: what `fit --tune` searches."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from shelfspace.errors import OptionError


@dataclass(frozen=True)
class TextRecipe:
    """How the static text encoder learns; the defaults are what trials found good for listings of every kind.

    `vector_rate` is the learning rate of token vectors beside that of token weights: they move slowly, or
    they forget what they started as. `look_weight` is the weight of two looks at one listing beside pairs of
    listings. `members` encoders are trained with different seeds and their weights averaged.

    Raises `OptionError` for a figure out of range.
    """

    steps: int = 200
    epochs: int = 2
    learning_rate: float = 1e-2
    vector_rate: float = 0.05
    temperature: float = 0.07
    look_weight: float = 0.5
    members: int = 1

    def __post_init__(self) -> None:
        counts, rates = (self.epochs, self.members), (self.learning_rate, self.temperature)
        if (
            self.steps < 0
            or min(counts) < 1
            or min(rates) <= 0
            or min(self.vector_rate, self.look_weight) < 0
        ):
            raise OptionError(
                f"The recipe is {asdict(self)}.",
                "Epochs and members are 1 or more, rate and temperature above 0, the others 0 or more.",
                "Mend it, or leave it at its defaults.",
            )
