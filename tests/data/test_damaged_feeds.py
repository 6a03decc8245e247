"""Feeds as they arrive: each is read as far as it goes, or refused in a paragraph that says why."""

import codecs
import gzip
import io
import json
import resource
import struct
from collections.abc import Iterator
from pathlib import Path
from time import process_time

import polars as pl
import pyarrow
import pytest

from shelfspace.data import Catalog, read_catalog
from shelfspace.data.schema import SCHEMA
from shelfspace.errors import FeedError

HEADER = "id,title,price\n"
ROWS = "1,Kettle,10.00\n2,Teapot,20.00\n3,Cup,5.00\n"
ITEMS = "".join(f"<item><g:id>{n}</g:id><title>{t}</title></item>" for n, t in ((1, "Kettle"), (2, "Teapot")))
RSS = '<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel>'
MIB = 1 << 20


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """Every damaged feed is done with in seconds and without filling memory."""
    started, before = process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert process_time() - started < 10
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 600


def feed(folder: Path, content: str | bytes, name: str = "feed.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def ids(catalog: Catalog) -> list[str]:
    return catalog.table["id"].to_list()


def titles(catalog: Catalog) -> list[str | None]:
    return catalog.table["title"].to_list()


def notes(catalog: Catalog) -> list[tuple[int | None, str | None, str, str]]:
    return catalog.rejects.select("row", "attribute", "reason", "action").rows()


# Delimited text: (content, ids that survive, [(row, words of the reason, action)])
DELIMITED = {
    "cut in the last row": (HEADER + ROWS + "4,Sau", "1 2 3", [(4, "cut off: 2 cells", "row dropped")]),
    "cut inside quotes": (HEADER + ROWS + '4,"Saucer', "1 2 3", [(4, "broken quoting", "row dropped")]),
    "cut in the last cell": (HEADER + ROWS + "4,Saucer,1", "1 2 3 4", []),
    "no line end at the end": ((HEADER + ROWS).rstrip(), "1 2 3", []),
    "newlines in quotes": (HEADER + '1,"Ket\ntle\n\nblue",10\n2,Cup,5\n', "1 2", []),
    "windows line ends": ((HEADER + ROWS).replace("\n", "\r\n"), "1 2 3", []),
    "old mac line ends": ((HEADER + ROWS).replace("\n", "\r"), "1 2 3", []),
    "mixed line ends": (HEADER + "1,A,1\r2,B,2\r\n3,C,3\n", "1 2 3", []),
    "unclosed quote": (
        HEADER + '1,"Kettle,10\n2,"Teapot, blue",20\n3,Cup,5\n',
        "1 2 3",
        [(1, "broken quoting, read by its delimiters", "flagged")],
    ),
    "unclosed quote and a comma": (
        HEADER + '1,"Kettle, blue,10\n2,Teapot,20\n3,"Cup",5\n',
        "2 3",
        [(1, "broken quoting: 4 cells where the header has 3", "row dropped")],
    ),
    "unclosed quote to the end": (
        HEADER + '1,Kettle,10\n2,"Teapot,20\n3,Cup,5\n',
        "1 2 3",
        [(2, "broken quoting, read by its delimiters", "flagged")],
    ),
    "quote inside a cell": (HEADER + '1,19" rack,10\n2,"a ""b"" c",20\n', "1 2", []),
    "text behind a closing quote": (
        HEADER + '1,"Kettle" blue,10\n2,Cup,5\n',
        "1 2",
        [(1, "broken quoting, read by its delimiters", "flagged")],
    ),
    "ragged rows": (
        HEADER + "1,Kettle,10\n2,Teapot\n3,Cup,5,x,y\n4,Jug,7\n",
        "1 4",
        [(2, "2 cells where the header has 3", "row dropped"), (3, "5 cells", "row dropped")],
    ),
    "empty cells too many": (HEADER + "1,Kettle,10,,\n2,Cup,5\n", "1 2", []),
    "mixed delimiters": (
        HEADER + "1,Kettle,10\n2;Teapot;20\n3,Cup,5\n",
        "1 2 3",
        [(2, "cells parted by ';'", "flagged")],
    ),
    "blank lines": ("\n\n" + HEADER + "1,A,1\n\n  \n2,B,2\n\n", "1 2", []),
    "excel's hint": ("sep=;\nid;title;price\n1;A;1\n", "1", []),
    "repeated header names": ("id,title,title,price\n1,,A,1\n", "1", []),
    "same rows twice": (
        HEADER + "1,A,1\n2,B,2\n1,A,1\n",
        "1 2",
        [(3, "repeats an earlier row", "row dropped")],
    ),
    "one id for two products": (
        HEADER + "1,A,1\n2,B,2\n1,C,3\n",
        "1 2",
        [(3, "the id of an earlier row with other content", "row dropped")],
    ),
    "missing ids": (
        HEADER + "1,A,1\n,B,2\n3,C,3\n",
        "1 row 2 3".replace("row 2", "row_2"),
        [(2, "no id in this row", "flagged")],
    ),
    "prices that are none": (
        HEADER + "1,A,NaN\n2,B,inf\n3,C,-5\n4,D,call us\n5,E,7\n",
        "1 2 3 4 5",
        [
            (1, "not a finite number", "value dropped"),
            (2, "not a finite number", "value dropped"),
            (3, "negative", "value dropped"),
            (4, "no number in it", "value dropped"),
        ],
    ),
    "prices far out": (
        HEADER + "".join(f"{n},A,{n}.50\n" for n in range(10, 40)) + "99,B,99000000\n",
        " ".join(map(str, [*range(10, 40), 99])),
        [(31, "far from the feed's usual prices", "flagged")],
    ),
    "numbers ruined by a spreadsheet": (
        "id,title,ean\n1,A,4.00638E+12\n2,B,36000291452\n3,C,4006381333932\n",
        "1 2 3",
        [
            (1, "digits lost to a spreadsheet's scientific notation", "value dropped"),
            (2, "leading zeros restored", "flagged"),
            (3, "wrong check digit", "value dropped"),
        ],
    ),
    "NUL bytes in a cell": (
        HEADER + "1,Ket\0tle,10\n2,Cup,5\n",
        "1 2",
        [(1, "NUL bytes, removed", "flagged")],
    ),
    "NUL padding at the end": (
        HEADER + ROWS + "\0" * 500,
        "1 2 3",
        [(4, "a line of NUL bytes", "row dropped")],
    ),
    "a long title": (
        HEADER + f"1,{'long ' * 1000},10\n2,Cup,5\n",
        "1 2",
        [(1, "4999 characters, cut to 2000", "flagged")],
    ),
}


@pytest.mark.parametrize("case", DELIMITED)
def test_delimited_text(case: str, tmp_path: Path) -> None:
    content, survive, expected = DELIMITED[case]
    catalog = read_catalog(feed(tmp_path, content))
    assert ids(catalog) == [name.replace("_", " ") for name in survive.split()]
    found = notes(catalog)
    assert len(found) == len(expected)
    for (row, _, reason, action), (expected_row, words, expected_action) in zip(found, expected, strict=True):
        assert (row, action) == (expected_row, expected_action)
        assert words in reason


UMLAUTS = "id,titel,preis\n1,Müller Kaffeemühle größer,19\n2,Café crème für Gäste,20\n3,Über öl ä,3\n"
CHINESE = "id,标题,价格\n1,苹果手机 蓝色 全新正品,5999\n2,华为笔记本电脑 轻薄本,6999\n"
TAIWAN = "id,標題,價格\n1,蘋果手機 藍色 全新,5999\n2,筆記型電腦 輕薄,6999\n"
JAPANESE = "id,商品名,価格\n1,ソニー ワイヤレス ヘッドホン 黒,19800\n2,パナソニック 電気シェーバー,9800\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (UMLAUTS, "cp1252"),
        (UMLAUTS, "utf-8-sig"),
        (UMLAUTS, "utf-16"),
        (UMLAUTS, "utf-16-le"),
        (UMLAUTS, "utf-16-be"),
        (UMLAUTS, "utf-32"),
        (CHINESE, "utf-8"),
        (CHINESE, "gb18030"),
        (CHINESE, "utf-16"),
        (TAIWAN, "big5"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
    ],
)
def test_any_encoding(text: str, encoding: str, tmp_path: Path) -> None:
    catalog = read_catalog(feed(tmp_path, text.encode(encoding)))
    assert titles(catalog) == [line.split(",")[1] for line in text.splitlines()[1:]]
    assert catalog.table["price"].null_count() == 0
    assert notes(catalog) == []


