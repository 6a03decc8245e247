from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shelfspace.data.synthetic import TwoShops, two_shops


def labelled(shops: TwoShops, seed: int = 0) -> pl.DataFrame:
    """Every true pair, and four wrong ones to each: neighbours in the truth and pairs at random."""
    rng = np.random.default_rng(seed)
    left, right = (shops.truth[name].to_numpy() for name in ("left_id", "right_id"))
    parts = [pl.DataFrame({"ltable_id": left, "rtable_id": right, "label": 1})]
    for shift in (1, 2, *rng.integers(3, len(left), 2)):
        wrong = pl.DataFrame({"ltable_id": left, "rtable_id": np.roll(right, shift), "label": 0})
        parts.append(wrong)
    pairs = pl.concat(parts).unique(["ltable_id", "rtable_id"], keep="first", maintain_order=True)
    return pairs[rng.permutation(pairs.height)]


def write_tables(folder: Path, shops: TwoShops, seed: int = 0) -> Path:
    """The shops as a folder in DeepMatcher's layout, three fifths of the pairs for training."""
    folder.mkdir(parents=True, exist_ok=True)
    shops.left.write_csv(folder / "tableA.csv")
    shops.right.write_csv(folder / "tableB.csv")
    pairs = labelled(shops, seed)
    first, second = round(0.6 * pairs.height), round(0.8 * pairs.height)
    for name, part in (("train", pairs[:first]), ("valid", pairs[first:second]), ("test", pairs[second:])):
        part.write_csv(folder / f"{name}.csv")
    return folder


def write_offers(folder: Path, shops: TwoShops, *, ids: bool = True) -> Path:
    """The shops as WDC pair files, offers drawn to either side; one product's offers share a cluster."""
    folder.mkdir(parents=True, exist_ok=True)
    offers = pl.concat(
        [
            shops.left.select(pl.col("sku").alias("id"), pl.col("name").alias("title"), "price"),
            shops.right.select(
                pl.col("product_id").alias("id"), pl.col("product_title").alias("title"), "price"
            ),
        ]
    )
    clusters = pl.concat(
        [
            shops.truth.select(
                pl.col(name).alias("id"), pl.format("secret {}", "left_id").alias("cluster_id")
            )
            for name in ("left_id", "right_id")
        ]
    )
    offers = offers.join(clusters, "id", "left", maintain_order="left")
    pairs = labelled(shops).rename({"ltable_id": "id_left", "rtable_id": "id_right"})
    for side in ("left", "right"):
        sided = offers.rename({name: f"{name}_{side}" for name in offers.columns})
        pairs = pairs.join(sided, on=f"id_{side}", how="left", maintain_order="left")
    # Every second pair the other way round, so that an offer stands on both sides.
    turned = pairs.rename(
        {name: name.replace("_left", "_RIGHT").replace("_right", "_LEFT").lower() for name in pairs.columns}
    ).select(pairs.columns)
    pairs = pl.concat([pairs[::2], turned[1::2]])
    third = pairs.height // 3
    for name, part in (
        ("train_small", pairs[:third]),
        ("valid_small", pairs[third : 2 * third]),
        ("test", pairs[2 * third :]),
    ):
        if not ids and name == "train_small":
            part = part.drop("id_left", "id_right")
        part.write_csv(folder / f"{name}.csv.gz", compression="gzip")
    return folder


@pytest.fixture(scope="session")
def shops() -> TwoShops:
    return two_shops(120, seed=1)


@pytest.fixture(scope="session")
def offers(tmp_path_factory: pytest.TempPathFactory, shops: TwoShops) -> Path:
    return write_offers(tmp_path_factory.mktemp("bench") / "offers", shops)


@pytest.fixture(scope="session")
def offers_without_ids(tmp_path_factory: pytest.TempPathFactory, shops: TwoShops) -> Path:
    return write_offers(tmp_path_factory.mktemp("bench") / "without", shops, ids=False)


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory, shops: TwoShops) -> Path:
    return write_tables(tmp_path_factory.mktemp("bench") / "two-shops", shops)
