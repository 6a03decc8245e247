from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest

from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.space.space import Space
from shelfspace.tasks.clusters import teacher
from shelfspace.tasks.fit import fit

#: Kinds of two branches: of each the words that its titles draw from, one of them in all of its titles.
SHELF = {
    "Apparel > Shirts": ("shirt", "cotton", "sleeve", "collar", "wear", "slim"),
    "Apparel > Jeans": ("jeans", "denim", "waist", "leg", "wear", "slim"),
    "Apparel > Socks": ("socks", "ankle", "wool", "pair", "wear", "slim"),
    "Home > Lamps": ("lamp", "bulb", "shade", "dimmer", "indoor", "room"),
    "Home > Chairs": ("chair", "seat", "oak", "legs", "indoor", "room"),
    "Home > Rugs": ("rug", "pile", "jute", "woven", "indoor", "room"),
}


@pytest.fixture(scope="session", autouse=True)
def small_worlds() -> Iterator[None]:
    """A teacher of pairs that learns in a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(teacher, "WORLDS", ((200, 3, 1.6, True), (120, 12, 4.0, False)))
        patch.setattr(teacher, "_ROUNDS", 60)
        yield


def shelf_table(each: int = 40, seed: int = 0) -> pl.DataFrame:
    """Products of six kinds, each called by its kind's first word, three more of it and a code of its own."""
    rng = np.random.default_rng(seed)
    rows = []
    for path, words in SHELF.items():
        for _ in range(each):
            said = [words[0].capitalize(), *rng.choice(words[1:], 3, replace=False)]
            rng.shuffle(said)
            rows.append((path, " ".join([*said, f"K{rng.integers(10_000, 99_999)}"])))
    order = rng.permutation(len(rows))
    return pl.DataFrame(
        {
            "id": [f"p{row}" for row in range(len(rows))],
            "title": [rows[row][1] for row in order],
            "product_type": [rows[row][0] for row in order],
        }
    )


@pytest.fixture(scope="session")
def shelf() -> pl.DataFrame:
    return shelf_table()


@pytest.fixture(scope="session")
def space(shelf: pl.DataFrame, small_worlds: None) -> Space:
    """Without the categories, which are the truth."""
    return fit(read_catalog(shelf.drop("product_type"), shop="shelf"), preset="fast")
