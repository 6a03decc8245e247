from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from shelfspace.errors import OptionError
from shelfspace.evaluation.label_curve import LabelCurve, label_curve


@pytest.fixture(scope="module")
def curve(tables: Path) -> LabelCurve:
    return label_curve(tables, [1, 0.2, 0.2, 0], preset="fast", contexts=("table",))


def test_the_fewest_labels_come_first_and_each_share_once(curve: LabelCurve) -> None:
    assert [result.labels for result in curve.results] == [0, 0.2, 1]
    none, few, all_ = curve.labels
    assert none == 0 < few < all_
    assert few == pytest.approx(0.2 * all_, abs=2)
    assert all_ > curve.results[-1].n_train  # validation labels are labels too


def test_every_result_is_told_in_full(curve: LabelCurve) -> None:
    written = json.loads(curve.to_json())
    assert (written["task"], written["dataset"]) == ("match", "two-shops")
    assert [point["labels"] for point in written["curve"]] == [0, 0.2, 1]
    assert all(point["metrics"]["f1"] > 0.5 and point["floors"] for point in written["curve"])


def test_the_table_and_the_curves_hold_the_same(curve: LabelCurve) -> None:
    screen = io.StringIO()
    Console(width=120, file=screen).print(curve.table())
    drawn = curve.curves()
    for n, result in zip(curve.labels, curve.results, strict=True):
        assert f"{result.labels:.0%}" in screen.getvalue()
        assert f"{result.metrics['f1']:.3f}" in screen.getvalue()
        assert (float(n), result.metrics["f1"]) in drawn["table"]
    assert {name: len(points) for name, points in drawn.items()} == {"table": 3, "best floor": 3}
    assert max(curve.results[0].floors.values(), key=lambda f: f["f1"])["f1"] == drawn["best floor"][0][1]


def test_no_share_and_impossible_shares_are_refused(tables: Path) -> None:
    with pytest.raises(OptionError, match="No share"):
        label_curve(tables, [])
    with pytest.raises(OptionError, match="between 0 and 1"):
        label_curve(tables, [0.1, 3])