def test_a_utf16_bom_of_the_other_end(tmp_path: Path) -> None:
    catalog = read_catalog(feed(tmp_path, codecs.BOM_UTF16_BE + UMLAUTS.encode("utf-16-be")))
    assert titles(catalog)[0] == "Müller Kaffeemühle größer"


def test_a_few_stray_bytes_in_utf8(tmp_path: Path) -> None:
    content = CHINESE.encode() + "3,Müller,5\n".encode("cp1252") + b"4,Cup,6\n"
    catalog = read_catalog(feed(tmp_path, content))
    assert titles(catalog)[2:] == ["Müller", "Cup"]
    assert notes(catalog) == [(3, "title", "bytes that are not UTF-8, read as Windows-1252", "flagged")]


def test_text_decoded_twice(tmp_path: Path) -> None:
    twice = UMLAUTS.encode().decode("cp1252").encode()
    assert titles(read_catalog(feed(tmp_path, twice)))[0] == "Müller Kaffeemühle größer"


def test_foreign_bytes_far_behind_ascii(tmp_path: Path) -> None:
    content = (
        HEADER + "".join(f"{n},Kettle,5\n" for n in range(30_000))
    ).encode() + "x,Käse für Gäste,5\n".encode("cp1252")
    assert titles(read_catalog(feed(tmp_path, content)))[-1] == "Käse für Gäste"


