"""A thousand hostile photos by seed, read in a process of its own whose memory the test can measure."""

import json
import struct
import sys
import warnings
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from shelfspace.data.images import decode_photo, read_photos
from shelfspace.evaluation.cost import peak_mib

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
SIZE = 48


def picture(rng, side=None):
    width, height = rng.integers(40, 200, 2) if side is None else (side, side)
    coarse = rng.integers(0, 256, (5, 5, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((int(width), int(height)))


def saved(image, kind, **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def any_kind(rng):
    return str(rng.choice(KINDS))


def cut(rng):
    data = saved(picture(rng), str(rng.choice(["JPEG", "PNG", "WEBP", "GIF", "BMP"])))
    return data[: int(len(data) * rng.uniform(0, 0.9))]


def closed_again(rng):
    """A baseline JPEG that lost its lower part and was given an end marker."""
    data = saved(picture(rng, 160), "JPEG", quality=95)
    return data[: int(len(data) * rng.uniform(0.4, 0.7))] + b"\xff\xd9"


def zeros(rng):
    return bytes(int(rng.integers(0, 4096)))


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width, height, depth, colours, body):
    head = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def huge_header(rng):
    side = int(rng.integers(50_000, 65_000))
    kind = rng.integers(5)
    if kind == 0:
        return png(side, side, 8, 2, zlib.compress(bytes(10_000)))
    if kind == 1:
        data = bytearray(saved(picture(rng), "JPEG"))
        at = data.index(b"\xff\xc0")
        data[at + 5 : at + 9] = struct.pack(">HH", side, side)
        return bytes(data)
    if kind == 2:
        data = bytearray(saved(picture(rng), "GIF"))
        data[6:10] = struct.pack("<HH", side, side)
        return bytes(data)
    if kind == 3:
        data = bytearray(saved(picture(rng), "BMP"))
        data[18:26] = struct.pack("<ii", side, side)
        return bytes(data)
    size = struct.pack("<I", side)[:3]
    return b"RIFF\xff\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00" + size + size + bytes(200)


def bomb(rng):
    """A few kilobytes that say, truthfully, that they are hundreds of millions of pixels."""
    side = int(rng.integers(12_000, 20_000))
    return png(side, side, 1, 0, zlib.compress(bytes((side // 8 + 1) * side), 1))


def text_bomb(rng):
    text = chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(int(rng.integers(2, 6)) << 20)))
    data = saved(picture(rng), "PNG")
    return data[:33] + text * 30 + data[33:]


def polyglot_before(rng):
    heads = [
        b"PK\x03\x04",
        b"%PDF-1.4\n",
        b"<html><body>",
        b'<?xml version="1.0"?><svg onload="x()">',
        b"#!/bin/sh\n",
    ]
    return heads[rng.integers(len(heads))] + saved(picture(rng), any_kind(rng))


def noise(rng):
    starts = [
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"BM",
        b"II*\x00",
        b"RIFF\x00\x01\x00\x00WEBPVP8 ",
        b"",
    ]
    return starts[rng.integers(len(starts))] + rng.bytes(int(rng.integers(0, 5000)))


def not_a_photo(rng):
    return [
        b"{}",
        b"404 not found",
        b"\x00\x00\x00\x1cftypavif",
        b"\x1f\x8b\x08",
        b"%!PS-Adobe",
        b"\x1aE\xdf\xa3",
    ][rng.integers(6)]


def flipped(rng):
    data = bytearray(saved(picture(rng), any_kind(rng)))
    for _ in range(int(rng.integers(1, 60))):
        data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
    return bytes(data)


def large(rng):
    """Honest but heavy: the most pixels that the limits allow, at four or more bytes each."""
    side = int(rng.integers(6_500, 7_000))
    body = zlib.compress(bytes((side * 4 + 1) * side), 1)
    return png(side, side, 8, 6, body)


def polyglot_after(rng):
    return saved(picture(rng), any_kind(rng)) + b"PK\x03\x04<script>%PDF" + rng.bytes(500)


def animated(rng):
    frames = [picture(rng, 64) for _ in range(20)]
    return saved(frames[0], str(rng.choice(["GIF", "WEBP", "PNG"])), save_all=True, append_images=frames[1:])


def odd_mode(rng):
    mode, kind = [
        ("CMYK", "JPEG"),
        ("L", "PNG"),
        ("LA", "PNG"),
        ("P", "PNG"),
        ("1", "TIFF"),
        ("RGBA", "WEBP"),
    ][rng.integers(6)]
    return saved(picture(rng).convert(mode), kind)


def good(rng):
    return saved(picture(rng), any_kind(rng))


BAD = {
    cut: 180,
    closed_again: 40,
    zeros: 40,
    huge_header: 140,
    bomb: 6,
    text_bomb: 8,
    polyglot_before: 90,
    noise: 120,
    not_a_photo: 40,
}
EITHER = {flipped: 200}
SOUND = {polyglot_after: 60, animated: 30, odd_mode: 60, good: 120, large: 3}


def main():
    warnings.simplefilter("error")
    rng = np.random.default_rng(11)
    made = [
        (make.__name__, data)
        for group in (BAD, EITHER, SOUND)
        for make, count in group.items()
        for data in (make(rng) for _ in range(count))
    ]
    order = rng.permutation(len(made))
    made = [made[place] for place in order]
    before = peak_mib()
    photos = read_photos([data for _, data in made], size=SIZE)
    peak = peak_mib()
    bad, sound = ({make.__name__ for make in group} for group in (BAD, SOUND))
    why = dict(photos.rejects.select("row", "reason").iter_rows())
    small = [row for row, (kind, _) in enumerate(made) if kind in sound and kind != "large"]
    intact = all(np.array_equal(photos.pixels[row], decode_photo(made[row][1], SIZE)) for row in small)
    result = {
        "photos": len(made),
        "kinds": sorted({kind for kind, _ in made}),
        "good intact": intact
        and all(photos.found[row] for row, (kind, _) in enumerate(made) if kind in sound),
        "bad found": [kind for row, (kind, _) in enumerate(made) if kind in bad and photos.found[row]],
        "without reason": [made[row][0] for row in np.flatnonzero(~photos.found) if not why.get(int(row))],
        "peak_mib": peak,
        "before_mib": before,
    }
    if "--reasons" in sys.argv:
        Path("reasons.json").write_text(
            json.dumps([(made[row][0], reason) for row, reason in why.items()], indent=0)
        )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
