from __future__ import annotations

import numpy as np

from shelfspace.tasks.groups.names import Namer, category_of
from shelfspace.tasks.groups.words import TitleWords


def named(
    titles: list[str], labels: list[int], paths: list[tuple[str, ...]] | None = None, above=None
) -> list[str]:
    namer = Namer(TitleWords.of_titles(titles), paths or [()] * len(titles))
    return namer.names(np.array(labels), above or [""] * (max(labels) + 1))


BRANDS = ["Puma", "Nike", "Asics", "Fila"]
TITLES = [
    *(f"{brand} Men Navy Blue {kind}" for brand in BRANDS for kind in ("Shirt", "Shirts", "Shirt")),
    *(f"{brand} Women Red Sandals" for brand in BRANDS * 3),
]
LABELS = [0] * 12 + [1] * 12


def test_names_are_what_sets_apart_in_the_order_of_the_titles() -> None:
    one, other = named(TITLES, LABELS)
    assert set(one.split()) <= {"Men", "Navy", "Blue", "Shirt"}
    assert one.split() == [word for word in ("Men", "Navy", "Blue", "Shirt") if word in one.split()]
    assert other == "Women Red Sandals"


def test_without_a_common_word_there_are_alternatives() -> None:
    mixed = ["Sandals", "Clogs", "Boots", "Pumps"] * 3
    name = named([*TITLES, *mixed], [*LABELS, *[2] * 12])[2]
    assert name.count(" / ") == 2
    assert set(name.split(" / ")) < {"Sandals", "Clogs", "Boots", "Pumps"}


def test_a_category_names_the_group_that_it_covers() -> None:
    paths = [("Apparel", "Tops")] * 11 + [("Apparel", "Socks")] + [("Shoes", "Sandals")] * 6 + [()] * 6
    assert named(TITLES, LABELS, paths) == ["Tops", "Sandals"]
    half = [path if row % 12 < 5 else () for row, path in enumerate(paths)]
    assert named(TITLES, LABELS, half)[1] == "Women Red Sandals"


def test_a_category_of_two_groups_is_followed_by_words() -> None:
    one, other = named(TITLES, LABELS, [("Fashion",)] * 24)
    assert one.startswith("Fashion · ")
    assert other == "Fashion · Women Red Sandals"


def test_the_deepest_level_that_is_shared() -> None:
    assert category_of([("a", "b", "c"), ("a", "b", "d"), ("a", "b")]) == "b"
    assert category_of([("a", "b"), ("a", "c")]) == "a"
    assert category_of([("a",), ("b",)]) is None
    assert category_of([(), (), ("a",)]) is None
    assert category_of([]) is None


def test_equal_names_are_told_apart() -> None:
    titles = [f"Blue Shirt {word}" for word in ("checked", "checked", "plain", "plain")] * 5
    titles += ["Lamp dimmer"] * 20
    labels = [0, 0, 1, 1] * 5 + [2] * 20
    names = named(titles, labels)
    assert len(set(names)) == 3
    assert "checked" in names[0]
    assert "plain" in names[1]
    same = named(["hat"] * 4, [0, 0, 1, 1])
    assert len(set(same)) == 2


def test_a_part_has_another_name_than_the_whole_and_the_whole_the_same() -> None:
    first = named(TITLES, LABELS)
    labels = [0] * 6 + [1] * 6 + [2] * 12
    names = named(TITLES, labels, above=[first[0], first[0], first[1]])
    assert len(set(names)) == 3
    assert first[0] not in names
    assert names[2] == first[1]


def test_chinese_names_are_words() -> None:
    kinds = ("新款", "防水", "加厚", "休闲")
    titles = [
        f"{kind}{one}{two}"
        for one in ("背包", "毛衣", "耳机", "雨伞")
        for kind in kinds
        for two in ("韩版", "男士", "迷你", "家用")
    ] * 3
    labels = [int("毛衣" in title) + 2 * int("耳机" in title) + 3 * int("雨伞" in title) for title in titles]
    assert named(titles, labels) == ["背包", "毛衣", "耳机", "雨伞"]


def test_without_words_there_is_a_name_all_the_same() -> None:
    assert named(["1", "2", "3"], [0, 1, 1]) == ["unnamed", "unnamed (2)"]
