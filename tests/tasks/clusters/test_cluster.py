from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.data.pairs import Pairs
from shelfspace.errors import CatalogError, SpaceError
from shelfspace.evaluation.clusterings import b_cubed_f1, pairwise_f1
from shelfspace.space.space import Space
from shelfspace.tasks.clusters import clusters_of
from shelfspace.tasks.clusters.clusters import IDS, PAIRS
from shelfspace.tasks.fit import fit


def test_planted_products_are_found_without_labels(space: Space, truth: np.ndarray) -> None:
    found = clusters_of(space)
    assert pairwise_f1(truth, found.labels) > 0.7
    assert b_cubed_f1(truth, found.labels) > 0.8


def test_the_table_has_every_offer_once_cluster_by_cluster(space: Space) -> None:
    table = space.cluster()
    assert table.columns == ["shop", "id", "cluster_id", "size", "confidence"]
    assert (
        table.select("shop", "id")
        .sort("shop", "id")
        .equals(space.catalog.table.select("shop", "id").sort("shop", "id"))
    )
    runs = table["cluster_id"].rle_id().n_unique()
    assert runs == table["cluster_id"].n_unique()
    assert table["confidence"].is_between(0, 1).all()
    sizes = table.group_by("cluster_id").agg(pl.len().alias("n"), pl.col("size").first())
    assert (sizes["n"] == sizes["size"]).all()


def test_a_saved_space_keeps_its_clusters(space: Space, tmp_path) -> None:
    import shelfspace

    table = space.cluster()
    space.save(tmp_path / "shelf")
    again = shelfspace.load(tmp_path / "shelf")
    assert again.cluster().equals(table)


def test_made_again_from_nothing_the_ids_are_the_same(space: Space) -> None:
    first = space.cluster()
    again = Space(space.catalog, space.encoder, space.vectors, figures=space.figures)
    assert again.cluster().equals(first)


def test_with_one_per_shop_no_shop_is_in_a_cluster_twice(space: Space) -> None:
    free = clusters_of(space)
    limited = clusters_of(space, one_per_shop=True)
    table = limited.table
    assert not table.select("cluster_id", "shop").is_duplicated().any()
    assert clusters_of(space).one_per_shop, "the choice is kept"
    unchanged = sum(one == other for one, other in zip(free.ids, limited.ids, strict=True))
    assert unchanged > 0.8 * len(space)


def test_labelled_pairs_are_heeded_once_the_clusters_are_revised(space: Space) -> None:
    table = clusters_of(space).table
    shared = table.filter(pl.col("size") == 2).head(2)
    told = Pairs.from_table(
        pl.DataFrame(
            {
                "left_shop": [shared["shop"][0]],
                "left_id": [shared["id"][0]],
                "right_shop": [shared["shop"][1]],
                "right_id": [shared["id"][1]],
                "label": [0],
            }
        )
    )
    space.pairs = told
    assert space.cluster().equals(table)
    revised = space.cluster(revise=True).join(shared.select("shop", "id"), ["shop", "id"])
    assert revised["cluster_id"].n_unique() == 2
    assert shared["cluster_id"][0] in revised["cluster_id"]


def test_dedupe_lists_groups_of_all_shops_and_of_one(space: Space) -> None:
    groups = space.dedupe()
    assert groups.columns == ["cluster_id", "shop", "id", "title", "price", "size", "confidence"]
    assert (groups.group_by("cluster_id").len()["len"] >= 2).all()
    twice = space.catalog.table.head(1).with_columns(pl.lit("copy").alias("id"))
    doubled = fit(Catalog.from_table(pl.concat([space.catalog.table, twice])), preset="fast")
    shop = twice["shop"][0]
    found = doubled.dedupe(shop)
    assert set(found["shop"]) == {shop}
    assert "copy" in found["id"]
    doubled.cluster(one_per_shop=True)
    assert "copy" in doubled.dedupe(shop)["id"], "repeats are found in spite of one per shop"
    with pytest.raises(CatalogError, match="no shop 'nowhere'"):
        space.dedupe("nowhere")


def test_equal_trade_item_numbers_put_together_what_texts_do_not() -> None:
    rows = [
        ("a", "1", "blue lamp of glass", "4006381333931"),
        ("b", "1", "lampe bleue en verre", "4006381333931"),
    ]
    rows += [("a", "2", "garden chair", None), ("b", "2", "toothbrush", None)]
    table = pl.DataFrame(rows, schema=["shop", "id", "title", "gtin"], orient="row")
    titled = pl.concat(
        [table, table.with_columns(pl.col("id") + "x", gtin=None, title=pl.lit("lamp of glass"))]
    )
    space = fit(Catalog.from_table(titled), preset="fast")
    found = clusters_of(space)
    assert found.ids[0] == found.ids[1]
    assert found.ids[2] != found.ids[3]


def test_one_product_is_one_cluster_and_empty_titles_stay_apart() -> None:
    single = fit(
        Catalog.from_table(pl.DataFrame({"shop": ["a"], "id": ["1"], "title": ["lamp"]})), preset="fast"
    )
    assert single.cluster()["size"].to_list() == [1]
    assert single.dedupe().is_empty()
    empty = pl.DataFrame({"shop": ["a", "b"], "id": ["1", "1"], "title": ["", ""]})
    assert fit(Catalog.from_table(empty), preset="fast").cluster()["cluster_id"].n_unique() == 2


@pytest.mark.parametrize("name", [IDS, PAIRS])
def test_damaged_clusters_are_refused(space: Space, name: str) -> None:
    space.cluster()
    space.artifacts[name] = b"nothing"
    with pytest.raises(SpaceError, match="stored clusters cannot be read"):
        space.cluster()
