from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.data.neighbours import Neighbours
from shelfspace.data.synthetic import Shopping, shopping
from shelfspace.errors import OptionError
from shelfspace.evaluation.beyond_accuracy import diversity
from shelfspace.evaluation.diversity_curve import diversity_curve
from shelfspace.tasks.recommend.ranking_figures import accuracy


@pytest.fixture(scope="module")
def made() -> Shopping:
    return shopping(120, 200, seed=1)


@pytest.fixture(scope="module")
def asked(made: Shopping) -> Interactions:
    """What each user took in the end; the first took nothing."""
    rng = np.random.default_rng(0)
    items = [rng.choice(200, 6, replace=False, p=made.chances[s] / made.chances[s].sum()) for s in made.later]
    users = np.repeat(np.arange(120), 6)[6:]
    return Interactions.of_rows(users, np.concatenate(items[1:]), n_users=120, n_items=200)


@pytest.fixture(scope="module")
def candidates(made: Shopping) -> Neighbours:
    """The 60 likeliest items of each user's segment."""
    scores = made.chances[made.later]
    ids = np.argsort(-scores, axis=1, kind="stable")[:, :60]
    return Neighbours(ids, np.log(np.take_along_axis(scores, ids, axis=1)).astype(np.float32))


def test_variety_rises_with_the_knob_and_recall_starts_at_the_ranking(
    made: Shopping, asked: Interactions, candidates: Neighbours
) -> None:
    curve = diversity_curve(candidates, asked, made.vectors, 10, knobs=(0.6, 0, 0.3))
    assert curve.table["method"].to_list() == ["mmr"] * 3 + ["dpp"] * 3
    assert curve.table["knob"].to_list() == [0, 0.3, 0.6] * 2
    for points in curve.curves().values():
        varied, recalls = zip(*points, strict=True)
        assert varied[0] + 0.05 < min(varied[1:])
        assert recalls[0] > recalls[2]
    lists = candidates.ids[:, :10]
    first = curve.table.row(0, named=True)
    assert first["recall"] == pytest.approx(accuracy(lists, asked)["recall@10"])
    assert first["diversity"] == pytest.approx(diversity(lists[1:], made.vectors))


def test_the_drawing_has_a_line_a_method(
    made: Shopping, asked: Interactions, candidates: Neighbours, tmp_path: Path
) -> None:
    curve = diversity_curve(candidates, asked, made.vectors, 10)
    drawing = ET.parse(curve.write(tmp_path / "curve.svg", "shop")).getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert len(list(drawing.iter(f"{space}polyline"))) == 2
    texts = [text.text or "" for text in drawing.iter(f"{space}text")]
    assert "recall@10 by diversity · shop" in texts
    assert any(text.startswith("mmr ") for text in texts)


def test_without_anybody_asked_figures_are_zero(made: Shopping, candidates: Neighbours) -> None:
    curve = diversity_curve(candidates, Interactions.empty(120, 200), made.vectors, 5, knobs=(0.5,))
    assert curve.table.select("diversity", "recall", "ndcg").rows() == [(0, 0, 0)] * 2


def test_no_knobs_or_other_users_are_refused(
    made: Shopping, asked: Interactions, candidates: Neighbours
) -> None:
    with pytest.raises(OptionError, match="a knob at least"):
        diversity_curve(candidates, asked, made.vectors, knobs=())
    with pytest.raises(OptionError, match="120 lists for 119 users"):
        diversity_curve(candidates, asked.take(np.arange(119)), made.vectors)
