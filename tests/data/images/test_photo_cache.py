import os

import numpy as np
import pytest

from shelfspace.data.images import photo_cache, read_photos
from shelfspace.data.images.read_photos import _Reader


@pytest.fixture
def files(tmp_path, scene, saved):
    paths = []
    for number in range(6):
        paths.append(tmp_path / f"{number}.jpg")
        paths[-1].write_bytes(saved(scene(number)))
    paths[4].write_bytes(b"broken")
    return paths


@pytest.fixture
def decoded(monkeypatch):
    """How often a photo was really decoded."""
    calls = []
    read = _Reader._read
    monkeypatch.setattr(
        _Reader, "_read", lambda self, source, row: calls.append(source) or read(self, source, row)
    )
    return calls


def same(left, right):
    return (
        np.array_equal(left.pixels, right.pixels)
        and np.array_equal(left.found, right.found)
        and left.rejects.equals(right.rejects)
    )


def test_the_second_time_nothing_is_decoded(files, tmp_path, decoded):
    sources = [*files, None, files[0].read_bytes()]
    plain = read_photos(sources, 24)
    decoded.clear()
    first = read_photos(sources, 24, cache=tmp_path / "cache")
    assert len(decoded) == 7
    second = read_photos(sources, 24, cache=tmp_path / "cache")
    assert len(decoded) == 7
    assert isinstance(second.pixels, np.memmap)
    assert same(first, plain)
    assert same(second, plain)
    assert {path.suffix for path in (tmp_path / "cache").iterdir()} == {".npy", ".parquet"}


def test_only_new_and_changed_photos_are_decoded(files, tmp_path, decoded, scene, saved):
    read_photos(files[:4], 24, cache=tmp_path / "cache")
    decoded.clear()
    files[1].write_bytes(saved(scene(77)))
    again = read_photos(files, 24, cache=tmp_path / "cache")
    assert sorted(decoded) == [files[1], files[4], files[5]]
    assert same(again, read_photos(files, 24))


def test_a_changed_time_is_a_changed_photo(files, tmp_path, decoded):
    read_photos(files[:1], 24, cache=tmp_path / "cache")
    os.utime(files[0], ns=(1, 1))
    read_photos(files[:1], 24, cache=tmp_path / "cache")
    assert len(decoded) == 2


def test_other_options_are_other_photos(files, tmp_path):
    for options in ({"size": 24}, {"size": 16}, {"size": 24, "frame": "crop"}):
        assert same(read_photos(files, **options, cache=tmp_path / "cache"), read_photos(files, **options))


def test_a_file_that_appears_is_read(files, tmp_path, scene, saved):
    late = tmp_path / "late.jpg"
    assert not read_photos([late], 24, cache=tmp_path / "cache").found[0]
    late.write_bytes(saved(scene(1)))
    assert read_photos([late], 24, cache=tmp_path / "cache").found[0]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes()[:-40] + bytes(40)),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(bytes(path.stat().st_size)),
        lambda path: path.unlink(),
    ],
    ids=["cut", "changed", "emptied", "zeros", "gone"],
)
@pytest.mark.parametrize("suffix", [".npy", ".parquet"])
def test_a_damaged_cache_is_made_anew(files, tmp_path, spoil, suffix):
    cache = tmp_path / "cache"
    read_photos(files, 24, cache=cache)
    spoil(next(path for path in cache.iterdir() if path.suffix == suffix))
    assert same(read_photos(files, 24, cache=cache), read_photos(files, 24))
    assert isinstance(read_photos(files, 24, cache=cache).pixels, np.memmap)


def test_an_interrupted_write_leaves_nothing(files, tmp_path, monkeypatch):
    cache = tmp_path / "cache"

    def interrupted(self, sources, rows, pixels):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(_Reader, "read_all", interrupted)
        with pytest.raises(KeyboardInterrupt):
            read_photos(files, 24, cache=cache)
    assert list(cache.iterdir()) == []
    assert same(read_photos(files, 24, cache=cache), read_photos(files, 24))


def test_the_oldest_sets_are_forgotten(files, tmp_path, monkeypatch):
    monkeypatch.setattr(photo_cache, "_KEPT_SETS", 2)
    for count in range(1, 6):
        read_photos(files[:count], 24, cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 4


def test_no_photo_at_all_is_kept_too(tmp_path):
    for _ in range(2):
        assert len(read_photos([], 24, cache=tmp_path / "cache")) == 0
    for _ in range(2):
        assert not read_photos([None], 24, cache=tmp_path / "cache").found[0]
