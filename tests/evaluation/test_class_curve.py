from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from shelfspace.cli import app
from shelfspace.errors import OptionError
from shelfspace.evaluation import class_curve
from shelfspace.evaluation.bench_result import BenchResult


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Figures without any learning, and what was asked for."""
    asked: list[dict[str, Any]] = []

    def bench(task: str, folder: Path, **options: Any) -> BenchResult:
        asked.append(options)
        better = 0.1 if "init" in options else 0.0
        result = BenchResult("classify", "things", 0, "fast", {}, {"a": {"accuracy": 0.3}}, options["labels"])
        return replace(result, metrics={"accuracy": 0.4 + options["labels"] / 100 + better})

    monkeypatch.setattr(class_curve, "bench", bench)
    return asked


def test_figures_by_labels_a_class(measured: list[dict[str, Any]]) -> None:
    curve = class_curve.class_curve("DIR", [10, 1, 10], init="shelf", seeds=(0, 1))
    assert curve.counts == (1, 10)
    assert curve.curves() == {
        "from scratch": [(1.0, pytest.approx(0.41)), (10.0, pytest.approx(0.5))],
        "from the space": [(1.0, pytest.approx(0.51)), (10.0, pytest.approx(0.6))],
        "best floor": [(1.0, 0.3), (10.0, 0.3)],
    }
    assert [each["labels"] for each in measured] == [1, 10, 1, 10]
    assert all(each["seeds"] == (0, 1) for each in measured)
    told = json.loads(curve.to_json())
    assert len(told["curve"]) == len(told["curve_from_space"]) == 2
    console = Console(record=True, width=100)
    console.print(curve.table())
    assert "from the space" in console.export_text()


def test_a_curve_has_a_point() -> None:
    with pytest.raises(OptionError, match="No number"):
        class_curve.class_curve("DIR", [])
    assert "from the space" not in class_curve.class_curve("DIR", [3]).curves()


def test_the_curve_is_drawn(tmp_path: Path) -> None:
    plot = tmp_path / "curve.svg"
    arguments = ["bench", "classify", str(tmp_path), "--label-count", "1", "--label-count", "5"]
    run = CliRunner().invoke(app, [*arguments, "--plot", str(plot)])
    assert run.exit_code == 0, run.output
    assert "labels a class" in plot.read_text(encoding="utf-8")
    run = CliRunner().invoke(app, ["bench", "classify", str(tmp_path), "--label-share", "0.5"])
    assert run.exit_code == 1
    run = CliRunner().invoke(app, ["bench", "match", str(tmp_path), "--label-count", "5"])
    assert run.exit_code == 1
