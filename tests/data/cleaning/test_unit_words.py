import pytest

from shelfspace.data.cleaning.unit_words import UNITS, unit_at


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("5斤装", "斤"),
        ("5毫安时", "毫安时"),
        ("5个月", "个月"),
        ("5个", "个"),
        ("9包邮", ""),
        ("2升级", ""),
        ("5", ""),
    ],
)
def test_the_longest_unit_that_begins_no_other_word(text: str, word: str) -> None:
    assert unit_at(text, 1) == word


def test_three_chi_are_a_metre() -> None:
    assert 3 * UNITS["尺"][1] == UNITS["米"][1]
