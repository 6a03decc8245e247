import json
from pathlib import Path

from shelfspace.data import read_catalog

EXPORT = """Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Option2 Name,Option2 Value,\
Variant SKU,Variant Price,Variant Barcode,Image Src,Variant Image
shirt,Blue Shirt,"<p>Cotton
shirt</p>",Acme,Shirts,Color,Blue,Size,M,S-1,19.00,4006381333931,https://a.example/1.jpg,
shirt,,,,,,Blue,,L,S-2,19.00,,https://a.example/2.jpg,https://a.example/l.jpg
shirt,,,,,,,,,,,,https://a.example/3.jpg,
cup,Cup,A cup,Bolt,Kitchen,Title,Default Title,,,,5.00,,https://a.example/c.jpg,
"""


def test_the_export_s_variants_are_products_and_its_picture_rows_are_none(tmp_path: Path) -> None:
    path = tmp_path / "store.csv"
    path.write_text(EXPORT)
    table = read_catalog(path).table
    assert table["id"].to_list() == ["S-1", "S-2", "cup/Default Title"]
    assert table["title"].to_list() == ["Blue Shirt", "Blue Shirt", "Cup"]
    assert table["item_group_id"].to_list() == ["shirt", "shirt", "cup"]
    assert table["brand"].to_list() == ["Acme", "Acme", "Bolt"]
    assert table["shop"].to_list() == ["store"] * 3
    assert table["description"].to_list() == ["Cotton shirt", "Cotton shirt", "A cup"]
    assert table["color"].to_list() == ["Blue", "Blue", None]
    assert table["size"].to_list() == ["M", "L", None]
    assert table["price"].to_list() == [19.0, 19.0, 5.0]
    assert table["image_link"].to_list() == [
        "https://a.example/1.jpg",
        "https://a.example/l.jpg",
        "https://a.example/c.jpg",
    ]


def test_products_json(tmp_path: Path) -> None:
    product = {
        "id": 1,
        "handle": "shirt",
        "title": "Shirt",
        "body_html": "<p>Cotton</p>",
        "vendor": "Acme",
        "product_type": "Shirts",
        "tags": ["a", "b"],
        "options": [{"name": "Colour"}, {"name": "Größe"}],
        "images": [{"id": 7, "src": "https://a.example/1.jpg"}],
        "variants": [
            {"id": 11, "sku": "S-1", "price": "19.00", "option1": "Blue", "option2": "M", "available": True},
            {"id": 12, "sku": "S-2", "price": "20.00", "option1": "Red", "option2": "L", "available": False},
        ],
    }
    path = tmp_path / "store.json"
    path.write_text(json.dumps({"products": [product]}))
    table = read_catalog(path).table
    assert table["id"].to_list() == ["11", "12"]
    assert table["item_group_id"].to_list() == ["shirt", "shirt"]
    assert table["color"].to_list() == ["Blue", "Red"]
    assert table["size"].to_list() == ["M", "L"]
    assert table["availability"].to_list() == ["in_stock", "out_of_stock"]
    assert table["image_link"].to_list() == ["https://a.example/1.jpg"] * 2
