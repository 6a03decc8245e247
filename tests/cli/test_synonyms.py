import json

import polars as pl
from typer.testing import CliRunner

from shelfspace.cli import app
from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.tasks.fit import fit


def run(*arguments):
    return CliRunner().invoke(app, ["synonyms", *map(str, arguments)])


def test_a_list_is_written_read_and_put_in_place(tmp_path):
    feed = pl.DataFrame({"id": ["1", "2"], "title": ["television 40 inch", "kettle 2 l"]})
    shelf = tmp_path / "shelf"
    fit(read_catalog(feed, shop="s"), preset="fast").save(shelf)
    assert json.loads(run(shelf, "--json").stdout) == []

    (tmp_path / "mine.csv").write_text("term,same_as\ntv,television\n")
    told = run(shelf, "--edit", tmp_path / "mine.csv", "--json")
    assert told.exit_code == 0, told.output
    assert "1 synonyms instead of 0" in told.stderr and "version 000002" in told.stderr
    assert [(row["term"], row["same_as"]) for row in json.loads(told.stdout)] == [("tv", "television")]

    assert run(shelf, "--out", tmp_path / "all.csv").exit_code == 0
    assert pl.read_csv(tmp_path / "all.csv")["term"].to_list() == ["tv"]
    assert run(shelf, "--edit", tmp_path / "nowhere.csv").exit_code == 1
    assert run(tmp_path / "nothing").exit_code == 1
