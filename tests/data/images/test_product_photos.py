from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.data.images.product_photos import LEADS_OUT, NOT_FETCHED, photo_rejects, product_photos
from shelfspace.data.schema import REJECTS_SCHEMA
from shelfspace.data.synthetic.drawn import drawn
from shelfspace.errors import OptionError


def catalogue(*links: str | None) -> Catalog:
    ids = [str(number) for number in range(len(links))]
    table = pl.DataFrame({"id": ids, "image_link": list(links)}, schema={"id": str, "image_link": str})
    return Catalog.from_table(table.with_columns(shop=pl.lit("s")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    drawn(2).write(tmp_path, "s")
    return tmp_path


def test_links_are_found_below_the_folder_or_by_an_absolute_path(folder: Path) -> None:
    catalog = catalogue("s/0.png", str(folder / "s" / "1.png"), f"file://{folder}/s/0.png", None, "  ")
    photos = product_photos(catalog, folder, size=32)
    assert photos.found.tolist() == [True, True, True, False, False]
    assert photos.pixels.shape == (5, 32, 32, 3)
    assert photos.rejects.is_empty()


def test_nothing_is_fetched_but_copies_are_found(folder: Path) -> None:
    links = [
        "https://shop.example/s/0.png?width=800",
        "https://shop.example/deep/1%2Epng",
        "//cdn.example/x.png",
    ]
    photos = product_photos(catalogue(*links), folder)
    assert photos.found.tolist() == [True, False, False]
    assert photos.rejects.rows() == [(1, links[1], NOT_FETCHED), (2, links[2], NOT_FETCHED)]
    beside = product_photos(catalogue(*links), folder / "s")
    assert beside.found.tolist() == [True, True, False], "a file name that one product has tells enough"
    ambiguous = catalogue("http://a.example/x/0.png", "http://b.example/y/0.png")
    assert not product_photos(ambiguous, folder / "s").found.any(), "whose photo would it be?"


def test_a_link_stays_in_the_folder(folder: Path) -> None:
    photos = product_photos(catalogue("../0.png", "x/../../0.png", "0.png"), folder / "s")
    assert photos.found.tolist() == [False, False, True]
    assert photos.rejects["reason"].to_list() == [LEADS_OUT, LEADS_OUT]


def test_rejects_are_told_as_those_of_a_feed(folder: Path) -> None:
    (folder / "bad.png").write_bytes(b"nothing")
    catalog = catalogue("s/0.png", "bad.png", "http://a.example/b.png")
    table = photo_rejects(catalog, product_photos(catalog, folder))
    assert table.schema == REJECTS_SCHEMA
    assert table["value"].to_list() == ["bad.png", "http://a.example/b.png"]
    assert table["row"].to_list() == [1, 2]
    assert set(table["action"]) == {"photo left out"}


def test_no_folder_is_refused_and_no_product_is_none(folder: Path) -> None:
    for wrong in (folder / "none", folder / "s" / "0.png"):
        with pytest.raises(OptionError, match="The folder of photos"):
            product_photos(catalogue("a.png"), wrong)
    assert len(product_photos(catalogue(), folder)) == 0
