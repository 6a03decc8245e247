from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.errors import FeedError
from shelfspace.tasks.sync.stock import read_stock

STOCK = """Shop;SKU;Lagerbestand;Preis;Stand;Notiz
a;1;5;1.234,56 €;2026-01-02 03:04:05;x
a;2;-3;12,50 €;;
b;1;2,5;;2026-01-02T03:04:05+01:00;
"""


def why(stock):
    return dict(stock.rejects.select("row", "reason").iter_rows())


def test_german_columns_amounts_currencies_and_times(written):
    stock = read_stock(written("s.csv", STOCK))
    first, negative, other = stock.entries.values()
    assert first[:5] == ("a", "1", 5.0, 1234.56, "EUR")
    assert first.updated_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (first.price_text, negative.quantity, other.price) == ("1.234,56 €", -3.0, None)
    assert (other.quantity, other.price_text) == (2.5, "")
    assert other.updated_at == datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)
    assert stock.rejects.is_empty()
    assert stock.shops == {"a", "b"}


def test_bad_records_are_rejects_with_their_reason_and_good_ones_are_kept(written):
    catalog = Catalog.from_table(pl.DataFrame({"shop": ["a"] * 9, "id": list("123456789")}))
    rows = "1,many,,\n2,1.234,,\n3,1,-2,\n4,1,12-15,\n5,1,1,soon\n6,1,1,\n6,2,1,\n"
    rows += ",1,1,\nx,1,1,\n7,4,2.50,\n8,1\n"
    stock = read_stock(written("a.csv", "id,quantity,price,updated_at\n" + rows), catalog)
    assert list(stock.entries) == [("a", "7")]
    assert why(stock) == {
        1: "not a number",
        2: "the sign in it may group thousands or be a decimal one",
        3: "negative",
        4: "range, its low end taken",
        5: "not a time",
        6: "a/6 occurs more than once",
        7: "a/6 occurs more than once",
        8: "no id",
        9: "the space has no such product of shop a",
        11: "2 cells, the header has 4",
    }
    assert set(stock.rejects["action"]) == {"flagged"}


def test_several_files_shops_from_names_and_a_key_in_two_of_them(written):
    north, south = written("north.csv", "id,qty\n1,5\n2,6\n"), written("x.jsonl", '{"id": "1", "qty": 3}\n')
    stock = read_stock([north, ("south", south)])
    assert {key: entry.quantity for key, entry in stock.entries.items()} == {
        ("north", "1"): 5.0,
        ("north", "2"): 6.0,
        ("south", "1"): 3.0,
    }
    assert read_stock({"north": north, "south": south}).entries == stock.entries
    assert list(read_stock([north, ("north", south)]).entries) == [("north", "2")]


def test_a_column_that_says_yes_is_no_quantity_and_a_price_column_may_name_its_currency(written):
    stock = read_stock(written("a.csv", "id,stock,units,price_eur\n1,yes,4,3.50\n"))
    assert stock.columns == ({"id": "id", "quantity": "units", "price": "price_eur"},)
    assert stock.entries["a", "1"][2:5] == (4.0, 3.5, "EUR")


def test_typed_numbers_are_exact_and_missing_ones_missing():
    table = pl.DataFrame(
        {"shop": ["a", "a"], "id": [1, 2], "quantity": [1.234, None], "price": [9.999, None]}
    )
    one, other = read_stock(table).entries.values()
    assert (one.quantity, one.price) == (1.234, 9.999)
    assert (other.quantity, other.price, other.price_text) == (None, None, "")


@pytest.mark.parametrize("text", ["id,title\n1,x\n", "quantity,price\n1,2\n", "id,stock\n1,yes\n"])
def test_what_lacks_a_column_is_refused(written, text):
    with pytest.raises(FeedError, match="has an id, and a quantity or a price"):
        read_stock(written("a.csv", text))


def test_no_source_is_refused_and_a_header_alone_is_an_empty_stock(written):
    with pytest.raises(FeedError, match="No stock was given"):
        read_stock([])
    assert read_stock(written("a.csv", "id,quantity\n")).entries == {}
