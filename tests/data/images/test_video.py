import sys
from fractions import Fraction
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from shelfspace.data.images.limits import VideoLimits
from shelfspace.data.images.video import pooled, read_video
from shelfspace.errors import MissingExtraError, OptionError, PhotoError

av = pytest.importorskip("av")


def video(pictures, kind="mp4", codec="mpeg4", rate=10, side=64):
    """A video whose picture i is of the grey 10 + 2 i."""
    held = BytesIO()
    with av.open(held, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = side, side, "yuv420p"
        stream.time_base = Fraction(1, rate)
        for number in range(pictures):
            grey = np.full((side, side, 3), min(10 + 2 * number, 255), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_image(Image.fromarray(grey))))
        container.mux(stream.encode())
    return held.getvalue()


def greys(photos):
    return photos.pixels.mean(axis=(1, 2, 3))


def refused(source, **options):
    with pytest.raises(PhotoError) as caught:
        read_video(source, **options)
    return caught.value.reason


@pytest.mark.parametrize("kind", ["mp4", "matroska", "avi", "mpegts"])
def test_pictures_are_evenly_spaced(kind):
    photos = read_video(video(100, kind), n=5, size=32)
    assert photos.pixels.shape == (5, 32, 32, 3)
    assert photos.found.all()
    assert photos.rejects.height == 0
    expected = [10 + 2 * number for number in (10, 30, 50, 70, 90)]
    assert np.abs(greys(photos) - expected).max() < 6


def test_a_video_that_does_not_say_how_long_it_is():
    data = video(100, "matroska")
    streamed = data.replace(b"\x44\x89\x88", b"\xec\x89\x88", 1)  # its duration as an element to be skipped
    photos = read_video(streamed, n=4, size=16)
    assert 3 <= len(photos) <= 4
    assert (np.diff(greys(photos)) > 20).all()


def test_files_are_read_as_bytes_are(tmp_path):
    path = tmp_path / "turn.mp4"
    path.write_bytes(video(20))
    assert np.array_equal(read_video(path, 3, 16).pixels, read_video(path.read_bytes(), 3, 16).pixels)
    assert np.array_equal(read_video(str(path), 3, 16).pixels, read_video(path, 3, 16).pixels)


def test_a_short_video_gives_each_picture_once():
    assert len(read_video(video(3), n=8, size=16)) == 3
    assert len(read_video(video(1), n=8, size=16)) == 1


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.9])
def test_a_video_cut_short_is_refused(share):
    data = video(60)
    assert refused(data[: int(len(data) * share)], size=16)


def test_a_video_whose_end_is_missing_is_refused():
    rng = np.random.default_rng(0)
    held = BytesIO()
    with av.open(held, "w", format="mpegts") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(60):
            noise = Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8))
            container.mux(stream.encode(av.VideoFrame.from_image(noise)))
        container.mux(stream.encode())
    data = held.getvalue()
    spoiled = data[: len(data) // 5] + bytes(len(data) * 3 // 5) + data[len(data) * 4 // 5 :]
    assert refused(spoiled, size=16)


def test_flipped_bits_are_refused_or_read_but_never_crash():
    rng, sound = np.random.default_rng(0), video(20)
    for _ in range(60):
        data = bytearray(sound)
        for _ in range(20):
            data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
        try:
            photos = read_video(bytes(data), n=3, size=16)
        except PhotoError as error:
            assert error.reason
        else:
            assert 1 <= len(photos) <= 3


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "0 bytes"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "no known video format"),
        (b"ffconcat version 1.0\nfile secret.mp4\n", "no known video format"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "no known video format"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(500), "damaged"),
        (b"\x1aE\xdf\xa3" + bytes(500), ""),
    ],
)
def test_what_is_no_video_is_named(data, word):
    assert word in refused(data)


def test_limits_are_kept():
    data = video(50)
    assert "5 seconds" in refused(data, limits=VideoLimits(seconds=4))
    assert "64 × 64" in refused(data, limits=VideoLimits(pixels=64 * 63))
    assert "bytes" in refused(data, limits=VideoLimits(bytes=100))
    assert "too many" in refused(data, limits=VideoLimits(decoded=5))
    with pytest.raises(OptionError):
        VideoLimits(decoded=0)


def test_addresses_and_missing_files_are_refused():
    for source in ("http://shop.example/v.mp4", "concat:a.mp4|b.mp4", "missing.mp4", "a\0b"):
        assert refused(source)


def test_options_out_of_range_are_refused():
    for options in ({"n": 0}, {"size": 1}, {"frame": "round"}):
        with pytest.raises(OptionError):
            read_video(b"", **options)


def test_without_pyav_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingExtraError, match="video"):
        read_video(b"")


def test_pictures_are_pooled_to_one_unit_vector_a_video():
    vectors = np.array([[3, 0], [0, 1], [0, 0], [-1, 0], [1, 0], [5, 0]], dtype=np.float32)
    out = pooled(vectors, [2, 1, 0, 2, 1])
    half = np.sqrt(0.5)
    assert out.dtype == np.float32
    assert np.allclose(out, [[half, half], [0, 0], [0, 0], [0, 0], [1, 0]])
    assert pooled(vectors[:0], []).shape == (0, 2)
    for lengths in ([5], [7, -1]):
        with pytest.raises(OptionError):
            pooled(vectors, lengths)
