"""What a store must keep, and that a filter means the same in the store and in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from shelfspace.data.catalog import Catalog
from shelfspace.errors import OptionError, SpaceError
from shelfspace.space.filter import rows_where
from shelfspace.space.store import Store

TABLE = pl.DataFrame(
    {
        "shop": ["east", "east", "east", "west", "west", "west"],
        "id": ["1", "2", "a/b", "1", "9", "'; drop table products; --"],
        "title": ["Bose QC45", "Sony\nWH", "", "Bose 100%", "ソニー", "x_y"],
        "brand": ["bose", "sony", None, "Bose", "it's", None],
        "price": [329.0, 279.5, None, 50.0, 20.0, -1.0],
        "Feed Column.1": ["x", None, "y", "z", "x", "w"],
        "_row": ["p", "q", "r", "s", None, "t"],
        "extra_3": ["1", "2", "3", "4", "5", "6"],
    }
)

FILTERS = {
    "price < 50 and brand = 'it''s'": [4],
    "price < 50": [4, 5],
    "price <= 50": [3, 4, 5],
    "price >= 5e1 AND PRICE <= 329.0": [0, 1, 3],
    "price <> 50 and price != -1": [0, 1, 4],
    "price = -1": [5],
    "-1 = price": [5],
    "price is null": [2],
    "brand is not null": [0, 1, 3, 4],
    "not brand = 'bose'": [1, 3, 4],
    "not (brand = 'bose' or brand is null)": [1, 3, 4],
    "brand != 'bose'": [1, 3, 4],
    "brand in ('bose', 'sony')": [0, 1],
    "brand not in ('bose', 'sony')": [3, 4],
    "price between 20 and 50": [3, 4],
    "price not between 20 and 50": [0, 1, 5],
    "brand like 'b%'": [0],
    "brand ilike 'B%'": [0, 3],
    "brand not like '%o%'": [4],
    "lower(brand) = 'bose'": [0, 3],
    "upper(brand) in ('BOSE')": [0, 3],
    "brand = 'bose' or brand = 'sony' and price > 1000": [0],
    "(brand = 'bose' or brand = 'sony') and price > 300": [0],
    "`Feed Column.1` = 'x'": [0, 4],
    "\"Feed Column.1\" > 'x' and shop = 'west'": [3],
    "_row = 'q'": [1],
    "extra_3 = '4'": [3],
    "title = 'ソニー'": [4],
    "title = ''": [2],
    "id = '''; drop table products; --'": [5],
    "not not price = 20": [4],
    "shop = 'nowhere'": [],
    "shop > brand": [0, 3, 4],
    " and ".join(["price > 0"] * 200): [0, 1, 3, 4],
    "(" * 16 + "price = 20" + ")" * 16: [4],
}

REFUSED = [
    "",
    "   ",
    "price",
    "price <",
    "< 50",
    "price < 50 limit 1",
    "price < 50 group by shop",
    "price < 50; drop table products",
    "price < 50 -- quiet",
    "price < 50 /* quiet */",
    "price < 50 union select * from products",
    "price < (select 1)",
    "exists (select 1)",
    "1 = 1 or (select 1) = 1",
    "nothing = 1",
    "_vector = 1",
    "_rowid = 1",
    "price = 'cheap'",
    "brand < 5",
    "price like '5%'",
    "brand like 'a\\%'",
    "brand in (id)",
    "brand in ()",
    "price between 1",
    "price is 5",
    "brand is not",
    "lower(price) = 'x'",
    "lower('x') = 'x'",
    "repeat('x', 1000000000) = brand",
    "read_csv('passwords') = brand",
    "price + 1 < 5",
    "price < 0x10",
    "price < 1e",
    "brand = 'open",
    "brand = 'zero\0'",
    "brand = E'x'",
    "price < 5 and",
    "(price < 5",
    "price < 5)",
    "price < 5 price < 6",
    "not",
    "(" * 500 + "price < 5" + ")" * 500,
    " and ".join(["price > 0"] * 201),
    "brand in (" + ",".join(["'a'"] * 201) + ")",
    "price > 0 " * 1000,
]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    rejects = Catalog.from_table(TABLE).rejects.clear(1).with_columns(reason=pl.lit("no price"))
    return Catalog(Catalog.from_table(TABLE).table, rejects, {"name": "title"})


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((6, 5)).astype(np.float32)


@pytest.fixture(scope="module")
def store(catalog, vectors, tmp_path_factory) -> Store:
    store = Store(tmp_path_factory.mktemp("store"))
    store.write(catalog, vectors)
    return store


def test_gives_back_what_it_was_given(store, catalog, vectors):
    found, found_vectors = store.read()
    assert_frame_equal(found.table, catalog.table)
    assert_frame_equal(found.rejects, catalog.rejects)
    assert found.mapping == {"name": "title"}
    assert found_vectors.dtype == np.float32
    np.testing.assert_array_equal(found_vectors, vectors)


def test_keeps_the_order_over_many_batches(tmp_path: Path):
    n = 20_000
    table = pl.DataFrame({"shop": ["s"] * n, "id": [str((i * 7919) % n) for i in range(n)]})
    vectors = np.arange(2 * n, dtype=np.float32).reshape(n, 2)
    Store(tmp_path).write(Catalog.from_table(table), vectors)
    found, found_vectors = Store(tmp_path).read()
    assert found.table["id"].to_list() == table["id"].to_list()
    np.testing.assert_array_equal(found_vectors, vectors)


def test_an_empty_catalogue_has_a_store(tmp_path: Path):
    Store(tmp_path).write(Catalog.concat([]), np.zeros((0, 4), np.float32))
    found, vectors = Store(tmp_path).read()
    assert (len(found), vectors.shape) == (0, (0, 4))
    assert Store(tmp_path).where("price < 5").tolist() == []


@pytest.mark.parametrize("where", FILTERS, ids=lambda where: where[:40])
def test_a_filter_means_the_same_in_the_store_and_in_memory(store, catalog, where):
    assert store.where(where).tolist() == FILTERS[where]
    assert rows_where(catalog.table, where).tolist() == FILTERS[where]


@pytest.mark.parametrize("where", REFUSED, ids=lambda where: repr(where[:40]))
def test_whatever_is_no_filter_is_refused_with_the_columns(store, catalog, where):
    for ask in (store.where, lambda where: rows_where(catalog.table, where)):
        with pytest.raises(OptionError, match="The columns are shop, id, title"):
            ask(where)


def test_a_damaged_store_is_refused(tmp_path: Path, catalog, vectors):
    Store(tmp_path).write(catalog, vectors)
    for path in tmp_path.rglob("*.lance"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(SpaceError, match="cannot be read"):
        Store(tmp_path).read()
    with pytest.raises(SpaceError, match="cannot be read"):
        Store(tmp_path / "nowhere").where("price < 5")
