import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.errors import CatalogError, FeedError, OptionError
from shelfspace.tasks.classify.known_classes import labels_of, own_classes


@pytest.fixture
def catalog():
    return Catalog.from_table(
        pl.DataFrame(
            {
                "shop": ["a", "a", "b", "b"],
                "id": ["1", "2", "1", "3"],
                "title": ["desk lamp", "rug", "floor lamp", "toy"],
                "product_type": ["Home>Lamps", None, "Home > Lamps", "Toys"],
                "room": ["office", "hall", None, "hall"],
            }
        )
    )


def test_a_file_says_classes_by_shop_and_id(catalog, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("shop,id,label\na,1,Home>Lamps\nb,1, Home > Lamps\nb,3,Toys\na,2,\n")
    known = labels_of(catalog, path)
    assert known.names == ("Home > Lamps", "Toys")
    assert known.labels.tolist() == [0, -1, 0, 1]
    assert known.column is None


def test_an_id_alone_will_do_where_one_shop_uses_it(catalog):
    table = pl.DataFrame({"id": ["2", "3", "3"], "category": ["x", "y", "x"]})
    with pytest.raises(OptionError, match="says 1 classes"):
        labels_of(catalog, table)
    table = pl.DataFrame({"id": ["2", "3", "3"], "category": ["x", "x", "y"]})
    assert labels_of(catalog, table).labels.tolist() == [-1, 0, -1, 1]


def test_labels_of_nothing_are_refused(catalog):
    with pytest.raises(CatalogError, match="name no product, such as '9'"):
        labels_of(catalog, pl.DataFrame({"id": ["9"], "category": ["x"]}))
    with pytest.raises(CatalogError, match="one of the shops a, b"):
        labels_of(catalog, pl.DataFrame({"id": ["1"], "category": ["x"]}))
    with pytest.raises(FeedError, match="category"):
        labels_of(catalog, pl.DataFrame({"id": ["1"], "colour": ["x"]}))


def test_the_catalogue_says_its_own(catalog):
    known = own_classes(catalog)
    assert (known.column, known.names) == ("product_type", ("Home > Lamps", "Toys"))
    np.testing.assert_array_equal(known.labels, [0, -1, 0, 1])
    assert own_classes(catalog, "Room").labels.tolist() == [1, 0, -1, 0]
    with pytest.raises(OptionError, match="'colour' was asked for"):
        own_classes(catalog, "colour")
    with pytest.raises(OptionError, match="says 0 classes"):
        own_classes(Catalog(catalog.table.with_columns(product_type=pl.lit(None, dtype=pl.String))))
