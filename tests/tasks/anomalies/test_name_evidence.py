from __future__ import annotations

import numpy as np
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.tasks.anomalies.name_evidence import NameEvidence
from shelfspace.tasks.anomalies.word_evidence import Words

NAMES = ["velora home", "kantir", "索尼"]


def evidence(titles: list[str], codes: list[int]) -> NameEvidence:
    ids = [str(i) for i in range(len(titles))]
    table = pl.DataFrame({"shop": ["s"] * len(ids), "id": ids, "title": titles})
    return NameEvidence(Words.of_catalog(Catalog.from_table(table)), np.array(codes), NAMES)


def test_a_title_that_names_another_value_speaks_against_the_stated_one():
    titles = ["Velora Home lamp"] * 10 + ["Kantir sofa"] * 10 + ["索尼 耳机"] * 10
    codes = [0] * 10 + [1] * 10 + [2] * 10
    codes[3], codes[25] = 1, 0
    verdicts = evidence(titles, codes).verdicts()
    assert np.flatnonzero(verdicts.margins > 0).tolist() == [3, 25]
    assert verdicts.other[[3, 25]].tolist() == [0, 2]


def test_part_of_a_name_is_no_name_and_a_named_own_value_is_never_held_against():
    titles = ["velora lamp", "kantir velora home", "nothing named", *["velora home"] * 5]
    verdicts = evidence(titles, [1, 1, 0, *[0] * 5]).verdicts()
    assert verdicts.best[[0, 2]].tolist() == [-1, -1]
    assert (verdicts.margins[:3] <= 0).all()


def test_a_name_that_often_stands_beside_others_says_little():
    titles = ["kantir case"] * 10 + ["kantir"] * 10
    scores = evidence(titles, [0] * 10 + [1] * 10).scores(np.array([0]))
    assert 0.4 < scores[0, 1] < 0.7 and scores[0, 0] == 0
