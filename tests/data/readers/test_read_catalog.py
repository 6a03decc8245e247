import gzip
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow
import pytest

from shelfspace.data import Catalog, read_catalog, scan_catalog
from shelfspace.data.schema import SCHEMA
from shelfspace.errors import FeedError, OptionError

COLUMNS = ("id", "title", "brand", "gtin", "price", "stock")
PRODUCTS = [
    dict(zip(COLUMNS, ("a1", "Kettle 1,7 l", "Acme", "4006381333931", "19.99", "3"), strict=True)),
    dict(zip(COLUMNS, ("a2", "Café cup; blue", "N/A", "", "5.00", "9"), strict=True)),
]
MERCHANT = """<?xml version="1.0" encoding="UTF-8"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>A shop</title>
<item><g:id>a1</g:id><title>Kettle 1,7 l</title><g:brand>Acme</g:brand><g:gtin>4006381333931</g:gtin>
<g:price>19.99 EUR</g:price><g:image_link>https://a.example/1.jpg</g:image_link><stock>3</stock>
<g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping></item>
<item><g:id>a2</g:id><title><![CDATA[Café cup; blue]]></title><g:price>5.00 EUR</g:price>
<stock>9</stock></item></channel></rss>"""
ATOM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>A shop</title>
<entry><g:id>a1</g:id><title>Kettle 1,7 l</title><link href="https://a.example/1"/><g:brand>Acme</g:brand>
<g:gtin>4006381333931</g:gtin><g:price>19.99 EUR</g:price><stock>3</stock></entry>
<entry><g:id>a2</g:id><title>Café cup; blue</title><g:price>5.00 EUR</g:price><stock>9</stock></entry>
</feed>"""


def frame() -> pl.DataFrame:
    return pl.DataFrame(PRODUCTS)


def delimited(sign: str) -> str:
    return frame().write_csv(separator=sign, quote_style="necessary")


WRITERS: dict[str, Callable[[Path], object]] = {
    "feed.csv": lambda path: path.write_text(delimited(",")),
    "feed.tsv": lambda path: path.write_text(delimited("\t")),
    "semicolons.csv": lambda path: path.write_text(delimited(";")),
    "pipes.txt": lambda path: path.write_text(delimited("|")),
    "feed.jsonl": lambda path: path.write_text("\n".join(map(json.dumps, PRODUCTS))),
    "feed.json": lambda path: path.write_text(json.dumps(PRODUCTS, indent=2)),
    "wrapped.json": lambda path: path.write_text(json.dumps({"shop": "x", "products": PRODUCTS})),
    "feed.parquet": lambda path: frame().write_parquet(path),
    "feed.arrow": lambda path: frame().write_ipc(path),
    "stream.arrow": lambda path: frame().write_ipc_stream(path),
    "feed.csv.gz": lambda path: path.write_bytes(gzip.compress(delimited(",").encode())),
    "feed.jsonl.gz": lambda path: path.write_bytes(
        gzip.compress("\n".join(map(json.dumps, PRODUCTS)).encode())
    ),
    "feed.xml": lambda path: path.write_text(MERCHANT),
    "feed.xml.gz": lambda path: path.write_bytes(gzip.compress(MERCHANT.encode())),
    "atom.xml": lambda path: path.write_text(ATOM),
}


def check(catalog: Catalog) -> None:
    table = catalog.table
    assert list(table.columns[: len(SCHEMA)]) == list(SCHEMA)
    assert table["id"].to_list() == ["a1", "a2"]
    assert table["title"].to_list() == ["Kettle 1,7 l", "Café cup; blue"]
    assert table["brand"].to_list() == ["Acme", None]
    assert table["gtin"].to_list() == ["04006381333931", None]
    assert table["price"].to_list() == [19.99, 5.0]
    assert table["stock"].to_list() == ["3", "9"]
    assert catalog.rejects.height == 0


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_catalogue(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path / name)
    catalog = read_catalog(tmp_path / name)
    check(catalog)
    assert catalog.shops == [name.split(".")[0]]
    if "xml" in name:
        assert catalog.table["currency"].to_list() == ["EUR", "EUR"]


@pytest.mark.parametrize("convert", [pl.DataFrame.lazy, pl.DataFrame.to_arrow, lambda table: table])
def test_tables_that_speak_arrow(convert: Callable[[pl.DataFrame], object]) -> None:
    check(read_catalog(convert(frame()), shop="mine"))  # type: ignore[arg-type]


def test_typed_columns_become_what_they_were() -> None:
    table = pyarrow.table(
        {"sku": [1, 2], "name": ["A", "B"], "ean": [4006381333931.0, None], "price": [1.299, float("nan")]}
    )
    catalog = read_catalog(table)
    assert catalog.table["id"].to_list() == ["1", "2"]
    assert catalog.table["gtin"].to_list() == ["04006381333931", None]
    assert catalog.table["price"].to_list() == [1.299, None]
    assert catalog.shops == ["table"]


def test_several_feeds_and_files_of_one_name(tmp_path: Path) -> None:
    for folder in ("north", "south"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "products.csv").write_text("id,title\n1,Cup\n")
    catalog = read_catalog([tmp_path / "north" / "products.csv", tmp_path / "south" / "products.csv"])
    assert catalog.shops == ["north-products", "south-products"]


def test_the_shop_is_the_argument_s_then_the_column_s_then_the_file_s(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_text("vendor_id,id,title\nx,1,Cup\n,2,Jug\n")
    assert read_catalog(path).table["shop"].to_list() == ["x", "feed"]
    assert read_catalog(path, shop="mine").table["shop"].to_list() == ["mine", "mine"]


def test_the_mapping_is_shown_and_can_be_overridden(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_text("no,name,long_name,maker\n7,Cup,Big blue cup,Acme\n8,Jug,,Acme\n")
    assert read_catalog(path).mapping == {"name": "title", "maker": "brand"}
    catalog = read_catalog(path, mapping={"no": "id", "long_name": "title", "maker": ""})
    assert catalog.mapping == {"no": "id", "long_name": "title", "name": "title"}
    assert catalog.table["id"].to_list() == ["7", "8"]
    assert catalog.table["title"].to_list() == ["Big blue cup", "Jug"]
    assert catalog.table["maker"].to_list() == ["Acme", "Acme"]


def test_a_mapping_that_does_not_fit_is_said(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_text("id,title\n1,Cup\n")
    with pytest.raises(OptionError, match="'nonsense'"):
        read_catalog(path, mapping={"id": "nonsense"})
    rejects = read_catalog(path, mapping={"naem": "title"}).rejects
    assert rejects.select("value", "action").rows() == [("naem", "flagged")]
    with pytest.raises(FeedError, match="mapping="):
        path.write_text("foo,bar\n1,2\n")
        read_catalog(path)


def test_a_feed_without_ids_gets_some_and_says_so_once(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_text("title,url\nCup,https://a.example/1\nJug,\nPot,\n")
    catalog = read_catalog(path)
    assert catalog.table["id"].to_list() == ["https://a.example/1", "2", "3"]
    assert catalog.rejects["reason"].to_list() == [
        "no id column: ids are made from the link, model or row number"
    ]


def test_the_price_column_s_name_may_tell_the_currency(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_text('id,title,price_eur\n1,Cup,"1.299"\n2,Jug,"12,50"\n')
    table = read_catalog(path).table
    assert table["price"].to_list() == [1299.0, 12.5]
    assert table["currency"].to_list() == ["EUR", "EUR"]


def test_batches_of_a_long_feed_are_bounded_and_add_up(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    with path.open("w") as file:
        file.write("id,title,description,price\n")
        for n in range(120_000):
            file.write(
                f'{n % 119_990},Kettle {n},"Steel kettle, {n} of many, described at length",{n % 97}.50\n'
            )
    batches = list(scan_catalog(path))
    assert len(batches) > 2
    assert max(map(len, batches)) < 100_000
    assert sum(map(len, batches)) == 119_990
    rejects = pl.concat([batch.rejects for batch in batches])
    assert rejects.filter(pl.col("action") == "row dropped")["row"].to_list() == list(range(119_991, 120_001))
    assert len(read_catalog(path)) == 119_990
