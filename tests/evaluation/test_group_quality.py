from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import silhouette_score

from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.evaluation.group_quality import group_quality
from shelfspace.space.space import Space
from shelfspace.tasks.clusters import teacher
from shelfspace.tasks.fit import fit


@pytest.fixture(scope="module")
def space() -> Space:
    rng = np.random.default_rng(0)
    words = [[f"kind{kind}word{place}" for place in range(6)] for kind in range(4)]
    titles = [" ".join(rng.choice(words[row % 4], 4, replace=False)) for row in range(120)]
    table = pl.DataFrame({"id": [f"{row}" for row in range(121)], "title": [*titles, "?"]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(teacher, "WORLDS", ((120, 3, 1.6, True),))
        patch.setattr(teacher, "_ROUNDS", 20)
        made = fit(read_catalog(table, shop="s"), preset="fast")
        made.cluster()
    return made


def test_planted_groups_stand_apart_and_are_steady(space: Space) -> None:
    found = space.groups(4)
    figures = group_quality(found)
    assert figures["groups"] == 4
    assert figures["smallest"] == figures["largest"] == 30
    assert figures["coverage"] == pytest.approx(120 / 121)
    rows = np.flatnonzero(found.finest.labels >= 0)
    expected = silhouette_score(found.vectors[rows], found.finest.labels[rows], metric="cosine")
    assert figures["silhouette"] == pytest.approx(expected, abs=1e-4)
    assert figures["stability"] > 0.95


def test_another_number_is_worse(space: Space) -> None:
    right, wrong = (group_quality(space.groups(k)) for k in (4, 9))
    assert right["silhouette"] > wrong["silhouette"]
    assert right["stability"] > wrong["stability"]
