import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.tasks.anomalies import repeats
from shelfspace.tasks.anomalies.repeats import lacking, number_suspicions, repeat_suspicions


def catalog_of(n=20, **columns):
    table = pl.DataFrame({"id": [f"p{i}" for i in range(n)], "title": [f"thing {i}" for i in range(n)]})
    return read_catalog(table.with_columns(**columns), shop="s")


class Found:
    def __init__(self, table):
        self.table = table


class Shelf:
    def __init__(self, catalog):
        self.catalog = catalog


def told_of(table, confidence, false_alarms, monkeypatch):
    """The rows told of a shop's listings, two and two in a cluster of that confidence."""
    found = table.select("shop", "id").with_columns(
        cluster_id=pl.Series([str(place // 2) for place in range(table.height)]),
        confidence=pl.Series(confidence),
    )
    monkeypatch.setattr(repeats, "clusters_of", lambda space: Found(found))
    return [one.row for one in repeat_suspicions(Shelf(Catalog.from_table(table)), false_alarms)]


def test_no_more_are_told_than_may_be_wrong(monkeypatch):
    """Of ten listings one may be wrong at 0.1: the three pairs are expected to be wrong by 0.95."""
    table = pl.DataFrame({"shop": "a", "id": [str(i) for i in range(10)], "title": "x"})
    sure = [0.6, 0.6, 0.9, 0.9, 0.45, 0.45, 0.55, 0.55, 0.3, 0.3]
    assert told_of(table, sure, 0.1, monkeypatch) == [1, 3, 7]
    assert told_of(table, sure, 0.06, monkeypatch) == [1, 3]
    assert told_of(table, sure, 0.001, monkeypatch) == []


def test_the_later_one_of_a_shop_repeats_the_earlier(monkeypatch):
    """A product in two shops, one in a shop twice, and one of which that is not sure."""
    rows = [("a", "1"), ("b", "1"), ("a", "2"), ("a", "3"), ("a", "4"), ("a", "5")]
    table = pl.DataFrame(rows, schema=["shop", "id"], orient="row").with_columns(title=pl.lit("x"))
    found = table.select("shop", "id").with_columns(
        cluster_id=pl.Series(["one", "one", "two", "two", "three", "three"]),
        confidence=pl.Series([0.99, 0.99, 0.95, 0.95, 0.4, 0.4]),
    )
    monkeypatch.setattr(repeats, "clusters_of", lambda space: Found(found))
    told = list(repeat_suspicions(Shelf(Catalog.from_table(table)), 0.1))
    assert [(one.row, one.other, one.anomaly) for one in told] == [(3, 2, "repeated listing")]
    assert abs(told[0].p_value - 0.05) < 1e-9 and "95%" in told[0].why


def test_a_number_may_stand_on_a_few_variants_but_not_on_many():
    few, many = "4006381333931", "5901234123457"
    numbers = [few] * 3 + [many] * 4 + [None] * 13
    told = list(number_suspicions(catalog_of(gtin=pl.Series(numbers, dtype=pl.String))))
    assert [one.row for one in told] == [3, 4, 5, 6]
    assert {(one.value, one.suggested) for one in told} == {(f"0{many}", "")}
    assert list(number_suspicions(Catalog.concat([]))) == []


def test_what_nearly_all_have_is_missed_where_it_is_not():
    usual = catalog_of(price=pl.Series([*[9.5] * 19, None]))
    assert [(one.row, one.anomaly) for one in lacking(usual)] == [(19, "missing price")]
    assert "95%" in next(iter(lacking(usual))).why
    assert list(lacking(catalog_of(price=pl.Series([*[9.5] * 10, *[None] * 10])))) == []
    assert list(lacking(catalog_of())) == []
