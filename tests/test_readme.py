"""The README's commands and code run as they stand, on feeds of 150 products and without training."""

from __future__ import annotations

import re
import shlex
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import shelfspace
from shelfspace.cli import app
from shelfspace.data.synthetic import two_shops
from shelfspace.data.synthetic.shopping import shopping

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the files that the README speaks of."""
    two_shops(150, seed=0).write(tmp_path)
    truth = pl.read_csv(tmp_path / "truth.csv", infer_schema=False).drop("kind")
    wrong = truth.with_columns(pl.col("right_id").shift(1, fill_value=truth["right_id"][-1]), label=0)
    pl.concat([truth.with_columns(label=1), wrong]).write_csv(tmp_path / "labelled.csv")
    sides = {"left": truth["left_id"], "right": truth["right_id"]}
    stock = [pl.DataFrame({"shop": shop, "id": ids, "quantity": len(shop)}) for shop, ids in sides.items()]
    pl.concat(stock).write_csv(tmp_path / "stock.csv")
    made = shopping(50, 60, events_each=10)
    made.catalog.table.write_csv(tmp_path / "products.csv")
    made.events.table.write_csv(tmp_path / "log.csv")
    made.events.table.tail(20).write_csv(tmp_path / "today.csv")
    accounts = {"account": [f"a{row}" for row in range(300)], "orders": [row % 7 for row in range(300)]}
    pl.DataFrame(accounts).write_csv(tmp_path / "accounts.csv")
    ends = [(f"a{row}", f"a{near}") for row in range(12) for near in range(row)]  # a clique among strangers
    ends += [(f"a{row}", f"a{row + 20}") for row in range(1, 280)]
    pl.DataFrame(ends, schema=["source", "target"], orient="row").write_csv(tmp_path / "edges.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("feeds")
def test_every_command_runs() -> None:
    lines = [line for block in blocks("bash") for line in block.splitlines()]
    assert len(lines) > 5
    for line in lines:
        program, *arguments = shlex.split(line)
        assert program == "shelfspace"
        if arguments[0] == "fit":
            arguments += ["--preset", "fast"]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, f"{line}\n{result.output}"
    for written in ("matches.csv", "without.csv"):
        assert pl.read_csv(written).height > 50


@pytest.mark.usefixtures("feeds")
def test_every_piece_of_python_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shelfspace, "fit", partial(shelfspace.fit, preset="fast"))
    assert blocks("python")
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), {})
    assert "left_id" in capsys.readouterr().out


def test_the_links_and_the_make_targets_exist() -> None:
    for target in re.findall(r"\]\(([\w./-]+)\)", README):
        assert (ROOT / target).is_file(), target
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", README, re.MULTILINE):
        assert f"\n{target}: " in makefile
