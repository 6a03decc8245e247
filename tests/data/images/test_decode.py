import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from shelfspace.data.images import PhotoLimits, decode_photo, decode_whole
from shelfspace.errors import OptionError, PhotoError

LIMITS = PhotoLimits(bytes=200_000, pixels=40_000)


def near(left, right, mean=6.0):
    return np.abs(np.asarray(left, dtype=float) - np.asarray(right, dtype=float)).mean() < mean


def refused(source, size=32, **options):
    with pytest.raises(PhotoError) as caught:
        decode_photo(source, size, **options)
    return caught.value.reason


def png_header(width, height):
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    end = struct.pack(">I", 9) + b"IDAT" + bytes(13)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + end


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "MPO"])
def test_every_format_gives_the_same_photo(kind, scene, saved):
    image = scene(1, 96, 96)
    assert near(decode_photo(saved(image, kind), 96), image, 12 if kind == "GIF" else 3)


def test_pixels_are_rgb_bytes_of_the_size(photo_file):
    pixels = decode_photo(photo_file, 40)
    assert (pixels.shape, pixels.dtype) == ((40, 40, 3), np.uint8)
    assert np.array_equal(decode_photo(str(photo_file), 40), pixels)
    assert np.array_equal(decode_photo(photo_file.read_bytes(), 40), pixels)


def test_a_wrong_extension_is_no_matter(tmp_path, scene, saved):
    path = tmp_path / "photo.pdf"
    path.write_bytes(saved(scene(1, 32, 32), "PNG"))
    assert np.array_equal(decode_photo(path, 32), np.asarray(scene(1, 32, 32)))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("L", "PNG"),
        ("1", "PNG"),
        ("P", "PNG"),
        ("P", "GIF"),
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
        ("CMYK", "TIFF"),
    ],
)
def test_every_mode_of_colour_becomes_rgb(mode, kind, scene, saved):
    image = scene(2, 32, 32).convert(mode)
    assert near(decode_photo(saved(image, kind), 32), image.convert("RGB"), 12)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_keep_their_range(kind, saved):
    grey = np.linspace(0, 65535, 32 * 32).reshape(32, 32).astype(np.uint16)
    pixels = decode_photo(saved(Image.fromarray(grey), kind), 32)
    assert near(pixels[..., 0], grey / 257, 2)


@pytest.mark.parametrize(("scale", "dtype"), [(1.0, np.float32), (255.0, np.float32), (65535, np.int32)])
def test_wide_grey_values_are_brought_to_bytes(scale, dtype, saved):
    grey = (np.linspace(0, 1, 32 * 32).reshape(32, 32) * scale).astype(dtype)
    assert near(decode_photo(saved(Image.fromarray(grey), "TIFF"), 32)[..., 0], grey / scale * 255, 2)


def test_numbers_that_are_none_are_black(saved):
    grey = np.full((16, 16), np.nan, dtype=np.float32)
    assert not decode_photo(saved(Image.fromarray(grey), "TIFF"), 16).any()


