from __future__ import annotations

import subprocess
import sys
import typing
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

import shelfspace

NAMES = [
    "Catalog",
    "Events",
    "Neighbours",
    "Pairs",
    "ShelfspaceError",
    "Space",
    "__version__",
    "fit",
    "load",
    "read_catalog",
    "read_events",
    "read_pairs",
]


def test_the_public_names_are_these_twelve() -> None:
    assert sorted(shelfspace.__all__) == NAMES
    assert dir(shelfspace) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_there_and_bears_it(name: str) -> None:
    value = getattr(shelfspace, name)
    assert name == "__version__" or value.__name__ == name


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = shelfspace.nothing


@pytest.mark.parametrize("statement", ["import shelfspace", "from shelfspace.cli import app"])
def test_importing_loads_no_heavy_library(statement: str) -> None:
    heavy = "{'torch', 'polars', 'numpy', 'lancedb', 'sklearn', 'faiss', 'lightgbm', 'pyarrow'}"
    code = f"import sys; {statement}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_package_says_that_it_is_typed() -> None:
    assert files("shelfspace").joinpath("py.typed").is_file()
    assert "preset" in typing.cast("dict[str, object]", shelfspace.fit.__annotations__)


def test_fit_takes_paths_and_a_file_of_pairs(tmp_path: Path) -> None:
    titles = [
        f"{brand} {kind} {n}" for brand in ("Bose", "Sony") for kind in ("speaker", "radio") for n in "12"
    ]
    for shop in ("east", "west"):
        pl.DataFrame({"id": [f"{shop[0]}{n}" for n in range(8)], "title": titles}).write_csv(
            tmp_path / f"{shop}.csv"
        )
    labelled = pl.DataFrame({"left_id": ["e0", "e1"], "right_id": ["w0", "w1"]})
    labelled.write_csv(tmp_path / "pairs.csv")
    space = shelfspace.fit(
        [tmp_path / "east.csv", tmp_path / "west.csv"], pairs=tmp_path / "pairs.csv", preset="fast"
    )
    assert space.catalog.shops == ["east", "west"]
    assert space.pairs.table["label"].to_list() == [1, 1]
