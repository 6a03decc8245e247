from typer.testing import CliRunner

from shelfspace.cli import app
from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.data.synthetic import many_shops
from shelfspace.tasks.fit import fit


def run(*arguments):
    return CliRunner().invoke(app, ["map", *map(str, arguments)])


def test_the_map_is_written_where_it_was_asked_for(tmp_path):
    fit(read_catalog(many_shops(30, 2, seed=4).drop("product")), preset="fast").save(tmp_path / "shelf")
    out = tmp_path / "page.html"
    result = run(tmp_path / "shelf", "--out", out, "--layout", "closed")
    assert result.exit_code == 0, result.output
    assert out.is_file() and "MiB" in result.stderr
    refused = run(tmp_path / "shelf", "--out", out, "--colour", "category")
    assert refused.exit_code == 1 and "coloured by shop" in refused.stderr
    assert run(tmp_path / "shelf", "--colour", "taste").exit_code == 2
    assert run(tmp_path / "nowhere").exit_code == 1
