import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.data.images import Photos
from shelfspace.encoders import Listings
from shelfspace.errors import OptionError


def listing(**attributes):
    """Name and details of one product."""
    row = {"shop": "s", "id": "1", **attributes}
    made = Listings.of_catalog(Catalog.from_table(pl.DataFrame([row])))
    return made.names[0], made.details[0]


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"title": "Desk Lamp"}, "desk lamp"),
        ({"title": "Desk Lamp", "brand": "Acme", "mpn": "X-100"}, "acme desk lamp x-100"),
        ({"title": "ACME Desk Lamp", "brand": "Acme"}, "acme desk lamp"),
        ({"title": "Lamp x-100", "mpn": "X-100"}, "lamp x-100"),
        ({"brand": "Acme", "mpn": "X-100"}, "acme  x-100"),
        ({"title": None, "brand": None}, ""),
        ({"title": "Lamp (a+b)*", "brand": "(A+B)*"}, "lamp (a+b)*"),
        ({"title": "Caf\u00e9 ５００ｇ", "brand": "É"}, "cafe 500g"),
        ({"title": "白色台灯", "brand": "小米"}, "小米 白色台灯"),
    ],
    ids=str,
)
def test_brand_and_mpn_join_the_name_unless_it_holds_them(attributes, name):
    assert listing(**attributes)[0] == name


def test_details_are_the_longer_attributes_in_order():
    details = listing(
        title="Lamp",
        size="XL",
        color="Rot",
        description="A LAMP.",
        product_type="Home > Lamps",
        google_product_category="594",
        price=3.0,
        gtin="4006381333931",
        link="https://shop.example/1",
    )[1]
    assert details == "a lamp. home > lamps 594 rot xl"


def test_long_details_are_cut():
    assert len(listing(title="Lamp", description="word " * 1000)[1]) == 2000
    assert listing(title="Lamp")[1] == ""


def test_texts_are_names_without_details():
    made = Listings.of_texts(["Desk LAMP", ""])
    assert (list(made.names), list(made.details), len(made)) == (["desk lamp", ""], ["", ""], 2)


def test_take_gives_rows_in_the_order_asked_for():
    made = Listings(["a", "b", "c"], ["1", "2", "3"]).take(np.array([2, 0, 2]))
    assert made == Listings(["c", "a", "c"], ["3", "1", "3"])


def test_an_empty_catalogue_has_no_listings():
    made = Listings.of_catalog(Catalog.concat([]))
    assert len(made) == 0


def test_prices_and_categories_are_kept_apart_too():
    table = pl.DataFrame(
        {
            "shop": ["s", "s"],
            "id": ["1", "2"],
            "price": [3.5, None],
            "currency": ["EUR", None],
            "product_type": ["Home > Lamps", None],
            "google_product_category": ["594", None],
        }
    )
    made = Listings.of_catalog(Catalog.from_table(table))
    assert made.prices == [(3.5, "EUR"), None]
    assert made.categories == ["home > lamps|594", ""]
    assert made.take(np.array([1])).prices == [None]


def test_photos_go_along_with_their_listings():
    photos = Photos(np.arange(3 * 48, dtype=np.uint8).reshape(3, 4, 4, 3), np.array([True, False, True]))
    made = Listings(["a", "b", "c"], ["", "", ""], photos)
    taken = made.take(np.array([2, 1]))
    assert taken.photos is not None
    assert taken.photos.found.tolist() == [True, False]
    assert np.array_equal(taken.photos.pixels[0], photos.pixels[2])
    assert made.without_photos() == Listings(["a", "b", "c"], ["", "", ""])
    assert list(Listings.of_photos(photos).names) == ["", "", ""]


def test_as_many_photos_as_listings():
    with pytest.raises(OptionError, match="2 photos of 1 products"):
        Listings(["a"], [""], Photos.absent(2, 8))
