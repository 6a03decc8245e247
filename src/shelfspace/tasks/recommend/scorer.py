"""The one face of everything that recommends."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from shelfspace.data.interactions import Interactions
from shelfspace.errors import SpaceError
from shelfspace.tasks.recommend.kept import kept_kind

#: Where each kind is defined, imported when it is asked for.
_KINDS = {
    "linear": ("linear", "LinearRecommender"),
    "contrastive": ("contrastive", "ContrastiveRecommender"),
    "mixture": ("mixture", "MixtureRecommender"),
    "alike": ("alike", "Alike"),
    "blend": ("blend", "Blend"),
    "transitions": ("transitions", "Transitions"),
    "session_neighbours": ("session_neighbours", "SessionNeighbours"),
    "sequence": ("sequence_recommender", "SequenceRecommender"),
}


class Scorer(Protocol):
    """Scores of items for users, from what they have taken."""

    def scores(
        self, histories: Interactions, users: npt.NDArray[np.int64] | None = None
    ) -> npt.NDArray[np.float32]:
        """Scores [n, n_items] of all items for each of the n users in `histories`, higher is likelier.

        Scores compare within a row only. The array is new and the caller's to change; it is dense, so the
        caller asks for some hundred users at a time (see `tasks.recommend.ranked.top_k`). `histories` hold
        what each has taken up to now: a user who was not there in training is served from the first item on,
        one without any by what everybody takes. `users` [n], where given, names each one's row in training,
        -1 for a new one, so that what was learned of the user may help. Items already taken are scored like
        all others: whether they may come again is the caller's to say.
        """
        ...


class Recommender(Scorer, Protocol):
    """A scorer that can be kept.

    What it has learned is saved as safetensors and JSON into a folder; each kind has a `load` (a classmethod
    that takes the folder) which gives the same scores again.
    """

    @property
    def kind(self) -> str:
        """The name under which `load_recommender` finds the class again."""

    def save(self, folder: Path) -> None:
        """Write what `load` needs into `folder`, which is made where it is missing."""
        ...


def load_recommender(folder: Path) -> Recommender:
    """The recommender that was saved in a folder, of whatever kind; `SpaceError` where there is none."""
    kind = kept_kind(folder)
    if kind not in _KINDS:
        raise SpaceError(
            f"{folder} holds a recommender of the kind {kind!r}.",
            f"The kinds are {', '.join(_KINDS)}.",
            "Open it with the version of Shelfspace that wrote it.",
        )
    module, name = _KINDS[kind]
    loaded: Recommender = getattr(import_module(f"shelfspace.tasks.recommend.{module}"), name).load(folder)
    return loaded
