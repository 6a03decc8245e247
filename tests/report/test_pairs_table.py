import pytest

from shelfspace.report.differences import only_here
from shelfspace.report.pairs_table import why_chips


@pytest.mark.parametrize(
    ("reason", "tone"),
    [
        ("same brand", "agreed"),
        ("gtin equal", "agreed"),
        ("model code KX-55 on both", "agreed"),
        ("colour differs: red / blue", "differed"),
        ("no gtin on the right", "differed"),
        ("64 GB ≠ 128 GB", "differed"),
        ("price 4 % apart", ""),
    ],
)
def test_a_reason_is_coloured_by_what_it_says(reason, tone):
    assert why_chips(reason) == f'<ul class="chips"><li class="{f"chip {tone}".strip()}">{reason}</li></ul>'


def test_reasons_come_as_text_or_as_a_list_or_not_at_all():
    assert why_chips("a; b;") == why_chips(["a", "b"])
    assert why_chips(None) == why_chips("") == '<ul class="chips"></ul>'


@pytest.mark.parametrize(
    ("title", "other", "marked"),
    [
        ("Velora 64GB red", "velora 128GB RED", "Velora <mark>64GB</mark> red"),
        ("Velora KX-55", "Velora kx55", "Velora KX-55"),
        ("Pasta 500 g", "pasta 500g", "Pasta 500 g"),
        ("Pasta 500g", "pasta 500 g", "Pasta 500g"),
        ("Velora big new red", "velora red", "Velora <mark>big new</mark> red"),
        ("维洛拉 咖啡豆 深度", "维洛拉 咖啡豆 浅度", "维洛拉 咖啡豆 <mark>深度</mark>"),
        ("Ｖelora ６４GB", "velora 64gb", "Ｖelora ６４GB"),
        ("wholly other", "nothing alike", "wholly other"),
        ("a < b same", "a b same", "a &lt; b same"),
        ("", "x", "<i>no title</i>"),
        ("x", "", "x"),
    ],
)
def test_what_only_one_title_says_is_marked(title, other, marked):
    assert only_here(title, other) == marked
