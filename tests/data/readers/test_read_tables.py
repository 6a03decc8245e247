import pytest

import shelfspace
from shelfspace.data import Catalog
from shelfspace.data.readers.read_tables import read_tables
from shelfspace.errors import FeedError, OptionError

ARTICLES = (
    "number,headline,ward\n1,beds for the small,children\n2,paper masks,surgery\n3,turning beds,surgery\n"
)
FILMS = "number,headline,year\n1,a long film,1990\n2,a short film,1991\n"


@pytest.fixture
def tables(tmp_path):
    for name, text in (("articles", ARTICLES), ("films", FILMS)):
        (tmp_path / f"{name}.csv").write_text(text)
    return [tmp_path / "articles.csv", tmp_path / "films.csv"]


def test_tables_are_shops_of_one_catalogue(tables):
    read = read_tables(tables)
    assert read.catalog.shops == ["articles", "films"]
    assert len(read.catalog) == 5
    assert read.schema.of_kind("text") == ["headline"]
    assert [line.split(":")[0] for line in read.told] == ["articles", "films"]


def test_a_schema_is_heeded(tables, tmp_path):
    (tmp_path / "kinds.json").write_text('{"ward": "category"}')
    read = read_tables(tables[:1], tmp_path / "kinds.json")
    assert read.schema.of_kind("category") == ["ward"]
    with pytest.raises(OptionError, match="ward"):
        read_tables(tables, tmp_path / "kinds.json")
    with pytest.raises(FeedError):
        read_tables([tmp_path / "nothing.csv"])


def test_a_space_keeps_what_its_columns_are(tables, tmp_path):
    (tmp_path / "kinds.json").write_text('{"ward": "category"}')
    space = shelfspace.fit(tables[0], schema=tmp_path / "kinds.json", preset="fast")
    assert b"category" in space.artifacts["schema.json"]
    assert shelfspace.fit(tables, schema="auto", preset="fast").catalog.shops == ["articles", "films"]
    with pytest.raises(OptionError, match="schema"):
        shelfspace.fit(Catalog.concat([]), schema="auto")
