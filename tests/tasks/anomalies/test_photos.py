import numpy as np
import pytest
from PIL import Image

from shelfspace.data.synthetic.materials import materials
from shelfspace.errors import FeedError, OptionError
from shelfspace.tasks.anomalies import inspect_photos, inspector_of, photo_files
from shelfspace.tasks.anomalies.whole_photos import read_whole


def save(folder, photos):
    folder.mkdir(parents=True, exist_ok=True)
    for number, photo in enumerate(photos):
        Image.fromarray(photo).save(folder / f"{number:03d}.png")


def test_damaged_photos_come_first_with_a_reason_and_a_heat_map(tmp_path, blot, box_inspector):
    photos = materials("box", 6, size=96, seed=20)
    photos[4] = blot(photos[4], 30, 75, radius=9)
    save(tmp_path, photos)
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut short")
    table = inspect_photos(
        photo_files(tmp_path), box_inspector, false_alarms=0.1, heat_maps=tmp_path / "heat"
    )
    verdicts = table["verdict"].to_list()
    assert verdicts[0] == "damaged" and verdicts.count("unreadable") == 1 and verdicts.count("good") >= 4
    first = table.row(0, named=True)
    assert first["photo"].endswith("004.png") and first["p_value"] <= 0.1
    assert "bottom left" in first["why"] and "of good photos look as strange" in first["why"]
    with Image.open(first["heat_map"]) as drawn:
        assert drawn.format == "PNG" and drawn.size == (96 + 4 + 96, 96)
        pixels = np.asarray(drawn).astype(int)
    changed = np.abs(pixels[:, 100:] - pixels[:, :96]).sum(axis=2)
    assert changed[70:80, 25:35].mean() > 4 * changed[:40].mean()
    assert table.filter(verdict="unreadable")["why"][0]
    good = table.filter(verdict="good")
    assert good["heat_map"].is_null().all() and good["score"].is_sorted(descending=True)


def test_no_photo_no_row_and_odd_shares_are_refused(box_inspector):
    assert inspect_photos([], box_inspector).height == 0
    for share in (0, 1, -0.1):
        with pytest.raises(OptionError):
            inspect_photos([], box_inspector, false_alarms=share)


def test_a_folder_teaches_what_is_good(tmp_path):
    save(tmp_path / "deep", materials("metal", 9, size=32))
    (tmp_path / "notes.txt").write_text("not a photo")
    (tmp_path / "broken.png").write_bytes(b"nothing")
    assert len(photo_files(tmp_path)) == 10
    photos, reasons = read_whole(photo_files(tmp_path), 256)
    assert list(reasons) == [0] and photos[0] is None and len(photos) == 10
    assert inspector_of(tmp_path, preset="fast").n_good == 9


def test_folders_with_too_few_photos_are_refused(tmp_path):
    save(tmp_path / "few", materials("metal", 3, size=32))
    for folder in (tmp_path / "few", tmp_path / "nowhere"):
        with pytest.raises(FeedError):
            inspector_of(folder)