def test_what_is_transparent_is_white(scene, saved):
    image = scene(3, 32, 32).convert("RGBA")
    image.putalpha(0)
    for mode, kind in (("RGBA", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP")):
        assert (decode_photo(saved(image.convert(mode), kind), 32) == 255).all()
    palette = Image.new("P", (32, 32), 0)
    assert (decode_photo(saved(palette, "GIF", transparency=0), 32) == 255).all()


@pytest.mark.parametrize("turn", range(1, 9))
def test_exif_turns_the_photo_upright(turn, saved):
    image = Image.new("RGB", (32, 32), "white")
    image.paste((255, 0, 0), (0, 0, 16, 16))
    exif = Image.Exif()
    exif[274] = turn
    pixels = decode_photo(saved(image, "JPEG", exif=exif, quality=95), 32)
    red = pixels[..., 1] < 128
    corners = {1: (0, 0), 2: (0, 1), 3: (1, 1), 4: (1, 0), 5: (0, 0), 6: (0, 1), 7: (1, 1), 8: (1, 0)}
    row, column = corners[turn]
    assert red[row * 16 : row * 16 + 16, column * 16 : column * 16 + 16].mean() > 0.95
    assert red.mean() < 0.3


def test_a_turned_photo_is_padded_on_the_other_sides(saved):
    exif = Image.Exif()
    exif[274] = 6
    image = Image.new("RGB", (60, 20), "black")
    image.paste((255, 255, 255), (1, 1, 59, 19))
    lying, standing = (decode_photo(saved(image, "JPEG", **extra), 30) for extra in ({}, {"exif": exif}))
    assert near(lying, standing.transpose(1, 0, 2), 20)


def test_damaged_exif_is_no_matter(scene, saved):
    sound = saved(scene(4, 32, 32), "JPEG", quality=95)
    exif = b"Exif\x00\x00II*\x00\xff\xff\xff\xff" + b"\xff" * 40
    spoiled = sound[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + sound[2:]
    assert near(decode_photo(spoiled, 32), scene(4, 32, 32))


def test_the_first_picture_of_an_animation_counts(scene, saved):
    frames = [scene(seed, 32, 32) for seed in (5, 6, 7)]
    for kind in ("GIF", "WEBP", "PNG", "TIFF"):
        data = saved(frames[0], kind, save_all=True, append_images=frames[1:])
        assert near(decode_photo(data, 32), frames[0], 10)


def test_pad_shows_all_on_the_colour_of_the_border(saved):
    image = Image.new("RGB", (40, 20), (10, 200, 30))
    image.paste((250, 0, 0), (10, 5, 30, 15))
    pixels = decode_photo(saved(image, "PNG"), 40, "pad")
    assert (pixels[:10] == (10, 200, 30)).all()
    assert (pixels[30:] == (10, 200, 30)).all()
    assert np.array_equal(pixels[10:30], np.asarray(image))


def test_crop_takes_the_middle_and_stretch_everything(saved):
    image = Image.new("RGB", (60, 20), "blue")
    image.paste((255, 0, 0), (20, 0, 40, 20))
    assert (decode_photo(saved(image, "PNG"), 20, "crop") == (255, 0, 0)).mean() > 0.9
    stretched = decode_photo(saved(image, "PNG"), 30, "stretch")
    assert (stretched[:, :8, 2] > 200).all()
    assert (stretched[:, 12:18, 0] > 200).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (3000, 2)])
@pytest.mark.parametrize("frame", ["pad", "crop", "stretch"])
def test_odd_shapes_are_read(shape, frame, saved):
    image = Image.new("RGB", shape, (9, 120, 200))
    assert near(decode_photo(saved(image), 24, frame), image.resize((24, 24)), 3)


def test_a_large_jpeg_looks_the_same_reduced(scene, saved):
    image = scene(8, 1600, 1600)
    assert near(decode_photo(saved(image), 64), image.resize((64, 64), Image.Resampling.BOX), 3)


@pytest.mark.parametrize("mode", ["RGBA", "P", "LA", "1"])
def test_a_large_photo_is_read_in_strips_without_seams(mode, scene, saved):
    image = scene(8, 1501, 2003).convert(mode)
    expected = image.convert("RGBA").resize((32, 32), Image.Resampling.BICUBIC).convert("RGB")
    assert near(decode_photo(saved(image, "PNG", compress_level=1), 32, "stretch"), expected, 3)


def test_headers_beyond_the_limit_are_refused_before_decoding():
    assert "2,500,000,000 pixels" in refused(png_header(50_000, 50_000))
    assert "10,000 × 9,000 pixels" in refused(png_header(10_000, 9_000))
    big = BytesIO()
    Image.new("L", (300, 300)).save(big, "WEBP", lossless=True)
    assert "300 × 300" in refused(big.getvalue(), limits=LIMITS)
    canvas = b"RIFF\xff\xff\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00" + b"\xff\xff\xff" * 2
    assert "16,777,216" in refused(canvas)


def test_a_tile_larger_than_its_photo_is_refused():
    tags = [(256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (277, 1), (322, 60_000), (323, 60_000)]
    tags += [(324, 8), (325, 1)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    data = b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + entries + bytes(64)
    assert "60,000 × 60,000" in refused(data)


def test_too_many_bytes_are_refused_unread(tmp_path):
    path = tmp_path / "long.jpg"
    path.write_bytes(bytes(200_001))
    assert "200,001 bytes" in refused(path, limits=LIMITS)
    assert "200,001 bytes" in refused(bytes(200_001), limits=LIMITS)


def test_a_jpeg_that_draws_itself_over_and_over_is_refused(scene, saved):
    data = saved(scene(9), progressive=True)
    assert decode_photo(data, 32).shape == (32, 32, 3)
    assert "scans" in refused(data, limits=PhotoLimits(scans=3))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.9])
def test_a_photo_cut_short_is_refused(kind, share, scene, saved):
    data = saved(scene(10), kind)
    assert refused(data[: int(len(data) * share)])


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("side", [64, 900])
def test_a_jpeg_that_was_cut_and_closed_again_is_refused(mode, side, scene, saved):
    data = saved(scene(10, side, side).convert(mode))
    assert "cut short" in refused(data[: len(data) * 2 // 3] + b"\xff\xd9")


def test_a_photo_on_mid_grey_is_read():
    for photo in (Image.new("RGB", (64, 64), (128, 128, 128)), Image.new("L", (64, 64), 128)):
        photo.paste(20, (16, 16, 48, 48)) if photo.mode == "L" else photo.paste(
            (9, 99, 200), (16, 16, 48, 48)
        )
        held = BytesIO()
        photo.save(held, "JPEG")
        assert decode_photo(held.getvalue(), 64)[0, 0].tolist() == [128, 128, 128]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (bytes(5000), "zero bytes"),
        (b"PK\x03\x04" + bytes(100), "ZIP"),
        (b"%PDF-1.7 ...", "PDF"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"\n<!DOCTYPE html><html>Not found</html>", "web page"),
        (b"\x00\x00\x00\x1cftypheic", "HEIC"),
        (b"\x00\x00\x00\x1cftypisom", "video"),
        (b"\x89PNG\r\n\x1a\n", "header"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "header"),
        (b"BM" + bytes(60), ""),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "no known image format"),
    ],
)
def test_what_is_no_photo_is_named(data, word):
    assert word in refused(data)


