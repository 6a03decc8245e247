import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfspace.data.cleaning.sizes import plain_size


@pytest.mark.parametrize(
    ("spellings", "size"),
    [
        (("XXL", "2XL", "2-xl", "xx-large", "XXL码"), "2xl"),
        (("XL", "1XL", "X-Large", "extra large"), "xl"),
        (("XXXS", "3xs"), "3xs"),
        (("M", "medium", "M码", "中号"), "m"),
        (("EU 38", "eu38", "EUR 38", "38 EU", "欧码38"), "eu 38"),
        (("165/88A", "165 / 88 a"), "165/88a"),
        (("均码", "One Size", "free size"), "one size"),
    ],
)
def test_spellings_of_one_size_are_equal(spellings: tuple[str, ...], size: str) -> None:
    assert {plain_size(spelling) for spelling in spellings} == {size}


@pytest.mark.parametrize("text", ["", "38", "38码", "加大", "2m", "2s", "xm", "3xxl", "10 l", "uk 8"])
def test_what_is_not_sure_stays_as_it_is(text: str) -> None:
    assert plain_size(text) == text


@given(st.text(max_size=20))
def test_a_plain_size_is_its_own_plain_size(text: str) -> None:
    assert plain_size(plain_size(text)) == plain_size(text)


@given(st.integers(2, 6), st.sampled_from("sl"))
def test_crosses_count(times: int, letter: str) -> None:
    assert plain_size("X" * times + letter) == plain_size(f"{times}X{letter}") == f"{times}x{letter}"
