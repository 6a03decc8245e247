import polars as pl
from PIL import Image
from typer.testing import CliRunner

from shelfspace.cli import app
from shelfspace.data.synthetic.materials import materials


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
    assert run(tmp_path).exit_code == 2
    assert run(tmp_path, "--good", tmp_path, "--images", tmp_path).exit_code == 2
    assert run(tmp_path, "--good", tmp_path, "--false-alarms", "2").exit_code == 2
    refused = run(tmp_path, "--good", tmp_path)
    assert refused.exit_code == 1 and "good" in refused.stderr
    assert run(tmp_path / "nowhere", "--good", tmp_path).exit_code == 1
