import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfspace.data.cleaning.empty import NOTHING, without_empty
from shelfspace.data.cleaning.text import clean_text, clean_texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("  two\t words\r\n ", "two words"),
        ("<p>Big<br/>box</p>", "Big box"),
        ("<style>p {color: red}</style>Box<!-- hidden -->", "Box"),
        ("fits <5 cm and >3 cm", "fits <5 cm and >3 cm"),
        ("Salt &amp; Pepper", "Salt & Pepper"),
        ("Salt &amp;amp; Pepper", "Salt & Pepper"),
        ("&lt;b&gt;bold&lt;/b&gt;", "bold"),
        ("Caf&eacute; &#233; &#xe9;", "Café é é"),
        ("ＡＢＣ１２３　（新）", "ABC123 (新)"),
        ("e\u0301", "é"),
        ("zero\u200bwidth\ufeff \u202eright\u202c", "zerowidth right"),
        ("bell\x07 nul\x00", "bell nul"),
        ("FranÃ§ais MÃ¼ller", "Français Müller"),
        ("itâ€™s", "it’s"),
        ("Äpfel Ã la carte", "Äpfel Ã la carte"),
        ("Acme™ ®", "Acme"),
        ("1½ in, 55″", '1 1/2 in, 55"'),
        ("㎏ ℃", "kg °C"),
    ],
)
def test_text_as_people_read_it(text: str, expected: str) -> None:
    assert clean_text(text) == expected


@given(st.text(max_size=60))
def test_cleaning_twice_changes_no_space(text: str) -> None:
    once = clean_text(text)
    assert once == once.strip() and "  " not in once and "\x00" not in once


def test_a_column_keeps_its_nulls_and_its_order() -> None:
    texts = pl.Series([None, "a  b", "c", "<i>d</i>"])
    assert clean_texts(texts).to_list() == [None, "a b", "c", "d"]


@pytest.mark.parametrize(
    "text", ["", " ", "N/A", "null", "-", "none", "nan", "无", "keine Angabe", "#N/A", "Does not apply"]
)
def test_cells_that_say_nothing_are_null(text: str) -> None:
    assert pl.DataFrame({"brand": [text]}).select(without_empty("brand")).item() is None


def test_a_title_may_be_a_word_that_elsewhere_says_nothing() -> None:
    table = pl.DataFrame({"title": ["None", "N/A", "Nonesuch"]})
    assert table.select(without_empty("title", among=NOTHING))["title"].to_list() == [
        "None",
        None,
        "Nonesuch",
    ]
