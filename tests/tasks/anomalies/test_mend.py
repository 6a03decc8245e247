from __future__ import annotations

import polars as pl
import pytest

from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.errors import FeedError, OptionError
from shelfspace.tasks.anomalies.mend import CHANGED, MENDED, mend, patch_of

FEED = "\n".join(
    [
        "sku;Artikelname;Marke;Preis;Farbe",
        '1;Velora Lampe;Kantir;"1.299,00 €";rot',
        '2;"Sofa ""Ombra""";Kantir;20,50 EUR;',
        "3;Tisch;;5 EUR;grün",
        "",
    ]
)


def patch_rows(*rows: tuple[str, str, str | None, str]) -> pl.DataFrame:
    names = ("id", "attribute", "value", "suggested")
    table = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return table.select(pl.lit("feed").alias("shop"), *names, pl.lit("so").alias("why"))


@pytest.fixture
def feed(tmp_path):
    path = tmp_path / "feed.csv"
    path.write_text(FEED, encoding="utf-8")
    return path


def test_cells_change_and_all_else_stays_byte_for_byte(feed, tmp_path):
    patch = patch_rows(
        ("1", "brand", "Kantir", "Velora"),
        ("1", "price", "1299.00", "129.90"),
        ("3", "brand", None, "Ombrosa"),
    )
    done = mend(feed, patch, tmp_path / "new.csv")
    assert done["outcome"].to_list() == [MENDED] * 3
    wanted = FEED.replace("Velora Lampe;Kantir", "Velora Lampe;Velora").replace("1.299,00 €", "129,90 €")
    assert (tmp_path / "new.csv").read_text(encoding="utf-8") == wanted.replace("Tisch;;", "Tisch;Ombrosa;")
    assert feed.read_text(encoding="utf-8") == FEED
    assert not list(tmp_path.glob(".new*"))


def test_what_has_changed_since_is_left_alone(feed, tmp_path):
    patch = patch_rows(
        ("1", "brand", "Sony", "Velora"),
        ("9", "brand", "Kantir", "Velora"),
        ("2", "gtin", "123", ""),
        ("3", "color", "grün", ""),
    )
    done = mend(feed, patch, tmp_path / "new.csv")
    assert done["outcome"].to_list() == [CHANGED, "no such listing", "no such column", MENDED]
    assert read_catalog(tmp_path / "new.csv").table["color"].to_list() == ["rot", None, None]


def test_an_empty_patch_copies_the_feed(feed, tmp_path):
    mend(feed, patch_rows(), tmp_path / "new.csv")
    assert (tmp_path / "new.csv").read_bytes() == feed.read_bytes()


def test_what_cannot_be_mended_is_refused(feed, tmp_path):
    some = patch_rows(("1", "brand", "Kantir", "Velora"))
    with pytest.raises(OptionError, match="no column suggested"):
        mend(feed, some.drop("suggested"), tmp_path / "new.csv")
    with pytest.raises(OptionError, match="the feed itself"):
        mend(feed, some, feed)
    (tmp_path / "feed.xml").write_text("<rss/>")
    with pytest.raises(FeedError, match="CSV, TSV, JSON lines or Parquet"):
        mend(tmp_path / "feed.xml", some, tmp_path / "new.xml")
    with pytest.raises(FeedError, match="nothing was written"):
        mend(feed, patch_rows(("1", "price", "1299.00", "free")), tmp_path / "new.csv")
    assert not (tmp_path / "new.csv").exists()


def test_a_patch_holds_one_change_a_cell():
    found = pl.DataFrame(
        {
            "shop": ["s"] * 3,
            "id": ["1", "1", "2"],
            "attribute": ["brand", "brand", "price"],
            "value": ["a"] * 3,
            "suggested": ["b", "c", None],
            "why": ["w"] * 3,
        }
    )
    assert patch_of(found)["suggested"].to_list() == ["b"]
