import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfspace.data import read_catalog
from shelfspace.data.cleaning.details import details_of, text_of_details, with_details_lifted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("just words; nothing named", []),
        ("material: steel; width: 30 cm", [("material", "steel"), ("width", "30 cm")]),
        ("功效：保湿；产地：韩国", [("功效", "保湿"), ("产地", "韩国")]),
        (
            "功效#:#遮瑕#;#功效#:#提亮#;#品牌#:#Laneige/兰芝",
            [("功效", "遮瑕"), ("功效", "提亮"), ("品牌", "Laneige/兰芝")],
        ),
        ("General:Display type:OLED\nGeneral:Size:6.1 in", [("Display type", "OLED"), ("Size", "6.1 in")]),
        ("ratio: 16:9", [("ratio", "16:9")]),
        (
            '{"width": "30 cm", "tags": ["a", "b"], "new": true}',
            [("width", "30 cm"), ("tags", "a"), ("tags", "b"), ("new", "yes")],
        ),
        ('[{"attribute_name": "Screen", "attribute_value": "OLED"}]', [("Screen", "OLED")]),
        ("{broken: json", [("{broken", "json")]),
        ("colour: red; colour: red; brand: other; 品牌: 其他", [("colour", "red")]),
        ("more at https://example.com", []),
    ],
)
def test_names_and_values_are_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert list(details_of(text)) == expected


_WORD = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=5, max_size=9)


@given(st.lists(st.tuples(_WORD, _WORD), max_size=6, unique=True))
def test_what_is_written_is_read_back(details: list[tuple[str, str]]) -> None:
    assert details_of(text_of_details(details)) == tuple(details)


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    for name, value in details_of(text):
        assert name and value


def test_attributes_that_only_the_details_state_are_lifted() -> None:
    feed = pl.DataFrame(
        {
            "id": ["1", "2"],
            "title": ["隔离霜", "cream"],
            "brand": [None, "Acme"],
            "属性": ["品牌: Laneige/兰芝; 货号: B-77; 颜色: 红; 颜色: 蓝", "brand: Other Name; width: 3 cm"],
        }
    )
    table = read_catalog(feed, shop="x").table
    assert table["brand"].to_list() == ["Laneige/兰芝", "Acme"]
    assert table["mpn"].to_list() == ["B-77", None]
    assert table["color"].to_list() == ["红, 蓝", None]
    plain = pl.DataFrame({"title": ["a"]})
    assert with_details_lifted(plain).equals(plain)


def test_a_json_object_in_a_feed_is_read(tmp_path) -> None:
    path = tmp_path / "feed.jsonl"
    rows = [{"id": 1, "title": "lamp", "product_detail": json.dumps({"品牌": "Osram", "功率": "5W"})}]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    assert read_catalog(path).table["brand"].to_list() == ["Osram"]
