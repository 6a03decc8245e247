"""The groups that the command cluster writes, from end to end on planted kinds of products."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from shelfspace.cli import app
from shelfspace.cli.clusters import indented
from shelfspace.tasks.clusters import teacher


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("groups")
    rng = np.random.default_rng(0)
    kinds = [("shirt", "cotton", "sleeve", "slim"), ("lamp", "bulb", "shade", "dimmer")]
    titles = [
        f"{kinds[row % 2][0]} {' '.join(rng.choice(kinds[row % 2][1:], 2, replace=False))} K{row}77"
        for row in range(80)
    ]
    table = pl.DataFrame({"id": [f"p{row}" for row in range(80)], "title": titles})
    table.write_csv(folder / "feed.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(teacher, "WORLDS", ((120, 3, 1.6, True),))
        patch.setattr(teacher, "_ROUNDS", 20)
        assert run("fit", folder / "feed.csv", "--preset", "fast", "--out", folder / "shelf").exit_code == 0
        assert run("cluster", folder / "shelf").exit_code == 0  # which keeps the products
    return folder / "shelf"


def test_groups_are_written_with_names_and_quality(shelf: Path, tmp_path: Path) -> None:
    made = run("cluster", shelf, "--granularity", 2, "--quality", "--out", tmp_path / "groups.csv")
    assert made.exit_code == 0, made.output
    assert "silhouette: 0." in made.stderr
    assert "stability: " in made.stderr
    table = pl.read_csv(tmp_path / "groups.csv", infer_schema=False)
    assert table.columns == ["shop", "id", "group_id", "name", "size", "medoid", "confidence"]
    assert table["size"].to_list() == ["40"] * 80
    assert {word for name in table["name"].unique() for word in name.split()} >= {"shirt", "lamp"}


def test_the_tree_is_indented_or_a_table(shelf: Path) -> None:
    shown = run("cluster", shelf, "--tree", "--granularity", "medium")
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert lines[0].startswith("1  ")
    assert any(line.startswith("  1.1  ") for line in lines)
    rows = json.loads(run("cluster", shelf, "--tree", "--json").stdout)
    assert {row["level"] for row in rows} == {"coarse", "medium", "fine"}
    assert all(row["parent_id"] is None for row in rows if row["level"] == "coarse")


def test_another_granularity_is_refused_before_any_work(shelf: Path) -> None:
    refused = run("cluster", shelf, "--granularity", "rough")
    assert refused.exit_code == 1
    assert "product, coarse, medium, fine or a number" in refused.stderr


def test_a_line_says_number_name_size_and_medoid() -> None:
    rows = {"group_id": ["1", "1.1"], "parent_id": [None, "1"], "name": ["Shoes", "Clogs"], "size": [1200, 7]}
    tree = pl.DataFrame(rows | {"medoid_title": ["Red clog", None]})
    assert indented(tree) == "1  Shoes  (1,200)  Red clog\n  1.1  Clogs  (7)\n"
