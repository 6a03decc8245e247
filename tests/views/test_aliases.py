import json
from time import process_time

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.data.pairs import Pairs
from shelfspace.data.schema import ALIAS
from shelfspace.errors import SpaceError
from shelfspace.views.aliases import Aliases, g2, learn_aliases, with_aliases

BRANDS = {
    "laneige": "兰芝",
    "sulwhasoo": "雪花秀",
    "innisfree": "悦诗风吟",
    "mamonde": "梦妆",
    "hera": "赫妍",
}
THINGS = {"mask": "面膜", "toner": "爽肤水", "cleanser": "洗面奶", "serum": "精华液"}


def two_scripts(n: int = 240, known: float = 0.3, seed: int = 0) -> tuple[Catalog, Pairs, list[str]]:
    """One shop in Latin letters, one in Chinese ones; a part of their matches is known. And the truth."""
    rng = np.random.default_rng(seed)
    left, right = [], []
    for number in range(n):
        brand, thing = rng.choice(list(BRANDS)), rng.choice(list(THINGS))
        said = rng.choice(["保湿", "补水", ""])
        extra = rng.choice(["new", "best", "sale", "gift"])
        left.append(f"{brand.title()} {extra} {thing} {number}")
        right.append(f"{rng.choice(['正品', '包邮', '官方'])}{BRANDS[brand]}{said}{THINGS[thing]}{number}")
    ids = [str(number) for number in range(n)]
    sides = ["en"] * n + ["zh"] * n
    table = pl.DataFrame({"shop": sides, "id": ids * 2, "title": left + right})
    chosen = [ids[i] for i in np.flatnonzero(rng.random(n) < known)]
    pairs = pl.DataFrame({"left_id": chosen, "right_id": chosen}).with_columns(
        left_shop=pl.lit("en"), right_shop=pl.lit("zh"), label=pl.lit(1, pl.Int8)
    )
    return Catalog.from_table(table), Pairs.from_table(pairs), ids


def test_known_pairs_teach_what_the_other_script_calls_it() -> None:
    catalog, pairs, _ = two_scripts()
    found = {alias.latin: alias.other for alias in learn_aliases(catalog, pairs).items}
    assert found == BRANDS | THINGS


def test_alias_terms_join_the_listings_of_either_script() -> None:
    catalog, pairs, ids = two_scripts()
    table = with_aliases(catalog, learn_aliases(catalog, pairs)).table
    for row in (0, len(ids) + 5):
        title, others = table["title"][row].lower(), table[ALIAS][row].split()
        brand = next(name for name in BRANDS if name in title or BRANDS[name] in title)
        assert (BRANDS[brand] if brand in title else brand) in others
        assert not any(other in title for other in others)


def test_a_brand_column_with_both_names_suffices_alone() -> None:
    table = pl.DataFrame(
        {
            "shop": ["a"] * 4,
            "id": list("1234"),
            "brand": ["Laneige/兰芝", "AUDIO TECHNICA(铁三角)", "other/其他", "Acme"],
            "title": ["隔离霜", "耳机", "面膜", "lamp"],
        }
    )
    found = learn_aliases(Catalog.from_table(table))
    assert {(alias.latin, alias.other, alias.origin) for alias in found.items} == {
        ("laneige", "兰芝", "brand"),
        ("audio technica", "铁三角", "brand"),
    }
    assert found.of("LANEIGE night mask") == ["兰芝"]
    assert found.of("兰芝夜间面膜") == ["laneige"]
    assert found.of("laneige兰芝") == []
    assert found.of("laneiges") == []


def test_titles_with_both_names_side_by_side_teach() -> None:
    titles = [f"{brand}({other}) item {n}" for n in range(3) for brand, other in BRANDS.items()]
    titles += [f"{other}/{brand} 正品 {n}" for n in range(2) for brand, other in BRANDS.items()]
    table = pl.DataFrame({"shop": "a", "id": [str(n) for n in range(len(titles))], "title": titles})
    found = learn_aliases(Catalog.from_table(table))
    assert {alias.latin: alias.other for alias in found.items} == BRANDS
    assert {alias.origin for alias in found.items} == {"title"}


def test_what_merely_stands_together_once_or_with_everything_is_no_alias() -> None:
    titles = [f"usb({run}) {n}" for n, run in enumerate(["充电器", "数据线", "风扇", "台灯", "键盘", "鼠标"])]
    table = pl.DataFrame({"shop": "a", "id": [str(n) for n in range(len(titles))], "title": titles})
    assert len(learn_aliases(Catalog.from_table(table))) == 0


@pytest.mark.parametrize("titles", [[], ["lamp"], ["面膜"], ["lamp", "desk"], [None, "面膜", "lamp"]])
def test_one_script_or_nothing_gives_no_alias(titles: list[str | None]) -> None:
    ids = [str(n) for n in range(len(titles))]
    texts = dict.fromkeys(("shop", "id", "title"), pl.String)
    table = pl.DataFrame({"shop": ["a"] * len(titles), "id": ids, "title": titles}, schema=texts)
    catalog = Catalog.from_table(table)
    assert len(learn_aliases(catalog)) == 0
    assert with_aliases(catalog, Aliases()) is catalog


def test_aliases_are_written_for_people_and_programs() -> None:
    catalog, pairs, _ = two_scripts()
    found = learn_aliases(catalog, pairs)
    assert str(found).startswith(f"{len(found)}: ")
    assert {row["latin"] for row in json.loads(found.to_json())} == set(found.table()["latin"])
    assert Aliases().table().height == 0


def test_g2_is_that_of_the_definition() -> None:
    table = np.array([[8, 2], [3, 87]], float)
    expected = table.sum(1, keepdims=True) * table.sum(0) / table.sum()
    assert g2(8, 10, 11, 100) == pytest.approx(2 * (table * np.log(table / expected)).sum())
    assert g2(10, 10, 10, 10) == 0
    assert g2(0, 5, 5, 100) == 0
    assert g2(5, 5, 5, 100) > 30


def test_many_pairs_are_worked_through_quickly() -> None:
    catalog, pairs, _ = two_scripts(3000, known=1)
    start = process_time()
    learn_aliases(catalog, pairs)
    assert process_time() - start < 20


def test_what_was_written_is_read_back_and_damage_refused() -> None:
    catalog, pairs, _ = two_scripts(60)
    found = learn_aliases(catalog, pairs)
    again = Aliases.from_json(found.to_json())
    assert [alias.other for alias in again.items] == [alias.other for alias in found.items]
    for text in ("", "{}x", '[{"latin": "a"}]', "[1]"):
        with pytest.raises(SpaceError, match="aliases cannot be read"):
            Aliases.from_json(text)
