from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.errors import OptionError
from shelfspace.evaluation.clusterings import adjusted_rand
from shelfspace.space.space import Space
from shelfspace.tasks.fit import fit
from shelfspace.tasks.groups.groups import MOST_GROUPS, category_paths, checked, confidences, group
from shelfspace.tasks.groups.vectors import unit


def kinds_of(space: Space, shelf: pl.DataFrame) -> pl.Series:
    return space.catalog.table.select("id").join(shelf, "id", "left", maintain_order="left")["product_type"]


def test_planted_kinds_and_branches_are_found_and_named(space: Space, shelf: pl.DataFrame) -> None:
    found = group(space, 6)
    kinds = kinds_of(space, shelf)
    assert adjusted_rand(kinds.to_numpy(), found.finest.labels) > 0.95
    wanted = {"Shirt", "Jeans", "Socks", "Lamp", "Chair", "Rug"}
    assert all(wanted & set(name.split()) for name in found.finest.names)
    branches = kinds.str.split(" > ").list.first().to_numpy()
    assert adjusted_rand(branches, group(space, 2).finest.labels) > 0.95


def test_levels_nest_and_are_numbered_as_paths(space: Space) -> None:
    found = group(space, "fine")
    assert [level.name for level in found.levels] == ["coarse", "medium", "fine"]
    for above, below in zip(found.levels, found.levels[1:], strict=False):
        assert len(above.ids) <= len(below.ids)
        for place, identifier in enumerate(below.ids):
            rows = below.labels == place
            assert len(np.unique(above.labels[rows])) == 1
            parent = above.ids[above.labels[rows][0]]
            assert identifier.rsplit(".", 1)[0] == parent
    assert found.finest.sizes.sum() == len(space)
    top = found.levels[0].sizes.tolist()
    assert top == sorted(top, reverse=True)


def test_the_table_has_every_offer_and_one_medoid_a_group(space: Space) -> None:
    table = space.cluster("coarse")
    assert table.columns == ["shop", "id", "group_id", "name", "size", "medoid", "confidence"]
    assert table.height == len(space)
    each = table.group_by("group_id").agg(pl.len(), pl.col("size").first(), pl.col("medoid").sum())
    assert (each["len"] == each["size"]).all()
    assert (each["medoid"] == 1).all()
    assert table["confidence"].is_between(0, 1).all()
    assert table["confidence"].mean() > 0.6
    assert space.cluster().columns == ["shop", "id", "cluster_id", "size", "confidence"]


def test_the_tree_lists_each_group_below_its_parent(space: Space) -> None:
    tree = space.groups("medium").tree
    seen: set[str | None] = {None}
    for row in tree.iter_rows(named=True):
        assert row["parent_id"] in seen
        seen.add(row["group_id"])
    for _, rows in tree.group_by("level"):
        assert rows["name"].is_unique().all()
        assert rows["size"].sum() == len(space)


def test_offers_of_one_product_stay_together(shelf: pl.DataFrame) -> None:
    twice = pl.concat([shelf.with_columns(pl.lit(shop).alias("shop")) for shop in ("one", "two")])
    space = fit(read_catalog(twice.drop("product_type")), preset="fast")
    table = space.cluster().join(space.cluster(30), ["shop", "id"])
    assert table["cluster_id"].n_unique() < table.height
    each = table.group_by("cluster_id").agg(pl.col("group_id").n_unique())
    assert (each["group_id"] == 1).all()


def test_the_same_seed_gives_the_same_groups(space: Space) -> None:
    one, other = (group(space, 12, seed=3) for _ in range(2))
    assert one.table.equals(other.table)
    assert one.tree.equals(other.tree)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_few_products_are_no_error(n: int, shelf: pl.DataFrame) -> None:
    table = shelf[:n].with_columns(pl.lit("").alias("title") if n == 1 else pl.col("title"))
    space = fit(read_catalog(table, shop="s"), preset="fast")
    found = group(space, "fine")
    assert found.table.height == n
    assert found.tree["size"].sum() >= found.table["group_id"].count()
    assert group(space, 50).table.height == n


@pytest.mark.parametrize("wrong", ["rough", 0, -3, MOST_GROUPS + 1, "1.5"])
def test_another_granularity_is_refused(space: Space, wrong: str | int) -> None:
    with pytest.raises(OptionError, match="product, coarse, medium, fine or a number"):
        group(space, wrong)


def test_numbers_are_read_as_words_are() -> None:
    assert checked("12") == checked(12) == 12
    assert checked("fine") == "fine"


def test_confidence_is_one_in_the_middle_and_half_between() -> None:
    vectors = unit(np.array([[1, 0], [1, 0], [0, 1], [0, 1], [1, 1], [0, 0]], np.float32))
    found = confidences(vectors, np.array([0, 0, 1, 1, 0, -1]))
    assert np.isnan(found[5])
    assert found[0] > 0.9
    assert 0.5 < found[4] < found[0]
    assert confidences(vectors[:2], np.array([0, 0])).tolist() == [1, 1]


def test_paths_of_categories_are_parted(shelf: pl.DataFrame) -> None:
    table = shelf[:2].with_columns(pl.Series("product_type", ["Home >  Lamps", None]))
    assert category_paths(read_catalog(table, shop="s")) == [("Home", "Lamps"), ()]
