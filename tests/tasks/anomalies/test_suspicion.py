import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.tasks.anomalies.suspicion import SCHEMA, Suspicion, table_of


def test_a_table_names_the_listing_and_the_other():
    catalog = Catalog.from_table(pl.DataFrame({"shop": ["a", "b"], "id": ["1", "2"], "title": ["x", "y"]}))
    found = [Suspicion(1, "repeated listing", "alike", p_value=0.1, other=0), Suspicion(0, "price", "dear")]
    table = table_of(catalog, found)
    assert table.schema == SCHEMA
    assert table.select("shop", "id", "other_shop", "other_id").rows() == [
        ("b", "2", "a", "1"),
        ("a", "1", None, None),
    ]
    assert table["p_value"].to_list() == [0.1, None]


def test_nothing_suspicious_is_an_empty_table():
    empty = table_of(Catalog.concat([]), [])
    assert empty.schema == SCHEMA and empty.height == 0
