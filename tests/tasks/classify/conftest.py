from __future__ import annotations

import numpy as np
import pytest

from shelfspace.encoders.listing import Listings
from shelfspace.tasks.classify.things import Lesson, Reading

KINDS = ("lamp", "chair", "kettle", "carpet")


def made_up_titles(n: int, seed: int = 0) -> tuple[list[str], list[int]]:
    """Titles of four kinds of things: two words of the kind's own ten among words of no kind."""
    rng = np.random.default_rng(seed)
    texts, kinds = [], []
    for number in range(n):
        kind = number % 4
        own = [f"{KINDS[kind]}word{place}" for place in rng.integers(0, 10, 2)]
        other = [f"maker{place}" for place in rng.integers(0, 40, 3)]
        texts.append(" ".join(rng.permutation([*own, *other])))
        kinds.append(kind)
    return texts, kinds


@pytest.fixture(scope="session")
def read_titles() -> tuple[Reading, Lesson]:
    """400 made-up titles with every class known, and how they were read."""
    texts, kinds = made_up_titles(400)
    reading, things = Reading.of(Listings.of_texts(texts))
    return reading, Lesson(things, np.array(kinds, np.int64), 4)


@pytest.fixture(scope="session")
def few_titles(read_titles: tuple[Reading, Lesson]) -> tuple[Reading, Lesson]:
    """The same with three labels of each class."""
    reading, lesson = read_titles
    return reading, lesson.without(np.arange(12, 400))
