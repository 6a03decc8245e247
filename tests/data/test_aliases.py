import pytest

from shelfspace.data.aliases import mapped, price_currency


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        ("g:image_link", "image_link"),
        ("Image URL", "image_link"),
        ("picture", "image_link"),
        ("name", "title"),
        ("product_title", "title"),
        ("productDisplayName", "title"),
        ("Titel", "title"),
        ("标题", "title"),
        ("商品名称", "title"),
        ("商品名", "title"),
        ("Manufacturer", "brand"),
        ("Marke", "brand"),
        ("品牌", "brand"),
        ("modelno", "mpn"),
        ("Model Number", "mpn"),
        ("part-number", "mpn"),
        ("型号", "mpn"),
        ("EAN", "gtin"),
        ("upc", "gtin"),
        ("barcode", "gtin"),
        ("isbn", "gtin"),
        ("gtin13", "gtin"),
        ("条码", "gtin"),
        ("product_id", "id"),
        ("asin", "id"),
        ("sku", "id"),
        ("category_label", "product_type"),
        ("Kategorie", "product_type"),
        ("colour", "color"),
        ("Farbe", "color"),
        ("颜色", "color"),
        ("Größe", "size"),
        ("Preis", "price"),
        ("价格", "price"),
        ("Währung", "currency"),
        ("vendor_id", "shop"),
        ("seller", "shop"),
        ("ＴＩＴＬＥ", "title"),
    ],
)
def test_usual_names(name: str, attribute: str) -> None:
    assert mapped([name]) == {name: attribute}


def test_names_with_two_meanings() -> None:
    assert mapped(["sku", "id"]) == {"id": "id", "sku": "mpn"}
    assert mapped(["vendor", "shop"]) == {"shop": "shop", "vendor": "brand"}
    assert mapped(["handle", "sku"]) == {"sku": "id", "handle": "item_group_id"}


def test_the_best_name_of_an_attribute_comes_first() -> None:
    assert list(mapped(["name", "product title", "title"])) == ["title", "name", "product title"]


def test_nested_names() -> None:
    columns = ["price.value", "price.currency", "brand.name", "warehouse.name"]
    assert mapped(columns) == {"brand.name": "brand", "price.value": "price", "price.currency": "currency"}


def test_unknown_names_are_left_alone() -> None:
    assert mapped(["warehouse", "x"]) == {}
    assert mapped(["title"], {"title": ""}) == {}


def test_the_currency_in_a_price_s_name() -> None:
    assert price_currency("Price (EUR)") == "EUR"
    assert price_currency("price_per") is None
