import json
from pathlib import Path

import pytest

from shelfspace.errors import FeedError
from shelfspace.evaluation.written_pairs import label_in, read_written_pairs, two_products


def written(folder: Path, rows: list[object]) -> Path:
    path = folder / "pairs.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", encoding="utf-8")
    return path


LAYOUTS = {
    "objects": {"left": {"title": "lamp", "brand": "Osram"}, "right": {"title": "Lampe", "brand": "Osram"}},
    "numbered": {"item1": {"title": "lamp", "brand": "Osram"}, "item2": {"title": "Lampe", "brand": "Osram"}},
    "fields behind": {
        "title_left": "lamp",
        "brand_left": "Osram",
        "title_right": "Lampe",
        "brand_right": "Osram",
    },
    "fields before": {
        "left_title": "lamp",
        "left_brand": "Osram",
        "right_title": "Lampe",
        "right_brand": "Osram",
    },
    "camel case": {"titleA": "lamp", "brandA": "Osram", "titleB": "Lampe", "brandB": "Osram"},
    "texts": {"text_a": "lamp, brand#:#Osram", "text_b": "Lampe, brand#:#Osram"},
    "sentences": {"sentence1": "lamp, brand#:#Osram", "sentence2": "Lampe, brand#:#Osram"},
    "one text": {"sentences": "Item 1: lamp, brand#:#Osram#;#a#:#b,\nItem 2: Lampe, brand#:#Osram"},
    "nested": {
        "left": {"title": "lamp", "attributes": {"brand": "Osram"}},
        "right": {"title": "Lampe", "attributes": [{"name": "brand", "value": "Osram"}]},
    },
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_usual_layouts_are_read(tmp_path: Path, layout: str) -> None:
    read = read_written_pairs(written(tmp_path, [LAYOUTS[layout] | {"label": 1}]))
    table = read.catalog.table
    assert table["title"].to_list() == ["lamp", "Lampe"]
    assert table["brand"].to_list() == ["Osram", "Osram"]
    assert table["shop"].to_list() == ["left", "right"]
    assert read.labelled.labels.tolist() == [1]
    assert read.name == tmp_path.name


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (1, 1),
        (0, 0),
        (True, 1),
        ("False", 0),
        ({"en": ["same"], "zh": ["相同"]}, 1),
        ({"en": ["not same"]}, 0),
        ("不相同", 0),
        ("Match", 1),
        (1.0, 1),
        (["相同"], 1),
    ],
)
def test_labels_in_words_and_numbers(value: object, label: int) -> None:
    assert label_in({"labels": value}) == label


def test_products_with_the_same_content_are_one_whatever_their_ids(tmp_path: Path) -> None:
    pair = {"left": {"id": 1, "title": "lamp"}, "right": {"id": 2, "title": "Lampe"}}
    other = {"left": {"id": 9, "title": "lamp"}, "right": {"id": 2, "title": "Leuchte"}}
    read = read_written_pairs(written(tmp_path, [pair | {"label": 1}, other | {"label": 0}]))
    assert len(read.catalog) == 3
    assert read.labelled.pairs.left.tolist() == [0, 0]
    assert read.catalog.table["title"][read.labelled.pairs.right.tolist()].to_list() == ["Lampe", "Leuchte"]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[1, 2]],
        [{"left": "a"}],
        [{"left": "a", "right": "b"}],
        [{"left": "a", "right": "b", "label": "perhaps"}],
    ],
)
def test_what_is_no_pair_is_refused_with_its_line(tmp_path: Path, rows: list[object]) -> None:
    with pytest.raises(
        FeedError, match=r"pairs\.jsonl cannot be read as written-out pairs: (line 1|it holds)"
    ):
        read_written_pairs(written(tmp_path, rows))


def test_two_products_of_one_text() -> None:
    one, other = two_products({"sentences": "Item 1: 面膜 5片, 品牌#:#A,\nItem 2: 面膜 10片, 品牌#:#B"})
    assert (one["title"], other["title"]) == ("面膜 5片", "面膜 10片")
    assert (one["product_detail"], other["product_detail"]) == ("品牌: A", "品牌: B")
