"""How many planted errors of a catalogue are found, and at what price: the table of docs/clean.md.

    python benchmarks/clean.py                                      # made-up shops
    python benchmarks/clean.py TITLES.csv.gz                        # id, categories, colours and titles as
    they are

In copies of listings an attribute is exchanged for another listing's, left out, or its price slips by a
decimal or is another's; each kind in 2 % of the listings. For each kind: precision, recall, the share of
untouched listings that are flagged at a false-alarm rate of 1 %, and how many of the found ones are mended
rightly; beside a floor that flags as many listings: for attributes the nearest neighbours by TF-IDF, that is
the vote of the ten nearest titles; for prices the distance from the category's median. Seeds 0, 1 and 2.

    python benchmarks/clean.py --repeats                            # made-up shops

lists 2 % of each shop's products twice, the second time under another id, without numbers, in other words: a
word left out, another order, a slip of the keys, another unit. Beside it as many pairs of a shop's listings
as are flagged, the nearest by TF-IDF.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from functools import cache
from random import Random

import numpy as np
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.data.synthetic import two_shops
from shelfspace.encoders.lexical import lexical_neighbours
from shelfspace.encoders.tokens import normalise
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.floors import tfidf_rows
from shelfspace.tasks.anomalies.listings import listing_anomalies
from shelfspace.tasks.anomalies.stated import key_of
from shelfspace.tasks.fit import fit
from shelfspace.views.text import drop_words, reorder, typo, unit_form

_SHARE = 0.02
_SEEDS = (0, 1, 2)
_SLIPS = (10.0, 100.0, 0.1, 0.01)
_COLUMNS = {"category": "product_type", "brand": "brand", "color": "color", "price": "price"}


def main(paths: list[str]) -> None:
    """Print the table."""
    figures: dict[str, list[list[float]]] = defaultdict(list)
    seconds = []
    for seed in _SEEDS:
        catalog = _titles(paths[0]) if paths else _made_up(seed)
        spoilt, planted = _spoilt(catalog, np.random.default_rng(seed))
        space = fit(spoilt, preset="fast", seed=seed)
        with measured() as cost:
            found = listing_anomalies(space, repeats=False, seed=seed)
        seconds.append(cost.cpu_seconds)
        for kind, rows in planted.items():
            figures[kind].append(_measured(catalog, spoilt, found, kind, rows))
    print(f"{len(catalog):,} listings, {np.mean(seconds):.1f} CPU seconds")
    print("| planted | precision | recall | false alarms | mended rightly | floor: precision | recall |")
    print("|---|---|---|---|---|---|---|")
    for kind, runs in figures.items():
        print(f"| {kind} | " + " | ".join("" if np.isnan(x) else f"{x:.3f}" for x in _means(runs)) + " |")


def _repeats() -> None:
    """Print how many of the listings that stand twice are found."""
    print("| seed | listings | precision | recall | floor: precision | recall | CPU seconds |")
    print("|---|---|---|---|---|---|---|")
    for seed in _SEEDS:
        catalog, planted = _twice(_made_up(seed), Random(seed))
        space = fit(catalog, preset="fast", seed=seed)
        with measured() as cost:
            found = listing_anomalies(space, seed=seed).filter(pl.col("anomaly") == "repeated listing")
        rows = catalog.rows_of(found), catalog.rows_of(found, "other_shop", "other_id")
        told = {frozenset(pair) for pair in zip(*(side.tolist() for side in rows), strict=True)}
        floor = _nearest_pairs(catalog, len(told))
        hits = [
            figure
            for pairs in (told, floor)
            for figure in (len(pairs & planted) / max(1, len(pairs)), len(pairs & planted) / len(planted))
        ]
        figures = " | ".join(f"{figure:.3f}" for figure in hits)
        print(f"| {seed} | {len(catalog):,} | {figures} | {cost.cpu_seconds:.0f} |", flush=True)


def _twice(catalog: Catalog, draw: Random) -> tuple[Catalog, set[frozenset[int]]]:
    """The catalogue with copies behind its own listings, and the rows of each with its copy."""
    rows = sorted(draw.sample(range(len(catalog)), round(_SHARE * len(catalog))))
    copies = catalog.table[rows].with_columns(
        pl.col("id") + "-again",
        pl.Series("title", [_otherwise(title or "", draw) for title in catalog.table["title"][rows]]),
        *(pl.lit(None, dtype=pl.String).alias(name) for name in ("gtin", "mpn", "item_group_id")),
    )
    pairs = {frozenset((row, len(catalog) + place)) for place, row in enumerate(rows)}
    return Catalog(pl.concat([catalog.table, copies])), pairs


def _otherwise(title: str, draw: Random) -> str:
    """The title as somebody else would write it."""
    text = reorder(drop_words(title, draw, rate=0.15), draw)
    return unit_form(typo(text, draw) if draw.random() < 0.3 else text, draw)


def _nearest_pairs(catalog: Catalog, most: int) -> set[frozenset[int]]:
    """The pairs of listings of one shop with the most alike titles by TF-IDF."""
    items = tfidf_rows([normalise(title or "") for title in catalog.table["title"]]).items
    near = lexical_neighbours(items, items, 11)
    left, right, scores = near.pairs()
    shops = catalog.table["shop"].to_numpy()
    kept = (left < right) & (shops[left] == shops[right])
    order = np.argsort(-scores[kept], kind="stable")[:most]
    pairs = zip(left[kept][order].tolist(), right[kept][order].tolist(), strict=True)
    return {frozenset(pair) for pair in pairs}


def _means(runs: list[list[float]]) -> list[float]:
    """The mean of each figure over the runs that have it, NaN where none has."""
    known = [[figure for figure in column if not np.isnan(figure)] for column in zip(*runs, strict=True)]
    return [float(np.mean(figures)) if figures else float("nan") for figures in known]


def _made_up(seed: int) -> Catalog:
    one, other = two_shops(4_000, seed=seed), two_shops(2_000, seed=seed + 100)
    feeds = {"left": one.left, "right": one.right, "third": other.left}
    return Catalog.concat(read_catalog(feed, shop=shop) for shop, feed in feeds.items())


def _titles(path: str) -> Catalog:
    table = pl.read_csv(path, infer_schema=False)
    kind = pl.concat_str("masterCategory", "subCategory", "articleType", separator=" > ")
    return read_catalog(
        table.select(
            "id",
            kind.alias("product_type"),
            pl.col("baseColour").alias("color"),
            pl.col("productDisplayName").alias("title"),
        ),
        shop="fashion",
    )


def _spoilt(catalog: Catalog, rng: np.random.Generator) -> tuple[Catalog, dict[str, np.ndarray]]:
    """The catalogue with errors, and the rows of each kind."""
    table, planted = catalog.table, {}
    for name, column in _COLUMNS.items():
        values = table[column].to_list()
        stated = np.flatnonzero([value not in (None, "", 0) for value in values])
        if len(stated) < 100:
            continue
        picked = rng.permutation(stated)[: 2 * round(_SHARE * len(stated))]
        wrong, missing = np.array_split(picked, 2)
        # Another value of the same shop.
        shops = table["shop"].to_numpy()
        for row in wrong:
            if name == "price" and rng.random() < 0.5:
                values[row] = values[row] * rng.choice(_SLIPS)
                continue
            own = stated[(shops[stated] == shops[row])]
            other = next(values[k] for k in rng.permutation(own) if values[k] != values[row])
            values[row] = other
        planted[f"wrong {name}" if name != "price" else "price"] = np.sort(wrong)
        if name != "price":
            for row in missing:
                values[row] = None
            planted[f"missing {name}"] = np.sort(missing)
        table = table.with_columns(pl.Series(column, values, dtype=table[column].dtype))
    return Catalog(table), planted


def _measured(
    catalog: Catalog, spoilt: Catalog, found: pl.DataFrame, kind: str, rows: np.ndarray
) -> list[float]:
    column = _COLUMNS[kind.split()[-1]]
    told = found.filter(pl.col("anomaly") == kind)
    flagged = spoilt.rows_of(told)
    hits = np.isin(flagged, rows)
    before, after = catalog.table[column], told["suggested"].to_list()
    if kind == "price":
        mended = [
            after[k] is not None and abs(float(after[k]) / before[int(flagged[k])] - 1) < 0.011
            for k in np.flatnonzero(hits)
            if after[k] is not None
        ]
    else:
        mended = [key_of(after[k]) == key_of(before[int(flagged[k])]) for k in np.flatnonzero(hits)]
    if kind.startswith("missing"):  # what was missing before may be mended too: that is no false alarm
        hits = hits[hits]
    clean = len(catalog) - len(rows)
    floor = _floor(spoilt, kind, column, len(flagged))
    floor_hits = np.isin(floor, rows)
    return [
        np.nan if kind.startswith("missing") or not len(flagged) else float(hits.mean()),
        float(hits.sum() / len(rows)),
        float((~hits).sum() / clean),
        float(np.mean(mended)) if mended else np.nan,
        float(floor_hits.mean()) if len(floor) else np.nan,
        float(floor_hits.sum() / len(rows)),
    ]


def _floor(spoilt: Catalog, kind: str, column: str, most: int) -> np.ndarray:
    """As many rows as are flagged, those that the plain method finds strangest."""
    table = spoilt.table
    if kind == "price":
        logs = table.select(
            pl.col("price").log(), pl.col("product_type").fill_null(""), pl.col("currency").fill_null("")
        )
        middle = pl.col("price").median().over("product_type", "currency")
        far = logs.select((pl.col("price") - middle).abs().fill_null(0).alias("far"))["far"].to_numpy()
        return np.argsort(-far, kind="stable")[:most]
    near = _nearest(tuple(table["title"]))
    values = table[column].fill_null("").rank("dense").to_numpy().astype(np.int64)
    shops = table["shop"].rank("dense").to_numpy()
    own = np.arange(len(values))[:, None]
    usable = (
        (near >= 0)
        & (near != own)
        & (shops[near] == shops[:, None])
        & (table[column].is_not_null().to_numpy()[near])
    )
    if kind.startswith("missing"):
        blank = table[column].is_null().to_numpy()
        votes = np.array(
            [
                max(np.bincount(values[near[i][usable[i]]]), default=0) if blank[i] else -1
                for i in range(len(values))
            ]
        )
        return np.argsort(-votes, kind="stable")[:most]
    against = (usable & (values[near] != values[:, None])).sum(1) - (
        usable & (values[near] == values[:, None])
    ).sum(1)
    against[table[column].is_null().to_numpy()] = -99
    return np.argsort(-against, kind="stable")[:most]


@cache
def _nearest(titles: tuple[str | None, ...]) -> np.ndarray:
    rows = tfidf_rows([normalise(title or "") for title in titles]).items
    return lexical_neighbours(rows, rows, 11).ids


def _most_alike(values: np.ndarray) -> np.ndarray:
    """How often the commonest value of each row occurs; -1 is none."""
    alike = (values[:, :, None] == values[:, None, :]) & (values >= 0)[:, :, None]
    return alike.sum(axis=2).max(axis=1)


if __name__ == "__main__":
    _repeats() if sys.argv[1:] == ["--repeats"] else main(sys.argv[1:])
