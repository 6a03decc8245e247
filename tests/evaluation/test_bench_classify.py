from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from shelfspace.data import read_catalog
from shelfspace.errors import OptionError
from shelfspace.evaluation import class_floors
from shelfspace.evaluation.bench import bench
from shelfspace.evaluation.bench_table import render
from shelfspace.tasks.fit import fit

SHARED = Path("../shared/data")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Titles that name their class by two of its twelve words, among words of no class."""
    monkeypatch.setattr(class_floors, "_STEPS", 60)
    monkeypatch.setattr(class_floors, "_EPOCHS", 5)
    rng = np.random.default_rng(0)
    kinds = np.arange(240) % 4
    words = [f"kind{kind}way{rng.integers(8)} kind{kind}side{rng.integers(4)}" for kind in kinds]
    other = [" ".join(f"word{place}" for place in rng.integers(0, 50, 4)) for _ in kinds]
    titles = [f"{one} {two}" for one, two in zip(other, words, strict=True)]
    pl.DataFrame({"title": titles, "category": [f"c{kind}" for kind in kinds]}).write_csv(
        tmp_path / "things.csv"
    )
    return tmp_path


@pytest.mark.parametrize("labels", [None, 3])
def test_it_stands_beside_the_plain_methods(folder: Path, labels: int | None) -> None:
    options = {} if labels is None else {"labels": labels}
    result = bench("classify", folder, **options)
    assert set(result.metrics) == {"accuracy", "macro_f1", "ece"}
    assert set(result.floors) == {"tfidf_logistic", "fasttext_like"}
    for floor in result.floors.values():
        assert set(floor) == {"accuracy", "macro_f1"}
    assert result.metrics["accuracy"] > (0.95 if labels is None else 0.75)  # chance is 0.25
    assert result.n_train == (168 if labels is None else 12)
    told = json.loads(result.to_json())
    assert told["data"]["classes"] == 4
    console = Console(record=True, width=120)
    console.print(render(result))
    assert "4 classes" in console.export_text()


def test_another_space_lends_its_vectors(folder: Path, tmp_path: Path) -> None:
    catalog = read_catalog(folder / "things.csv")
    fit(catalog, preset="fast").save(tmp_path / "shelf")
    result = bench("classify", folder, labels=3, init=tmp_path / "shelf")
    assert result.init == "shelf"
    assert result.metrics["accuracy"] > 0.5


def test_labels_are_one_at_least(folder: Path) -> None:
    with pytest.raises(OptionError, match="0 labels a class"):
        bench("classify", folder, labels=0)


@pytest.mark.benchmark
@pytest.mark.parametrize("name", ["classify/fashion-titles", "match/pricerunner"])
def test_five_labels_a_class_beat_the_floors(name: str) -> None:
    if not (SHARED / name).is_dir():
        pytest.skip("needs the public data")
    result = bench("classify", SHARED / name, labels=5)
    for metric in ("accuracy", "macro_f1"):
        assert result.metrics[metric] > max(floor[metric] for floor in result.floors.values())
