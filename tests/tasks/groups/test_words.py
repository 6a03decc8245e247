from __future__ import annotations

import numpy as np

from shelfspace.tasks.groups.words import TitleWords


def test_words_are_counted_once_a_title_and_shown_as_mostly_written() -> None:
    words = TitleWords.of_titles(
        ["Men's SHIRT shirt", "men's Shirt T-shirt", "Café Shirt", "cafe 3.5mm", None]
    )
    assert words.shown[0] == "Shirt"
    assert set(words.shown) == {"Shirt", "Men's", "Café"} or set(words.shown) == {"Shirt", "men's", "cafe"}
    assert words.presence.toarray().sum(axis=0).tolist() == [3, 2, 2]
    assert words.presence.shape == (5, 3)


def test_places_run_from_first_to_last() -> None:
    words = TitleWords.of_titles(["red big hat", "red hat"])
    red, hat = words.shown.index("red"), words.shown.index("hat")
    assert np.allclose(words.places.toarray()[:, [red, hat]], [[1 / 3, 1], [1 / 2, 1]])


def test_chinese_titles_are_cut_and_single_characters_left_out() -> None:
    titles = [
        f"{one}{two} 男 USB{two}{one}"
        for one in ("背包", "毛衣", "耳机", "雨伞")
        for two in ("新款", "防水", "加厚", "休闲")
    ] * 3
    words = TitleWords.of_titles(titles)
    assert {"背包", "毛衣", "耳机", "新款", "防水", "加厚", "USB"} <= set(words.shown)
    assert "男" not in words.shown


def test_nothing_at_all_has_no_words() -> None:
    assert TitleWords.of_titles([]).presence.shape == (0, 0)
    assert len(TitleWords.of_titles([None, "", "once"])) == 0
