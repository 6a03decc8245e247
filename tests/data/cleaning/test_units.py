from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfspace.data.cleaning.units import quantities


def read(text: str) -> list[tuple[float, str]]:
    return [(round(quantity.value, 3), quantity.unit) for quantity in quantities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500g flour", [(500, "g")]),
        ("500 Gramm Mehl", [(500, "g")]),
        ("0,5 kg", [(500, "g")]),
        (".5 oz", [(14.175, "g")]),
        ("ca.500g", [(500, "g")]),
        ("2 lbs", [(907.185, "g")]),
        ("大米5斤装", [(2500, "g")]),
        ("3两 2公斤 7千克 9克", [(150, "g"), (2000, "g"), (7000, "g"), (9, "g")]),
        ("砂糖 1.5キログラム", [(1500, "g")]),
        ("1,5 L Wasser", [(1500, "ml")]),
        ("75 cl", [(750, "ml")]),
        ("8 fl. oz", [(236.588, "ml")]),
        ("2 litros", [(2000, "ml")]),
        ("250毫升 1升", [(250, "ml"), (1000, "ml")]),
        ("500ミリリットル", [(500, "ml")]),
        ("6,5 Zoll", [(165.1, "mm")]),
        ('19" rack, 5-1/2" woofer', [(482.6, "mm"), (139.7, "mm")]),
        ("19-inch", [(482.6, "mm")]),
        ("1/2 in. pipe, ½ in", [(12.7, "mm"), (12.7, "mm")]),
        ("1 1/2 pouces", [(38.1, "mm")]),
        ("6' cable", [(1828.8, "mm")]),
        ("55寸电视", [(1397, "mm")]),
        ("30厘米", [(300, "mm")]),
        ("10m hdmi", [(10000, "mm")]),
        ("10 x 20 x 30 cm", [(100, "mm"), (200, "mm"), (300, "mm")]),
        ("60W 1.5 kW", [(60, "w"), (1500, "w")]),
        ("12-24V DC 2A", [(12, "v"), (24, "v"), (2, "a")]),
        ("500 mA", [(0.5, "a")]),
        (
            "10.000 mAh 10 000 mAh 1,000mah 20000毫安时",
            [(10000, "mah"), (10000, "mah"), (1000, "mah"), (20000, "mah")],
        ),
        ("2.4GHz", [(2.4e9, "hz")]),
        ("64 Go, 1TB, 512 MB", [(64000, "mb"), (1e6, "mb"), (512, "mb")]),
        ("iphone 8 256 gb", [(256000, "mb")]),
        ("4800万像素 12MP", [(48, "mp"), (12, "mp")]),
        ("24h, 30 min", [(86400, "s"), (1800, "s")]),
        ("-18 °C to 20°C, 212°F", [(-18, "c"), (20, "c"), (100, "c")]),
        ("bulb 3000k", [(3000, "k")]),
        ("100% Baumwolle", [(100, "percent")]),
        ("pack of 6", [(6, "piece")]),
        ("lot de 3", [(3, "piece")]),
        ("6er Pack, 6er-Set, 6-pack, 6pcs, 6 Stück", [(6, "piece")] * 5),
        ("x6", [(6, "piece")]),
        ("cola (x6)", [(6, "piece")]),
        ("6个装 3支 2片 4件", [(6, "piece"), (3, "piece"), (2, "piece"), (4, "piece")]),
        ("6x330ml", [(6, "piece"), (330, "ml")]),
        ("330ml x 6", [(330, "ml"), (6, "piece")]),
        ("330ml*6", [(330, "ml"), (6, "piece")]),
        ("500ml×12瓶", [(500, "ml"), (12, "piece")]),
        ("５００ｇ 3×50ｇ", [(500, "g"), (3, "piece"), (50, "g")]),
        ("半斤 一斤半 1斤半装 5斤二两 十两", [(250, "g"), (750, "g"), (750, "g"), (2600, "g"), (500, "g")]),
        ("一米八乘两米 1米8x2米", [(1800, "mm"), (2000, "mm")] * 2),
        ("3尺 三尺 2公分", [(1000, "mm"), (1000, "mm"), (20, "mm")]),
        ("两盒装 6瓶装 12支/盒 20装", [(2, "piece"), (6, "piece"), (12, "piece"), (20, "piece")]),
        ("2万毫安时 两万毫安 2000毫安", [(20000, "mah"), (20, "a"), (2, "a")]),
        ("三只松鼠每日坚果750g（25g×30包）", [(750, "g"), (25, "g"), (30, "piece")]),
        ("五常稻花香大米十斤装真空包装 2022升级款", [(5000, "g")]),
        ("2021春夏四件套1米8床双肩包包邮", [(4, "piece"), (1800, "mm")]),
        ("抽纸 3层 100抽*24包/箱", [(100, "piece"), (24, "piece")]),
        ("16gb (2x8gb)", [(16000, "mb"), (2, "piece"), (8000, "mb")]),
    ],
)
def test_a_number_with_a_unit_becomes_base_units(text: str, expected: list[tuple[float, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bose am53bk",
        "sony pslx350h",
        "WH-1000XM4",
        "wd-500g",
        "samsung galaxy s20 5g",
        "802.11g router",
        "iphone 5s 4k",
        "5 in 1 tool",
        "1920 x 1080",
        "bmw x6",
        "90's hits",
        "50克拉",
        "5/0 g",
        "33-1/3 rpm",
        "buy 3 a day keeps",
        "第2件半价 9.9包邮",
        "2021双肩包 2022条纹",
        "折叠两用一次性",
    ],
)
def test_model_codes_and_bare_numbers_have_no_unit(text: str) -> None:
    assert read(text) == []


def test_spans_point_into_the_text_as_given() -> None:
    text = "İstanbul 6x330ml ÇAY 5 KG"
    assert [text[q.start : q.end] for q in quantities(text)] == ["6", "330ml", "5 KG"]


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error_and_spans_are_in_order(text: str) -> None:
    spans = [(q.start, q.end) for q in quantities(text)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(st.integers(6, 999), st.sampled_from(["g", "ml", "mm", "kg", "gb"]))
def test_a_whole_number_attached_or_spaced_reads_the_same(number: int, unit: str) -> None:
    assert read(f"tea {number}{unit}") == read(f"tea {number} {unit}") != []


@given(st.integers(1, 40))
def test_one_weight_in_many_spellings_is_one_value(half_jin: int) -> None:
    jin, grams = half_jin / 2, half_jin * 250
    spellings = [f"{grams}克", f"{grams} g", f"{jin:g}斤", f"{grams / 1000:g} kg", f"{grams / 1000:g}千克"]
    spellings += [f"{grams // 50}两", "".join(chr(ord(c) + 0xFEE0) for c in f"{grams}g") + " "]
    if half_jin % 2:
        spellings.append(f"{half_jin // 2}斤半" if half_jin > 1 else "半斤")
    assert {tuple(read("米 " + spelling)) for spelling in spellings} == {((grams, "g"),)}


@given(st.text(max_size=60))
def test_no_number_comes_from_nothing(text: str) -> None:
    signs = "一二两兩三四五六七八九十百千万半½¼¾⅓⅔⅛⅜⅝⅞"
    bare = "".join(c for c in text if c not in signs and not c.isdigit() and not "０" <= c <= "９")
    assert quantities(bare) == []


def test_fifty_thousand_titles_a_second() -> None:
    titles = [
        f"Acme kettle AB{n}XK 1.7 l 2200 W 220-240V stainless steel, 6x330ml {n} cm" for n in range(5000)
    ]
    started = process_time()
    for title in titles:
        quantities(title)
    # Five quantities in each of these titles: five times what a usual title holds.
    assert process_time() - started < 1.0
