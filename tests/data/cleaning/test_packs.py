import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfspace.data.cleaning.packs import wholes
from shelfspace.data.cleaning.units import quantities


def whole(text: str) -> list[tuple[float, str]]:
    return [(each.value, each.unit) for each in wholes(text, quantities(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("500g", []),
        ("50g 3袋", []),
        ("坚果 50g*3袋", [(150, "g")]),
        ("3×50 g", [(150, "g")]),
        ("50g x 3", [(150, "g")]),
        ("50gx3", [(150, "g")]),
        ("５０ｇ×３袋", [(150, "g")]),
        ("50克×三袋", [(150, "g")]),
        ("12支/盒", []),
        ("10片/盒*6盒", [(60, "piece")]),
        ("6x100x15g", [(9000, "g")]),
        ("cola 330ml x 6, tea 2x500g", [(1980, "ml"), (1000, "g")]),
        ("16gb (2x8gb)", [(16000, "mb")]),
        ("10 x 20 x 30 cm", []),
        ("10cmx20cm", []),
        ("12V x 2A", []),
    ],
)
def test_what_is_multiplied_has_a_whole(text: str, expected: list[tuple[float, str]]) -> None:
    assert whole(text) == expected


@given(
    st.integers(2, 99),
    st.integers(6, 999),
    st.sampled_from(["g", "克", "ml", "毫升"]),
    st.sampled_from(
        ["{n}x{m}{u}", "{n} × {m}{u}", "{m}{u}*{n}", "{m}{u} x {n}", "{m}{u}*{n}袋", "{m}{u}×{n}盒装"]
    ),
)
def test_the_whole_is_the_count_times_the_part(count: int, part: int, unit: str, form: str) -> None:
    text = "茶 " + form.format(n=count, m=part, u=unit)
    assert whole(text) == [(count * part, "g" if unit in "g克" else "ml")]


@given(st.text(alphabet="0123456789gml x×*/盒袋片两一 ", max_size=30))
def test_any_text_has_wholes_in_order(text: str) -> None:
    parts = quantities(text)
    spans = [(each.start, each.end) for each in wholes(text, parts)]
    assert spans == sorted(spans) and all(0 <= start < end <= len(text) for start, end in spans)
    assert [(q.start, q.end) for q in parts] == sorted((q.start, q.end) for q in parts)
