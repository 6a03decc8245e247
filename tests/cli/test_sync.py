from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from shelfspace.cli import app
from shelfspace.data.synthetic import two_shops


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["sync", *(str(argument) for argument in arguments)])


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    left, right, _ = two_shops(150, seed=0).write(folder)
    fitted = CliRunner().invoke(
        app, ["fit", str(left), str(right), "--preset", "fast", "--out", str(folder / "s")]
    )
    assert fitted.exit_code == 0, fitted.output
    return folder / "s"


@pytest.fixture
def stock(shelf: Path, tmp_path: Path) -> Path:
    left = pl.read_csv(shelf.with_name("left.csv"), infer_schema=False).select(shop=pl.lit("left"), id="sku")
    right = pl.read_ndjson(shelf.with_name("right.jsonl")).select(shop=pl.lit("right"), id="product_id")
    path = tmp_path / "stock.csv"
    quantity = pl.when(pl.col("shop") == "left").then(5).otherwise(3)
    pl.concat([left, right]).with_columns(quantity.alias("quantity")).write_csv(path)
    return path


def test_a_dry_run_shows_the_plan_and_writes_nothing(shelf: Path, stock: Path) -> None:
    before = stock.read_bytes()
    result = run(shelf, "--stock", stock)
    header, *lines = result.stdout.splitlines()
    assert header == "shop\tid\tattribute\told\tnew\tbecause_of\tprobability\treason"
    assert len(lines) > 20
    assert all(line.startswith("left\t") and "\tquantity\t5\t3\tright/" in line for line in lines)
    assert "A dry run: nothing has been written." in result.stderr
    assert "Matches of 0.9 and surer" in result.stderr
    assert stock.read_bytes() == before
    assert [path.name for path in stock.parent.iterdir()] == ["stock.csv"]


def test_applied_replayed_and_undone(shelf: Path, stock: Path) -> None:
    before, journal = stock.read_bytes(), stock.with_name("sync-journal.jsonl")
    applied = run(shelf, "--stock", stock, "--apply", "--in-place")
    assert applied.exit_code == 0, applied.output
    assert f"changes written to {stock}" in applied.stderr
    assert stock.read_bytes() != before
    assert json.loads(journal.read_text().splitlines()[0])["told"]["note"] == f"{shelf} 000001"
    assert run("--replay", journal, "--stock", stock).stdout.count("\n") == 1
    undone = run("--undo", journal, "--stock", stock, "--apply", "--out-stock", stock.with_name("old.csv"))
    assert undone.exit_code == 0, undone.output
    assert stock.with_name("old.csv").read_bytes() == before


def test_plans_conflicts_and_rejects_go_to_files_or_json(shelf: Path, stock: Path, tmp_path: Path) -> None:
    stock.write_text(stock.read_text().replace(",3\n", ",-3\n", 60) + "left,nothing,5\n")
    out, conflicts = tmp_path / "plan.parquet", tmp_path / "conflicts.csv"
    result = run(shelf, "--stock", stock, "--out", out, "--conflicts", conflicts, "--json")
    told = json.loads(result.stdout)
    assert told["plan"] == pl.read_parquet(out).to_dicts()
    assert {row["kind"] for row in told["conflicts"]} >= {"negative quantity"}
    assert pl.read_csv(conflicts).height == len(told["conflicts"])
    assert pl.read_csv(tmp_path / "stock-rejects.csv")["row"].to_list() == [301]
    assert "× negative quantity" in result.stderr


def test_a_file_for_each_shop(shelf: Path, stock: Path, tmp_path: Path) -> None:
    for shop, part in pl.read_csv(stock, infer_schema=False).group_by("shop"):
        part.drop("shop").write_csv(tmp_path / f"{shop[0]}-now.csv")
    sources = [f"{shop}={tmp_path / f'{shop}-now.csv'}" for shop in ("left", "right")]
    result = run(
        shelf, "--stock", sources[0], "--stock", sources[1], "--apply", "--out-stock", tmp_path / "new"
    )
    assert result.exit_code == 0, result.output
    assert "3" in pl.read_csv(tmp_path / "new" / "left-now.csv", infer_schema=False)["quantity"]
    whole = run(shelf, "--stock", stock).stdout
    assert result.stdout == whole


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--stock", "s.csv"),
        ("shelf", "--stock", "s.csv", "--apply"),
        ("shelf", "--stock", "s.csv", "--apply", "--in-place", "--out-stock", "x.csv"),
        ("--replay", "j", "--undo", "j", "--stock", "s.csv"),
        ("shelf", "--replay", "j", "--stock", "s.csv"),
        ("shelf", "--stock", "s.csv", "--max-price-change", "-1"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_a_usage_error(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")


def test_what_cannot_be_is_refused_in_a_paragraph(shelf: Path, stock: Path) -> None:
    for arguments, said in (
        ((shelf, "--stock", "none.csv"), "none.csv does not exist"),
        ((shelf, "--stock", stock, "--quantity", "most"), "lowest, latest, changes, keep or from:SHOP"),
        (("--replay", "none.jsonl", "--stock", stock), "no journal none.jsonl"),
        ((shelf, "--stock", stock, "--out", "plan.xlsx"), ".csv, .parquet, .jsonl"),
    ):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (1, "")
        assert said in result.stderr
