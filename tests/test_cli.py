from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from shelfspace.cli import app
from shelfspace.data.synthetic import two_shops

COMMANDS = (
    "fit",
    "add",
    "review",
    "match",
    "dedupe",
    "cluster",
    "similar",
    "search",
    "explain",
    "sync",
    "versions",
    "rollback",
    "check",
    "bench",
    "demo",
)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(result: Result) -> str:
    """The one paragraph of a refusal, which has come without anything on standard output."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    *before, paragraph = result.stderr.strip().splitlines()
    assert "Traceback" not in result.stderr
    assert all(line.endswith("…") or line.startswith("  ") for line in before)
    return paragraph


@pytest.fixture(scope="module")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("feeds")
    two_shops(150, seed=0).write(folder)
    return folder


@pytest.fixture(scope="module")
def fitted(feeds: Path) -> tuple[Path, Result]:
    space = feeds / "shelf"
    return space, run("fit", feeds / "left.csv", feeds / "right.jsonl", "--preset", "fast", "--out", space)


@pytest.fixture(scope="module")
def space(fitted: tuple[Path, Result]) -> Path:
    return fitted[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: shelfspace {command}" in result.stdout


def test_help_lists_every_command_and_version_says_which() -> None:
    listed = run("--help").stdout
    assert all(re.search(rf"\b{command}\b", listed) for command in COMMANDS)
    assert re.fullmatch(r"shelfspace \d+\.\d+\.\d+\n", run("--version").stdout)


def test_fit_prints_figures_and_says_the_rest_on_standard_error(fitted: tuple[Path, Result]) -> None:
    space, result = fitted
    assert result.exit_code == 0, result.output
    assert "products\t300\n" in result.stdout
    assert "left: 150 products; read as sku → id, name → title" in result.stderr
    assert f"shelfspace match {space}" in result.stderr
    assert not (space / ".checkpoint").exists()


def test_rejects_are_written_beside_the_space_and_mapping_is_followed(tmp_path: Path) -> None:
    rows = "".join(f"{n},lamp {n},lamp model {n}0\n" for n in range(30))
    (tmp_path / "shop.csv").write_text("id,name,Artikel\n" + rows + "1,twice,twice\n")
    arguments = [tmp_path / "shop.csv", "--preset", "fast", "--out", tmp_path / "shelf", "--json"]
    result = run("fit", *arguments, "--map", "Artikel=title", "--map", "name=")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["products"] == 30
    assert "Artikel → title" in result.stderr
    rejects = pl.read_csv(tmp_path / "shelf-rejects.csv")
    assert rejects["action"].to_list() == ["row dropped"]
    assert "not taken as it was: 1 × row dropped" in result.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.csv", b""), ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(500)), ("none.csv", None)],
)
def test_a_feed_that_is_none_is_refused_before_anything_is_made(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert name in refused(run("fit", tmp_path / name, "--out", tmp_path / "shelf"))
    assert not (tmp_path / "shelf").exists()


def test_a_fit_that_fails_leaves_no_folder_and_resume_without_one_starts_anew(
    tmp_path: Path, feeds: Path
) -> None:
    out = ("--out", tmp_path / "shelf", "--preset", "fast")
    refused(run("fit", feeds / "left.csv", "--encoder", tmp_path / "no-model", *out))
    assert not (tmp_path / "shelf").exists()
    result = run("fit", feeds / "left.csv", "--resume", *out)
    assert result.exit_code == 0, result.output
    assert "no interrupted fit to resume" in result.stderr


def test_a_folder_of_other_things_is_no_place_for_a_space(tmp_path: Path, feeds: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"")
    said = refused(run("fit", feeds / "left.csv", "--out", tmp_path))
    assert "a folder of other things" in said


def test_matches_go_to_standard_output_as_separated_values(space: Path) -> None:
    result = run("match", space)
    header, *lines = result.stdout.splitlines()
    assert header == "left_id\tright_id\tprobability\twhy"
    assert f"{len(lines)} matches between left and right." in result.stderr
    probabilities = [float(line.split("\t")[2]) for line in lines]
    assert probabilities == sorted(probabilities, reverse=True)


def test_matches_are_those_that_were_planted(space: Path, feeds: Path) -> None:
    found = pl.DataFrame(json.loads(run("match", space, "--json").stdout))
    truth = pl.read_csv(feeds / "truth.csv", infer_schema=False)
    hits = found.join(truth, on=["left_id", "right_id"]).height
    assert hits / found.height > 0.7
    assert hits / truth.height > 0.7


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_a_table_is_written_where_it_is_asked_for(space: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / "new" / f"found.{ending}"
    result = run("similar", space, "left/100000", "-k", 3, "--out", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "3 rows written to" in result.stderr
    read = {"csv": pl.read_csv, "parquet": pl.read_parquet, "jsonl": pl.read_ndjson}[ending](out)
    assert read.columns == ["shop", "id", "title", "brand", "price", "score"]


def test_an_unknown_ending_is_refused_before_any_work(space: Path) -> None:
    assert ".csv, .parquet, .jsonl" in refused(run("match", space, "--out", "matches.xlsx"))


def test_match_writes_a_report(space: Path, tmp_path: Path) -> None:
    result = run("match", space, "--many", "--threshold", 0.2, "--report", tmp_path / "matches.html")
    assert result.exit_code == 0, result.output
    assert "left and right" in (tmp_path / "matches.html").read_text()


def test_unknown_shops_products_and_versions_are_refused_with_what_there_is(space: Path) -> None:
    assert "'left', 'right'" in refused(run("match", space, "--left", "north"))
    assert "Did you mean 'left/100" in refused(run("similar", space, "left/10000"))
    assert "000001" in refused(run("rollback", space, "000009"))
    assert "no folder" in refused(run("search", space.with_name("nowhere"), "lamp"))


def test_search_filters_and_refuses_what_is_no_filter(space: Path) -> None:
    found = json.loads(run("search", space, "handbook", "--where", "shop = 'right'", "--json").stdout)
    assert found
    assert {row["shop"] for row in found} == {"right"}
    assert "drop" in refused(run("search", space, "handbook", "--where", "drop table products")).lower()


def test_explain_tells_in_text_json_and_a_page(space: Path, tmp_path: Path) -> None:
    best = json.loads(run("match", space, "--json").stdout)[0]
    pair = (f"left/{best['left_id']}", f"right/{best['right_id']}")
    assert "log-odds" in run("explain", space, *pair).stdout
    told = json.loads(run("explain", space, *pair, "--json").stdout)
    assert told["probability"] > 0.5
    assert {"name", "value", "amount"} == set(told["contributions"][0])
    assert run("explain", space, *pair, "--out", tmp_path / "why.html").stdout == ""
    assert "Why this pair" in (tmp_path / "why.html").read_text()


def test_versions_rollback_and_check(feeds: Path, tmp_path: Path) -> None:
    for seed in (0, 1):
        out = ("--preset", "fast", "--seed", seed, "--out", tmp_path / "s")
        assert run("fit", feeds / "left.csv", *out).exit_code == 0
    assert run("rollback", tmp_path / "s", "000001").exit_code == 0
    listed = json.loads(run("versions", tmp_path / "s", "--json").stdout)
    assert [(row["version"], row["current"], row["seed"]) for row in listed] == [
        ("000001", "yes", 0),
        ("000002", "", 1),
    ]
    assert run("check", tmp_path / "s").exit_code == 0
    (tmp_path / "s" / "versions" / "000002" / "pairs.parquet").write_bytes(b"cut")
    result = run("check", tmp_path / "s")
    assert result.exit_code == 1
    assert "pairs.parquet\tdamaged" in result.stdout
    assert "1 of" in result.stderr


def test_demo_shows_figures_matches_traps_and_leaves_its_files(tmp_path: Path) -> None:
    result = run("demo", "--size", 150, "--preset", "fast", "--out", tmp_path / "demo")
    assert result.exit_code == 0, result.output
    for said in ("precision", "TF-IDF mutual best", "equal GTIN only", "not matched"):
        assert said in result.stdout
    assert "Matching the shops …\n  done in" in result.stderr
    kept = {"left.csv", "right.jsonl", "truth.csv", "space", "report.html"}
    assert {path.name for path in (tmp_path / "demo").iterdir()} == kept


def test_bench_writes_json(tmp_path: Path, feeds: Path) -> None:
    folder = _deep_matcher_folder(tmp_path / "planted", feeds)
    options = ("--preset", "fast", "--context", "table", "--json", tmp_path / "figures.json")
    result = run("bench", "match", folder, *options)
    assert result.exit_code == 0, result.output
    assert "tfidf" in result.stdout
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert (figures["task"], figures["dataset"], figures["seed"]) == ("match", "planted", 0)
    assert 0 < figures["metrics"]["f1_table"] <= 1
    assert "match, block" in refused(run("bench", "dance", folder))


def _deep_matcher_folder(folder: Path, feeds: Path) -> Path:
    """The planted pairs, and as many wrong ones, in DeepMatcher's layout."""
    folder.mkdir()
    left, right = pl.read_csv(feeds / "left.csv", infer_schema=False), pl.read_ndjson(feeds / "right.jsonl")
    left.select(id="sku", title="name").write_csv(folder / "tableA.csv")
    right.select(id="product_id", title="product_title").write_csv(folder / "tableB.csv")
    truth = pl.read_csv(feeds / "truth.csv", infer_schema=False).select(
        ltable_id="left_id", rtable_id="right_id", label=1
    )
    wrong = truth.with_columns(pl.col("rtable_id").shift(1, fill_value=truth["rtable_id"][-1]), label=0)
    pairs = pl.concat([truth, wrong]).sample(fraction=1.0, shuffle=True, seed=0)
    for name, rows in (("train", pairs[:110]), ("valid", pairs[110:145]), ("test", pairs[145:])):
        rows.write_csv(folder / f"{name}.csv")
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ("dance",),
        ("fit", "a.csv"),
        ("match", "s", "--threshold", "2"),
        ("similar", "s", "1", "-k", "0"),
        ("fit", "a.csv", "--map", "title", "--out", "s"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_a_usage_error(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage" in result.stderr


def test_an_unexpected_error_is_told_in_a_paragraph(space: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("shelf by zero")

    monkeypatch.setattr("shelfspace.space.Space.similar", fail)
    said = refused(run("similar", space, "left/100000"))
    assert "shelfspace similar met an error" in said
    assert "SHELFSPACE_TRACEBACK=1" in said
    monkeypatch.setenv("SHELFSPACE_TRACEBACK", "1")
    assert isinstance(run("similar", space, "left/100000").exception, ZeroDivisionError)


def test_an_interrupt_ends_with_130_and_a_line(space: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shelfspace.space.Space.similar", interrupt)
    result = run("similar", space, "left/100000")
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr.startswith("Interrupted")


def test_a_disk_that_cannot_be_written_is_named(space: Path) -> None:
    said = refused(run("similar", space, "left/100000", "--out", "/proc/none/x.csv"))
    assert said.startswith("/proc/none")


def test_the_program_itself_starts_within_a_second_and_exits_as_it_should() -> None:
    program = [sys.executable, "-m", "shelfspace"]
    start = time.process_time() + os.times().children_user + os.times().children_system
    done = subprocess.run([*program, "--help"], capture_output=True, text=True, check=False)
    spent = time.process_time() + os.times().children_user + os.times().children_system - start
    assert (done.returncode, done.stderr) == (0, "")
    assert spent < 1
    done = subprocess.run([*program, "versions", "nowhere"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
