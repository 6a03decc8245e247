import json
from pathlib import Path
from typing import Any

import pytest

from shelfspace.data import read_catalog

OFFER = {
    "@type": "Offer",
    "price": 19.99,
    "priceCurrency": "EUR",
    "availability": "https://schema.org/InStock",
}
PRODUCT = {
    "@context": "https://schema.org/",
    "@type": "Product",
    "sku": "a1",
    "name": "Kettle &amp; Cup",
    "brand": {"@type": "Brand", "name": "Acme"},
    "gtin13": "4006381333931",
    "image": [{"@type": "ImageObject", "contentUrl": "https://a.example/1.jpg"}, "https://a.example/2.jpg"],
    "offers": OFFER,
}


def rows(tmp_path: Path, content: str, name: str) -> list[dict[str, Any]]:
    (tmp_path / name).write_text(content)
    catalog = read_catalog(tmp_path / name)
    return [catalog.row(number) for number in range(len(catalog))]


@pytest.mark.parametrize(
    ("wrapped", "name"),
    [
        (PRODUCT, "a.jsonld"),
        ([PRODUCT], "a.json"),
        ({"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, PRODUCT]}, "a.json"),
        (
            {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": PRODUCT}]},
            "a.json",
        ),
        ({"@type": "WebPage", "mainEntity": PRODUCT}, "a.json"),
    ],
)
def test_a_product_wherever_it_stands(wrapped: Any, name: str, tmp_path: Path) -> None:
    (row,) = rows(tmp_path, json.dumps(wrapped), name)
    assert row == {
        "shop": "a",
        "id": "a1",
        "title": "Kettle & Cup",
        "brand": "Acme",
        "gtin": "04006381333931",
        "price": 19.99,
        "currency": "EUR",
        "image_link": "https://a.example/1.jpg",
        "availability": "InStock",
    }


def test_a_page_with_several_scripts_one_of_them_broken(tmp_path: Path) -> None:
    script = '<script type="application/ld+json">{}</script>'
    inside = script.format(json.dumps(PRODUCT)) + script.format("{oops")
    page = f"<!doctype html><html><head>{inside}</head></html>"
    (tmp_path / "page.html").write_text(page)
    catalog = read_catalog(tmp_path / "page.html")
    assert catalog.table["id"].to_list() == ["a1"]
    assert catalog.rejects["action"].to_list() == ["row dropped"]


def test_a_group_gives_its_variants(tmp_path: Path) -> None:
    group = {
        "@type": "ProductGroup",
        "productGroupID": "g",
        "name": "Shirt",
        "brand": {"name": "Acme"},
        "hasVariant": [
            {"@type": "Product", "sku": "s1", "color": "Blue", "offers": OFFER},
            {"@type": "Product", "sku": "s2", "name": "Red shirt", "color": "Red", "offers": OFFER},
        ],
    }
    first, second = rows(tmp_path, json.dumps(group), "a.json")
    assert (first["title"], second["title"]) == ("Shirt", "Red shirt")
    assert {first["item_group_id"], second["item_group_id"]} == {"g"}
    assert (first["color"], second["color"]) == ("Blue", "Red")


def test_an_aggregate_offer_gives_its_low_price(tmp_path: Path) -> None:
    offers = {"@type": "AggregateOffer", "lowPrice": "5.00", "highPrice": "9.00", "priceCurrency": "USD"}
    (row,) = rows(tmp_path, json.dumps(PRODUCT | {"offers": offers}), "a.json")
    assert (row["price"], row["currency"]) == (5.0, "USD")
