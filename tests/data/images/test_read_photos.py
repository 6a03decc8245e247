import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from shelfspace.data.images import PhotoLimits, decode_photo, read_photos
from shelfspace.data.images.read_photos import _Room
from shelfspace.errors import OptionError


def test_rows_stay_in_order_and_each_fails_alone(tmp_path, scene, saved):
    good = []
    for number in range(40):
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(saved(scene(number)) if number % 3 else b"nothing")
        good.append(path)
    photos = read_photos([*good, None, "", tmp_path / "missing.png"], size=32)
    assert photos.pixels.shape == (43, 32, 32, 3)
    for number, path in enumerate(good):
        if number % 3:
            assert photos.found[number]
            assert np.array_equal(photos.pixels[number], decode_photo(path, 32))
        else:
            assert not photos.pixels[number].any()
    assert photos.rejects["row"].to_list() == [*range(0, 40, 3), 42]
    assert photos.rejects["source"][0] == str(good[0])
    assert not photos.found[[40, 41, 42]].any()


def test_no_source_gives_no_photo():
    photos = read_photos([], size=16)
    assert len(photos) == 0
    assert photos.rejects.height == 0


def test_bytes_and_text_paths_are_sources(photo_file):
    photos = read_photos([photo_file.read_bytes(), str(photo_file), photo_file], 24, "crop")
    assert photos.found.all()
    assert (photos.pixels[0] == photos.pixels[2]).all()
    assert (photos.pixels[1] == photos.pixels[2]).all()


def test_bytes_are_named_by_their_length():
    assert read_photos([b"12345"], 16).rejects["source"].to_list() == ["5 bytes"]


def test_an_unknown_frame_is_refused_at_once():
    with pytest.raises(OptionError):
        read_photos([], frame="round")


def test_only_so_many_pixels_are_held_at_once():
    room, most, lock = _Room(100), [0, 0], threading.Lock()

    def hold(pixels):
        with room.holding(pixels):
            with lock:
                most[0] += pixels
                most[1] = max(most)
            time.sleep(0.002)
            with lock:
                most[0] -= pixels

    threads = [threading.Thread(target=hold, args=(size,)) for size in (60, 50, 30, 100, 20, 70) * 3]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert 0 < most[1] <= 100
    with room.holding(500):  # what is larger than all of it is let in alone
        pass


def test_limits_hold_for_each_photo(scene, saved):
    photos = read_photos(
        [saved(scene(1, 100, 100)), saved(scene(2, 50, 50))], 16, limits=PhotoLimits(pixels=5000)
    )
    assert photos.found.tolist() == [False, True]


HOSTILE = Path(__file__).with_name("hostile.py")


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of memory is read from the system")
def test_a_thousand_hostile_photos_neither_crash_nor_fill_memory():
    import json
    import subprocess

    run = subprocess.run(
        [sys.executable, str(HOSTILE)], capture_output=True, text=True, check=False, timeout=300
    )
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert result["photos"] >= 1000
    assert result["good intact"]
    assert result["bad found"] == []
    assert result["without reason"] == []
    assert len(result["kinds"]) >= 12
    assert result["peak_mib"] < 500
    assert run.stderr == ""
