from __future__ import annotations

from io import BytesIO

import numpy as np
import polars as pl
from PIL import Image

from shelfspace.data.catalog import Catalog
from shelfspace.tasks.map.thumbnails import thumbnails


def test_photos_become_small_and_few(tmp_path):
    rng = np.random.default_rng(0)
    links: list[str | None] = []
    for i in range(6):
        noise = rng.integers(0, 256, (300, 200, 3), dtype=np.uint8)
        Image.fromarray(noise).save(tmp_path / f"{i}.png")
        links.append(f"{i}.png")
    (tmp_path / "broken.png").write_bytes(b"no photo")
    links += ["broken.png", None]
    ids = [str(i) for i in range(8)]
    catalog = Catalog.from_table(pl.DataFrame({"shop": ["s"] * 8, "id": ids, "image_link": links}))
    found = thumbnails(catalog, tmp_path)
    assert [bool(photo) for photo in found] == [True] * 6 + [False] * 2
    assert Image.open(BytesIO(found[0])).size == (80, 80) and max(map(len, found)) < 8_000
    few = thumbnails(catalog, tmp_path, most=3)
    assert [bool(photo) for photo in few] == [True, False, False, True, False, False, False, False]