def test_a_cell_of_ten_megabytes(tmp_path: Path) -> None:
    long = "kettle " * (10 * MIB // 7)
    catalog = read_catalog(feed(tmp_path, f'id,title,description\n1,A,"{long}"\n2,B,short\n'))
    assert ids(catalog) == ["1", "2"]
    assert catalog.table["description"].str.len_chars().to_list() == [20_000, 5]
    assert notes(catalog)[0][1] == "description"


def test_an_unclosed_quote_before_ten_megabytes(tmp_path: Path) -> None:
    rows = "".join(f"{n},Kettle {n},5\n" for n in range(2, 400_000))
    catalog = read_catalog(feed(tmp_path, HEADER + '1,"Cup,5\n' + rows))
    assert len(catalog) == 399_999
    assert notes(catalog) == [(1, None, "broken quoting, read by its delimiters", "flagged")]


def test_five_thousand_columns(tmp_path: Path) -> None:
    names = [f"c{n}" for n in range(5000)]
    header = ",".join(["id", "title", *names])
    rows = "".join(",".join([str(n), "Cup", *["x"] * 5000]) + "\n" for n in range(3))
    catalog = read_catalog(feed(tmp_path, f"{header}\n{rows}"))
    assert ids(catalog) == ["0", "1", "2"]
    assert len(catalog.table.columns) == len(SCHEMA) + 64
    assert notes(catalog) == [
        (None, "c64", "only the first 64 of the feed's own columns are kept", "flagged")
    ]


JSONS = {
    "line broken": (
        '{"id":1,"title":"A"}\n{"id":2,"title":\n{"id":3,"title":"C"}\n',
        "1 3",
        [(2, "not JSON", "row dropped")],
    ),
    "last line cut": ('{"id":1,"title":"A"}\n{"id":2,"ti', "1", [(2, "cut off: not JSON", "row dropped")]),
    "lines that are no objects": (
        '{"id":1,"title":"A"}\n7\n"x"\n{"id":2,"title":"B"}\n',
        "1 2",
        [(2, "int where an object is needed", "row dropped"), (3, "str where", "row dropped")],
    ),
    "array cut": ('[{"id":1,"title":"A"},{"id":2,"title":"B', "1", [(2, "cut off", "row dropped")]),
    "array cut between elements": ('[{"id":1,"title":"A"},{"id":2,"title":"B"},', "1 2", []),
    "element broken": (
        '[{"id":1,"title":"A"},{"id":2,"title":nope},{"id":3,"title":"C"}]',
        "1 3",
        [(2, "not JSON", "row dropped")],
    ),
    "string not closed": (
        '[{"id":"1","title":"A"},{"id":"2","title":"B},{"id":"3","title":"C"},{"id":"4","title":"D"}]',
        "1 3 4",
        [(2, "not JSON", "row dropped")],
    ),
    "NaN and Infinity": (
        '[{"id":1,"title":"A","price":NaN},{"id":2,"title":"B","price":-Infinity}]',
        "1 2",
        [(1, "not a finite number", "value dropped"), (2, "not a finite number", "value dropped")],
    ),
    "nested too deep": (
        '[{"id":1,"title":"A"},' + '{"x":' * 100_000 + "1" + "}" * 100_000 + ',{"id":2,"title":"B"}]',
        "1 2",
        [(2, "nested too deep", "row dropped")],
    ),
    "document cut": (
        '{"shop":"s","products":[{"id":1,"title":"A"},{"id":2,',
        "1",
        [(2, "cut off", "row dropped")],
    ),
}


@pytest.mark.parametrize("case", JSONS)
def test_json(case: str, tmp_path: Path) -> None:
    content, survive, expected = JSONS[case]
    catalog = read_catalog(feed(tmp_path, content, "feed.json"))
    assert ids(catalog) == survive.split()
    found = notes(catalog)
    assert [(row, action) for row, _, _, action in found] == [(row, action) for row, _, action in expected]
    assert all(words in reason for (_, _, reason, _), (_, words, _) in zip(found, expected, strict=True))


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
XMLS = {
    "cut inside an item": (RSS + ITEMS + "<item><g:id>3</g:id><ti", "1 2", [(3, "cut off", "row dropped")]),
    "cut between items": (RSS + ITEMS, "1 2", []),
    "item broken": (
        RSS + "<item><g:id>0</g:id><title>x</item>" + ITEMS + "</channel></rss>",
        "1 2",
        [(1, "malformed XML", "row dropped")],
    ),
    "item not closed": (
        RSS + "<item><g:id>0</g:id>" + ITEMS + "</channel></rss>",
        "1 2",
        [(1, "not closed before the next begins", "row dropped")],
    ),
    "bare ampersand": (
        RSS + "<item><g:id>0</g:id><title>Salt & Pepper &eacute;</title></item>" + ITEMS,
        "0 1 2",
        [(1, "malformed XML, repaired", "flagged")],
    ),
    "item tags inside CDATA": (
        RSS + "<item><g:id>0</g:id><title><![CDATA[a </item> b <item>]]></title></item>" + ITEMS,
        "0 1 2",
        [],
    ),
    "prefix never declared": ("<rss><channel>" + ITEMS.replace("g:", "zz:") + "</channel></rss>", "1 2", []),
    "billion laughs": (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><rss><channel>'
        + "<item><g:id>0</g:id><title>&l9;</title></item>"
        + ITEMS,
        "1 2",
        [(None, "a document type is ignored", "flagged"), (1, "malformed XML", "row dropped")],
    ),
    "external entity": (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><rss><channel>'
        + "<item><g:id>0</g:id><title>&e;</title></item>"
        + ITEMS,
        "1 2",
        [(None, "a document type is ignored", "flagged"), (1, "malformed XML", "row dropped")],
    ),
    "control characters": (
        RSS + "<item><g:id>0</g:id><title>a\x02b</title></item>" + ITEMS,
        "0 1 2",
        [(1, "malformed XML, repaired", "flagged")],
    ),
}


@pytest.mark.parametrize("case", XMLS)
def test_xml(case: str, tmp_path: Path) -> None:
    content, survive, expected = XMLS[case]
    catalog = read_catalog(feed(tmp_path, content, "feed.xml"))
    assert ids(catalog) == survive.split()
    found = notes(catalog)
    assert [(row, action) for row, _, _, action in found] == [(row, action) for row, _, action in expected]
    assert all(words in reason for (_, _, reason, _), (_, words, _) in zip(found, expected, strict=True))


def test_the_rejects_show_what_was_cut_off(tmp_path: Path) -> None:
    catalog = read_catalog(feed(tmp_path, RSS + ITEMS + "<item><g:id>3</g:id><ti", "feed.xml"))
    assert catalog.rejects["value"].to_list() == ["<item><g:id>3</g:id><ti"]


def test_xml_with_a_text_of_ten_megabytes(tmp_path: Path) -> None:
    item = (
        f"<item><g:id>9</g:id><title>A</title><description>{'kettle ' * (10 * MIB // 7)}</description></item>"
    )
    catalog = read_catalog(feed(tmp_path, RSS + item + ITEMS + "</channel></rss>", "feed.xml"))
    assert ids(catalog) == ["9", "1", "2"]


def test_xml_that_claims_another_encoding(tmp_path: Path) -> None:
    head = '<?xml version="1.0" encoding="ISO-8859-1"?><rss><channel>'
    item = "<item><g:id>1</g:id><title>Müller</title></item></channel></rss>"
    assert titles(read_catalog(feed(tmp_path, (head + item).encode("utf-8"), "a.xml"))) == ["Müller"]
    assert titles(read_catalog(feed(tmp_path, (head + item).encode("latin-1"), "b.xml"))) == ["Müller"]


def test_a_gzip_bomb_is_cut_and_what_came_before_is_kept(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with gzip.open(packed, "wb", compresslevel=1) as file:
        file.write((HEADER + ROWS).encode())
        for _ in range(300):
            file.write(b"\0" * MIB)
    catalog = read_catalog(feed(tmp_path, packed.getvalue(), "bomb.csv.gz"))
    assert ids(catalog) == ["1", "2", "3"]
    assert any("times its size: cut here" in reason for _, _, reason, _ in notes(catalog))


def test_a_gzip_bomb_with_nothing_in_it_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(b"\0" * (100 * MIB), compresslevel=1)
    with pytest.raises(FeedError, match=r"bomb\.csv\.gz"):
        read_catalog(feed(tmp_path, packed, "bomb.csv.gz"))


def test_a_truncated_gzip_gives_its_beginning(tmp_path: Path) -> None:
    content = (
        HEADER + "".join(f"{n},Kettle {n * 7919 % 104729},{n % 97}.50\n" for n in range(5000))
    ).encode()
    packed = gzip.compress(content)
    catalog = read_catalog(feed(tmp_path, packed[: len(packed) // 2], "feed.csv.gz"))
    assert 1000 < len(catalog) < 5000
    assert ids(catalog) == [str(n) for n in range(len(catalog))]
    assert any(reason == "the gzip stream is cut off" for _, _, reason, _ in notes(catalog))


def test_a_damaged_gzip_gives_what_lies_before_the_damage(tmp_path: Path) -> None:
    content = (
        HEADER + "".join(f"{n},Kettle {n * 7919 % 104729},{n % 97}.50\n" for n in range(50_000))
    ).encode()
    packed = bytearray(gzip.compress(content))
    packed[len(packed) // 2 :] = b"\xff" * (len(packed) - len(packed) // 2)
    catalog = read_catalog(feed(tmp_path, bytes(packed), "feed.csv.gz"))
    assert len(catalog) > 10_000
    assert any("gzip stream is" in reason for _, _, reason, _ in notes(catalog))


def test_two_gzip_members_and_padding_are_one_feed(tmp_path: Path) -> None:
    packed = gzip.compress((HEADER + "1,A,1\n").encode()) + gzip.compress(b"2,B,2\n") + b"\0" * 64
    assert ids(read_catalog(feed(tmp_path, packed, "feed.csv.gz"))) == ["1", "2"]


def test_a_wrong_suffix_does_not_matter(tmp_path: Path) -> None:
    pl.DataFrame({"id": ["1"], "title": ["A"]}).write_parquet(tmp_path / "feed.csv")
    assert ids(read_catalog(tmp_path / "feed.csv")) == ["1"]
    assert ids(read_catalog(feed(tmp_path, HEADER + ROWS, "feed.parquet"))) == ["1", "2", "3"]
    assert ids(read_catalog(feed(tmp_path, json.dumps([{"id": 1, "title": "A"}]), "feed.xml"))) == ["1"]
    assert ids(read_catalog(feed(tmp_path, gzip.compress((HEADER + ROWS).encode()), "plain.csv"))) == [
        "1",
        "2",
        "3",
    ]


def test_an_arrow_file_without_its_end(tmp_path: Path) -> None:
    table = pyarrow.table({"id": [str(n) for n in range(100)], "title": ["Cup"] * 100})
    with pyarrow.ipc.new_file(tmp_path / "feed.arrow", table.schema) as file:
        file.write_table(table)
    whole = (tmp_path / "feed.arrow").read_bytes()
    catalog = read_catalog(feed(tmp_path, whole[:-20], "cut.arrow"))
    assert len(catalog) == 100


REFUSED = {
    "empty": (b"", "is empty"),
    "whitespace": (b" \n\t\r\n  ", "holds nothing but blanks"),
    "only a BOM": (codecs.BOM_UTF8, "holds nothing but blanks"),
    "zeros": (b"\0" * 1000, "holds nothing but blanks"),
    "random bytes": (bytes(n * 167 % 256 for n in range(5000)), "is a binary file"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + b"\0\1\2" * 100, "is a PNG image"),
    "JPEG": (b"\xff\xd8\xff\xe0" + b"\0\1\2" * 100, "is a JPEG image"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF document"),
    "Excel": (b"PK\x03\x04" + b"\0\1\2" * 100, "is a zip archive or an Excel workbook"),
    "HTML": (
        b"<!doctype html><html><body><h1>404</h1></body></html>",
        "is an HTML page without product data",
    ),
    "prose": (
        b"Dear customer,\nthe feed will be sent tomorrow.\n",
        "none of which names a product attribute",
    ),
    "header only": (HEADER.encode(), "has a header and no rows"),
    "no header": (b"1,Kettle,10\n2,Cup,5\n", "none of which names a product attribute"),
    "all rows broken": (HEADER.encode() + b"1\n2\n3\n", "no product that can be read"),
    "XML without items": (b"<?xml version='1.0'?><error>denied</error>", "holds no products"),
    "empty JSON array": (b"[]", "holds no products"),
    "JSON number": (b"[1, 2, 3]", "no product that can be read"),
    "JSON error message": (b'{"error": "denied"}', "none of which names a product attribute"),
    "Parquet cut": (b"PAR1" + b"\x15\x04" * 500, "is a damaged Parquet file"),
    "Arrow cut": (b"ARROW1\0\0" + b"\x00" * 5, "damaged Arrow file"),
    "gzip of nothing": (gzip.compress(b""), "is empty"),
    "gzip header only": (gzip.compress(b"id,title")[:12], "the gzip stream is cut off"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_feed_is_refused_in_one_paragraph(case: str, tmp_path: Path) -> None:
    content, given = REFUSED[case]
    with pytest.raises(FeedError) as error:
        read_catalog(feed(tmp_path, content, "feed.csv"))
    assert given in error.value.given
    assert "feed.csv" in error.value.given
    assert error.value.needed and error.value.remedy
    assert "\n" not in str(error.value).strip()
    assert error.value.__cause__ is None


def test_a_truncated_parquet_is_refused(tmp_path: Path) -> None:
    pl.DataFrame({"id": ["1"] * 1000, "title": ["A"] * 1000}).write_parquet(tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    for length in (len(whole) // 2, len(whole) - 4, 8):
        with pytest.raises(FeedError, match="damaged Parquet file"):
            read_catalog(feed(tmp_path, whole[:length], "cut.parquet"))


def test_a_parquet_whose_footer_lies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="damaged Parquet file"):
        read_catalog(
            feed(tmp_path, b"PAR1" + b"\0" * 64 + struct.pack("<I", 2**31 - 1) + b"PAR1", "a.parquet")
        )


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="does not exist"):
        read_catalog(tmp_path / "nowhere.csv")
    with pytest.raises(FeedError, match="is a folder"):
        read_catalog(tmp_path)
    with pytest.raises(FeedError, match="list of feeds is empty"):
        read_catalog([])
    with pytest.raises(FeedError, match="of type int"):
        read_catalog(7)  # type: ignore[arg-type]
