"""The commands cluster, dedupe and add from end to end, on made-up shops and with a small teacher."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from shelfspace.cli import app
from shelfspace.data.synthetic import many_shops
from shelfspace.tasks.clusters import teacher


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_clusters_are_kept_grown_and_revised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teacher, "WORLDS", ((200, 4, 1.8, True), (80, 8, 4.0, False)))
    monkeypatch.setattr(teacher, "_ROUNDS", 60)
    offers = many_shops(60, 5, seed=2).drop("product")
    offers[:110].write_csv(tmp_path / "first.csv")
    broken = pl.concat([offers[110:], offers[110:111]])
    broken.write_csv(tmp_path / "more.csv")
    shelf, table = tmp_path / "shelf", tmp_path / "clusters.csv"
    assert run("fit", tmp_path / "first.csv", "--preset", "fast", "--out", shelf).exit_code == 0

    made = run("cluster", shelf, "--out", table)
    assert made.exit_code == 0, made.output
    assert "kept in version 000002" in made.stderr
    assert "expected precision" in made.stderr
    before = pl.read_csv(table, infer_schema=False)
    assert before.columns == ["shop", "id", "cluster_id", "size", "confidence"]

    repeats = run("dedupe", shelf, "--json")
    assert repeats.exit_code == 0, repeats.output
    assert "kept in" not in repeats.stderr
    assert all(row["size"] > 1 for row in json.loads(repeats.stdout))
    unknown = run("dedupe", shelf, "--shop", "nowhere")
    assert unknown.exit_code == 1
    assert "no shop 'nowhere'" in unknown.stderr

    added = run("add", shelf, tmp_path / "more.csv", "--json")
    assert added.exit_code == 0, added.output
    assert json.loads(added.stdout)["new"] == offers.height - 110
    assert pl.read_csv(tmp_path / "shelf-rejects.csv").height == 1

    assert run("cluster", shelf, "--out", table).exit_code == 0
    after = pl.read_csv(table, infer_schema=False)
    assert after.height == offers.height
    both = before.join(after, ["shop", "id"])
    assert both.height == 110
    assert (both["cluster_id"] == both["cluster_id_right"]).all()
    assert run("cluster", shelf, "--revise", "--one-per-shop", "--out", table).exit_code == 0
    assert not pl.read_csv(table).select("cluster_id", "shop").is_duplicated().any()