def test_what_stands_behind_a_photo_is_left_alone(scene, saved):
    image = scene(11, 32, 32)
    for rest in (b"PK\x03\x04 archive", b"<script>alert(1)</script>", saved(scene(12), "PNG")):
        assert np.array_equal(decode_photo(saved(image, "PNG") + rest, 32), np.asarray(image))


def test_what_stands_before_a_photo_hides_it(scene, saved):
    assert "ZIP" in refused(b"PK\x03\x04" + saved(scene(11)))
    assert "web page" in refused(b"<html>" + saved(scene(11)))


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("missing.jpg", "no such file"),
        ("https://shop.example/1.jpg", "web address"),
        ("a\0b.jpg", ""),
        (".", "not a file"),
    ],
)
def test_what_is_no_file_is_refused(source, word):
    assert word in refused(source)


def test_options_out_of_range_are_refused(photo_file):
    for options in ({"size": 0}, {"size": 5000}, {"frame": "round"}):
        with pytest.raises(OptionError):
            decode_photo(photo_file, **options)
    with pytest.raises(OptionError):
        PhotoLimits(pixels=0)


def test_a_whole_photo_keeps_its_proportions_and_is_shrunk_but_never_enlarged(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (60, 120, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    assert np.array_equal(decode_whole(tmp_path / "wide.png", 256), pixels)
    assert decode_whole(tmp_path / "wide.png", 42).shape == (30, 59, 3)
    Image.fromarray(pixels[:1, :2]).save(tmp_path / "tiny.png")
    assert decode_whole(tmp_path / "tiny.png").shape == (16, 16, 3)
    Image.new("L", (2000, 4)).save(tmp_path / "strip.png")
    assert decode_whole(tmp_path / "strip.png", 100).shape == (16, 400, 3)


def test_a_whole_photo_that_is_none_is_refused():
    with pytest.raises(PhotoError):
        decode_whole(b"not a photo")
    with pytest.raises(OptionError):
        decode_whole(b"", size=2)
