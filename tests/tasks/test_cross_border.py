"""Two shops in two scripts: what matching makes of them with and without what the feeds teach."""

import numpy as np
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.pairs import Pairs
from shelfspace.tasks.fit import fit
from shelfspace.tasks.match.matcher import fit_matcher
from shelfspace.views.aliases import ALIASES, learn_aliases, with_aliases

BRANDS = {
    "laneige": "兰芝",
    "sulwhasoo": "雪花秀",
    "innisfree": "悦诗风吟",
    "mamonde": "梦妆",
    "hera": "赫妍",
    "etude": "伊蒂之屋",
    "missha": "谜尚",
    "cosrx": "珂丝艾丝",
}
THINGS = {"mask": "面膜", "toner": "爽肤水", "cleanser": "洗面奶", "serum": "精华液", "lipstick": "口红"}
LINES = {
    "aqua": "水漾",
    "bloom": "花开",
    "classic": "经典",
    "dream": "梦幻",
    "fresh": "清新",
    "honey": "蜂蜜",
}


def shops(seed: int = 0) -> Catalog:
    """Things of every brand and line, once in Latin letters and once in Chinese; the ids tell the truth."""
    rng = np.random.default_rng(seed)
    made = [(b, t, line) for b in BRANDS for t in THINGS for line in LINES]
    made = [made[place] for place in rng.permutation(len(made))]
    left, right = [], []
    for brand, thing, line in made:
        words = [brand, line, thing, str(rng.choice(["new", "sale", "gift"]))]
        left.append(" ".join(rng.permutation(words)))
        right.append(f"{rng.choice(['正品', '包邮', '官方'])}{BRANDS[brand]}{LINES[line]}{THINGS[thing]}")
    ids = [str(n) for n in range(len(made))]
    sides = ["en"] * len(made) + ["zh"] * len(made)
    return Catalog.from_table(pl.DataFrame({"shop": sides, "id": ids * 2, "title": left + right}))


def known_pairs(ids: list[str]) -> Pairs:
    table = pl.DataFrame({"left_id": ids, "right_id": ids, "left_shop": "en", "right_shop": "zh"})
    return Pairs.from_table(table)


def found_right(catalog: Catalog, known: list[str]) -> float:
    """The share of the products that are not known whose best candidate is the right one, by wording."""
    n = len(catalog) // 2
    matcher = fit_matcher(catalog, np.arange(n), np.arange(n, 2 * n), preset="fast")
    pairs = matcher.desk.candidates
    scores = matcher.desk.margins("wording", pairs)
    best: dict[int, tuple[float, int]] = {}
    for left, right, score in zip(pairs.left.tolist(), pairs.right.tolist(), scores.tolist(), strict=True):
        best[left] = max(best.get(left, (-9.0, -1)), (score, right))
    rest = [row for row in range(n) if str(row) not in set(known)]
    return float(np.mean([best.get(row, (0.0, -1))[1] == row + n for row in rest]))


def test_matching_across_scripts_climbs_from_chance_once_aliases_are_learned() -> None:
    catalog = shops()
    known = [str(n) for n in range(0, 200, 3)]
    aliases = learn_aliases(catalog, known_pairs(known))
    learned = {alias.latin: alias.other for alias in aliases.items}
    assert sum(learned.get(name) == other for name, other in (BRANDS | THINGS | LINES).items()) >= 14
    assert found_right(catalog, known) < 0.05
    assert found_right(with_aliases(catalog, aliases), known) > 0.9


def test_a_fit_keeps_and_tells_what_it_learned_and_a_search_uses_it() -> None:
    catalog = shops()
    space = fit(catalog, pairs=known_pairs([str(n) for n in range(0, 200, 3)]), preset="fast")
    assert (
        "兰芝 = laneige" in str(space.artifacts[ALIASES].decode())
        or "laneige" in space.artifacts[ALIASES].decode()
    )
    assert str(space.figures["aliases"]).split(":")[0].isdigit()
    found = space.search("兰芝 面膜", k=5)
    assert any("laneige" in (title or "").lower() for title in found["title"])
