from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

import shelfspace
from shelfspace.cli import app
from shelfspace.data.synthetic import two_shops

KEY = ["left_id", "right_id"]


def run(*arguments: object, answers: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=answers)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A space of two shops, fitted without training, beside its feeds and the planted truth."""
    two_shops(60, seed=0).write(tmp_path)
    result = fitted(tmp_path)
    assert result.exit_code == 0, result.output
    return tmp_path / "shelf"


def fitted(folder: Path, *options: object) -> Result:
    feeds = (folder / "left.csv", folder / "right.jsonl")
    return run("fit", *feeds, "--preset", "fast", "--out", folder / "shelf", *options)


def judged(asked: pl.DataFrame, folder: Path) -> pl.Series:
    truth = pl.read_csv(folder / "truth.csv", infer_schema=False).select(*KEY, pl.lit("y").alias("said"))
    return asked.join(truth, on=KEY, how="left", maintain_order="left")["said"].fill_null("n")


def test_a_table_goes_out_and_comes_back_filled(shelf: Path) -> None:
    folder = shelf.parent
    result = run("review", shelf, "-n", 30, "--out", folder / "to_review.csv")
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    assert (folder / "to_review.csv").read_bytes().startswith(b"\xef\xbb\xbf")  # spreadsheets see UTF-8
    asked = pl.read_csv(folder / "to_review.csv", infer_schema=False)
    assert asked.height == 30
    assert asked["label"].null_count() == 30

    said = judged(asked, folder).to_list()
    said[0], said[1] = None, "perhaps"
    strange = pl.DataFrame([{name: "left" if "shop" in name else "zzz" for name in asked.columns}])
    filled = pl.concat(
        [asked.with_columns(pl.Series("label", said)), strange.with_columns(label=pl.lit("1"))]
    )
    filled.write_csv(folder / "filled.csv", separator=";")
    result = run("review", shelf, "--labels", folder / "filled.csv")
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    assert "28 labels read" in result.stderr
    assert "1 rows are not filled in" in result.stderr
    rejects = pl.read_csv(folder / "filled-rejects.csv")
    assert rejects["reason"].to_list() == [
        "a label is 0 or 1",
        "the catalogue has no such product of shop 'left'",
    ]

    kept = shelfspace.load(shelf).pairs.table
    assert kept.height == 28
    assert kept["label"].sum() == said.count("y")
    assert set(kept["origin"]) == {"human"}
    listed = json.loads(run("versions", shelf, "--json").stdout)
    assert [row["current"] for row in listed] == ["", "", "yes"]  # fitted, answers kept, learned from


def test_it_asks_one_by_one(shelf: Path) -> None:
    result = run("review", shelf, "-n", 5, "--later", answers="y\nhm\nn\nb\ns\ny\nq\n")
    assert result.exit_code == 0, result.output
    assert "1 of 5" in result.stderr
    assert "'hm' is no answer" in result.stderr
    assert "2 answers kept" in result.stderr
    assert "not learned from yet" in result.stderr
    space = shelfspace.load(shelf)
    assert space.pairs.table["label"].to_list() == [1, 1]
    assert space.artifacts == {}


@pytest.mark.parametrize("answers", ["", "q\n", "s\ns\ns\n"])
def test_no_answer_changes_nothing(shelf: Path, answers: str) -> None:
    result = run("review", shelf, "-n", 3, answers=answers)
    assert result.exit_code == 0, result.output
    assert "stays as it is" in result.stderr
    assert len(json.loads(run("versions", shelf, "--json").stdout)) == 1


def test_the_next_fit_learns_from_what_was_answered(shelf: Path) -> None:
    folder = shelf.parent
    asked = shelfspace.load(shelf).review(n=40)
    answers = "".join(f"{key}\n" for key in judged(asked, folder))
    result = run("review", shelf, "-n", 40, answers=answers)
    assert result.exit_code == 0, result.output
    again = fitted(folder, "--json")
    assert f"{len(asked)} labelled pairs kept in {shelf} are learned from too" in again.stderr
    assert json.loads(again.stdout)["learned_from"] == "labels"

    (folder / "more.csv").write_text("left_id,right_id,label\n" + ",".join(asked.select(KEY).row(0)) + ",1\n")
    fitted(folder, "--pairs", folder / "more.csv")
    kept = shelfspace.load(shelf).pairs.table
    assert kept.height == len(asked)
    assert kept.row(-1, named=True)["label"] == 1

    forgot = fitted(folder, "--json", "--forget-labels")
    assert json.loads(forgot.stdout)["learned_from"] == "none"
    assert len(shelfspace.load(shelf).pairs) == 0


def test_labels_wait_for_products_that_are_not_in_the_feeds_now(shelf: Path) -> None:
    folder = shelf.parent
    asked = shelfspace.load(shelf).review(n=5)
    run("review", shelf, "-n", 5, "--later", answers="y\nn\ny\nn\ny\n")
    feed = pl.read_csv(folder / "left.csv", infer_schema=False)
    feed.filter(pl.col("sku") != asked["left_id"][0]).write_csv(folder / "left.csv")
    result = fitted(folder)
    assert "4 labelled pairs kept" in result.stderr
    assert "1 more wait for their products" in result.stderr
    assert len(shelfspace.load(shelf).pairs) == 5


def test_damaged_labels_are_not_forgotten_unasked(shelf: Path) -> None:
    (shelf / "versions" / "000001" / "pairs.parquet").write_bytes(b"cut")
    result = fitted(shelf.parent)
    assert result.exit_code == 1
    assert "--forget-labels" in result.stderr
    assert fitted(shelf.parent, "--forget-labels").exit_code == 0


def test_what_cannot_be_is_refused_before_any_work(shelf: Path) -> None:
    both = run("review", shelf, "--out", "a.csv", "--labels", "b.csv")
    assert both.exit_code == 1
    assert "Both --out and --labels" in both.stderr
    assert run("review", shelf, "--out", "a.xlsx").exit_code == 1
    assert run("review", shelf, "--labels", shelf / "none.csv").exit_code == 1
    assert run("review", shelf, "-n", 0).exit_code == 2


def test_a_spreadsheet_computes_nothing_from_a_title(tmp_path: Path) -> None:
    titles = ['=HYPERLINK("http://x","kettle 17A")', "kettle 17A steel"]
    for name, title in zip(("one", "two"), titles, strict=True):
        pl.DataFrame({"id": ["-1"], "title": [title]}).write_csv(tmp_path / f"{name}.csv")
    run("fit", tmp_path / "one.csv", tmp_path / "two.csv", "--preset", "fast", "--out", tmp_path / "s")
    result = run("review", tmp_path / "s", "--out", tmp_path / "r.csv")
    assert result.exit_code == 0, result.output
    row = pl.read_csv(tmp_path / "r.csv", infer_schema=False).row(0, named=True)
    assert row["left_title"].startswith("'=HYPERLINK")
    assert (row["left_id"], row["right_id"]) == ("-1", "-1")
