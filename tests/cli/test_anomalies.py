import polars as pl
from PIL import Image
from typer.testing import CliRunner

from shelfspace.cli import app
from shelfspace.data import read_catalog
from shelfspace.data.synthetic.materials import materials
from shelfspace.tasks.fit import fit


def run(*arguments):
    return CliRunner().invoke(app, ["anomalies", *map(str, arguments)])


def test_damaged_photos_are_written_with_heat_maps(tmp_path):
    for name, photos in (
        ("good", materials("metal", 24, size=48)),
        ("new", materials("metal", 3, size=48, seed=2)),
    ):
        (tmp_path / name).mkdir()
        for number, photo in enumerate(photos):
            if (name, number) == ("new", 1):
                photo[10:25, 20:35] = (160, 40, 20)
            Image.fromarray(photo).save(tmp_path / name / f"{number}.png")
    (tmp_path / "new" / "broken.jpg").write_bytes(b"not a photo")
    arguments = ("--good", tmp_path / "good", "--preset", "fast", "--false-alarms", "0.05")
    result = run(tmp_path / "new", *arguments, "--heatmaps", tmp_path / "heat", "--out", tmp_path / "out.csv")
    assert result.exit_code == 0, result.output
    table = pl.read_csv(tmp_path / "out.csv")
    assert table["photo"][0].endswith("1.png") and table["verdict"][0] == "damaged"
    assert table["verdict"].to_list().count("unreadable") == 1
    assert len(list((tmp_path / "heat").glob("*.png"))) == table["verdict"].to_list().count("damaged")


def test_wrong_calls_are_refused(tmp_path):
    assert run(tmp_path).exit_code == 1
    assert run(tmp_path, "--good", tmp_path, "--images", tmp_path).exit_code == 2
    assert run(tmp_path, "--good", tmp_path, "--false-alarms", "2").exit_code == 2
    refused = run(tmp_path, "--good", tmp_path)
    assert refused.exit_code == 1 and "good" in refused.stderr
    assert run(tmp_path / "nowhere", "--good", tmp_path).exit_code == 1


def test_a_space_is_looked_through_and_its_feed_mended(tmp_path):
    kinds = {"lamp": "Home > Lamps", "sofa": "Home > Sofas", "desk": "Office > Desks"}
    rows = [
        {
            "id": f"p{i}",
            "title": f"{noun} model {i}",
            "product_type": kinds[noun],
            "price": f"{20 + i % 7},50 EUR",
        }
        for i, noun in enumerate(["lamp", "sofa", "desk"] * 50)
    ]
    rows[4]["product_type"] = "Home > Lamps"
    feed, patch, mended = tmp_path / "shop.csv", tmp_path / "patch.csv", tmp_path / "mended.csv"
    pl.DataFrame(rows).write_csv(feed)
    fit(read_catalog(feed), preset="fast").save(tmp_path / "shelf")
    out = tmp_path / "found.csv"
    result = run(tmp_path / "shelf", "--no-repeats", "--patch", patch, "--out", out)
    assert result.exit_code == 0, result.output
    found = pl.read_csv(out).filter(anomaly="wrong category")
    assert found.select("id", "suggested").rows() == [("p4", "Home > Sofas")]
    assert "“sofa”" in found["why"][0]
    done = CliRunner().invoke(app, ["mend", str(feed), "--patch", str(patch), "--out", str(mended)])
    assert done.exit_code == 0 and "1 × mended" in done.stderr
    assert read_catalog(mended).table["product_type"][4] == "Home > Sofas"
    before, after = feed.read_text().splitlines(), mended.read_text().splitlines()
    assert [i for i in range(len(before)) if before[i] != after[i]] == [5]


def test_strange_rows_of_a_table_are_listed(tmp_path):
    table = pl.DataFrame(
        {
            "order": [f"o{i}" for i in range(60)],
            "pieces": [i % 5 for i in range(60)],
            "price": [1000.0 if i == 9 else 10.0 * (i % 5) + i % 3 for i in range(60)],
            "way": [["post", "van"][i % 2] for i in range(60)],
        }
    )
    table.write_csv(tmp_path / "orders.csv")
    out = tmp_path / "strange.csv"
    result = run(tmp_path / "orders.csv", "--preset", "fast", "--false-alarms", "0.05", "--out", out)
    assert result.exit_code == 0, result.output
    assert "id: order; category: way; number: pieces, price" in result.stderr
    rows = pl.read_csv(out)
    assert rows.height == 60 and rows["row"][0] == "o9" and rows["why"][0].startswith("price 1000.0")
    (tmp_path / "schema.json").write_text('{"order": "ignore", "pieces": "ignore", "way": "ignore"}')
    again = run(
        *(tmp_path / "orders.csv", "--good", tmp_path / "orders.csv", "--schema", tmp_path / "schema.json"),
        *("--preset", "fast", "--json"),
    )
    assert again.exit_code == 0 and '"row":"10"' in again.stdout


def test_tables_take_no_options_of_photos(tmp_path):
    table = tmp_path / "orders.csv"
    table.write_text("a,b\n1,2\n")
    assert run(table, "--patch", tmp_path / "p.csv").exit_code == 2
    assert run(tmp_path, "--schema", table).exit_code == 2
    refused = run(table)
    assert refused.exit_code == 1 and "none is a number or category" in refused.stderr
