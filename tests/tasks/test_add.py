from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.data.readers.read_catalog import read_catalog
from shelfspace.data.schema import ALIAS
from shelfspace.data.synthetic import many_shops
from shelfspace.errors import OptionError
from shelfspace.evaluation.clusterings import pairwise_f1
from shelfspace.space.space import Space
from shelfspace.tasks.add import add
from shelfspace.tasks.clusters import clusters_of, teacher
from shelfspace.tasks.clusters.clusters import IDS
from shelfspace.tasks.fit import fit
from shelfspace.tasks.match.matcher import artifact_name
from shelfspace.tasks.match.tuned import VECTORS
from shelfspace.views.aliases import ALIASES


@pytest.fixture(scope="module", autouse=True)
def small_worlds():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(teacher, "WORLDS", ((500, 4, 1.8, True), (200, 12, 4.0, False)))
        patch.setattr(teacher, "_ROUNDS", 120)
        yield


@pytest.fixture(scope="module")
def shops() -> pl.DataFrame:
    return many_shops(220, 9, offers=2.6, seed=9)


@pytest.fixture(scope="module")
def catalog(shops: pl.DataFrame) -> Catalog:
    return read_catalog(shops.drop("product"))


def part(catalog: Catalog, start: int, end: int) -> Catalog:
    return catalog.take(np.arange(start, min(end, len(catalog))))


@pytest.fixture(scope="module")
def begun(catalog: Catalog) -> Space:
    """A space of the first 300 offers, clustered."""
    space = fit(part(catalog, 0, 300), preset="fast")
    space.cluster()
    return space


def ids_of(space: Space) -> dict[tuple[str, str], str]:
    table = clusters_of(space).table
    return {(shop, one): cluster for shop, one, cluster in table.select("shop", "id", "cluster_id").rows()}


def test_batches_come_close_to_all_at_once_and_no_id_changes(
    begun: Space, catalog: Catalog, shops: pl.DataFrame
) -> None:
    space, before = begun, ids_of(begun)
    for start in range(300, len(catalog), 120):
        added = add(space, part(catalog, start, start + 120))
        now = ids_of(added.space)
        assert {key: now[key] for key in before} == before
        assert added.new == len(added.space) - len(space)
        space, before = added.space, now
    assert space.catalog.table.equals(catalog.table)
    whole = fit(catalog, preset="fast")
    together, apart = clusters_of(whole), clusters_of(space)
    truth = shops["product"].to_numpy()
    assert pairwise_f1(together.labels, apart.labels) > 0.75
    assert pairwise_f1(truth, apart.labels) > pairwise_f1(truth, together.labels) - 0.1
    revised = clusters_of(space, revise=True)
    assert pairwise_f1(together.labels, revised.labels) >= pairwise_f1(together.labels, apart.labels) - 0.02


def test_the_space_that_is_added_to_stays_as_it_is(begun: Space, catalog: Catalog) -> None:
    size, kept = len(begun), begun.artifacts[IDS]
    add(begun, part(catalog, 300, 330))
    assert len(begun) == size
    assert begun.artifacts[IDS] == kept


def test_known_products_are_replaced_and_keep_their_cluster(begun: Space, catalog: Catalog) -> None:
    old = begun.catalog.table.head(3)
    changed = old.with_columns(pl.Series("title", ["a violin of maple wood", *old["title"][1:]]))
    added = add(begun, Catalog.from_table(changed))
    assert (added.new, added.updated, len(added.space)) == (0, 3, len(begun))
    assert added.space.catalog.table["title"][0] == "a violin of maple wood"
    assert not np.allclose(added.space.vectors[0], begun.vectors[0])
    assert np.array_equal(added.space.vectors[1:], begun.vectors[1:])
    assert ids_of(added.space) == ids_of(begun)


def test_what_no_longer_fits_is_suggested_as_a_split(begun: Space) -> None:
    table = clusters_of(begun).table.filter(pl.col("size") == 2).sort("confidence", descending=True)
    victim = table.head(1)
    changed = begun.catalog.table.join(victim.select("shop", "id"), ["shop", "id"], maintain_order="left")
    changed = changed.filter(
        pl.struct("shop", "id").is_in(victim.select(pl.struct("shop", "id")).to_series().implode())
    )
    changed = changed.with_columns(pl.lit("a violin of maple wood 4006").alias("title"))
    added = add(begun, Catalog.from_table(changed))
    row = victim.row(0, named=True)
    assert ids_of(added.space)[row["shop"], row["id"]] == row["cluster_id"]
    splits = added.suggested.filter(pl.col("change") == "split")
    revised = added.space.cluster(revise=True).filter(pl.col("cluster_id") == row["cluster_id"])
    assert revised.height == 1
    assert splits.is_empty() or "/" in splits["example"][0]


def test_a_copy_joins_and_a_stranger_stands_alone(begun: Space) -> None:
    copy = begun.catalog.table.head(1).with_columns(pl.lit("elsewhere").alias("shop"))
    stranger = pl.DataFrame({"shop": ["elsewhere"], "id": ["s"], "title": ["qqq zzz 99x"]})
    added = add(begun, Catalog.from_table(pl.concat([copy, stranger], how="diagonal")))
    ids = ids_of(added.space)
    assert ids["elsewhere", copy["id"][0]] == ids[begun.catalog.table["shop"][0], copy["id"][0]]
    assert list(ids.values()).count(ids["elsewhere", "s"]) == 1
    assert added.joined == 1


def test_bridges_suggest_a_merge_and_make_none(begun: Space) -> None:
    added = add(begun, part(begun.catalog, 0, 5))
    assert set(added.suggested["change"].unique()) <= {"merge", "split"}
    assert added.suggested.columns == ["change", "cluster_ids", "offers", "probability", "example"]


def test_without_clusters_there_is_nothing_to_keep(catalog: Catalog) -> None:
    space = fit(part(catalog, 0, 20), preset="fast")
    added = space.add(part(catalog, 20, 25))
    assert IDS not in added.space.artifacts
    assert added.suggested.is_empty()
    assert len(added.space) == 25


def test_stored_matches_are_those_of_the_present_products(catalog: Catalog) -> None:
    shops = catalog.shops[:2]
    two = catalog.take(np.concatenate([catalog.rows_of_shop(shop) for shop in shops]))
    space = fit(two, preset="fast")
    title = "Quozaphon XR-77120 cordless drill 18 V"
    new = pl.DataFrame({"shop": shops, "id": ["new"] * 2, "title": [title, title + " blue case"]})
    added = space.add(Catalog.from_table(new))
    found = added.space.match(*shops, threshold=0.0)
    assert ("new", "new") in found.select("left_id", "right_id").rows()


def test_nothing_to_add_is_refused(begun: Space) -> None:
    with pytest.raises(OptionError, match="no products to add"):
        add(
            begun,
            Catalog.from_table(
                pl.DataFrame({"shop": [], "id": []}, schema={"shop": pl.String, "id": pl.String})
            ),
        )


def test_matches_of_a_fine_tuned_text_model_are_given_up(catalog: Catalog) -> None:
    two = catalog.take(np.flatnonzero(catalog.table["shop"].is_in(catalog.shops[:2]).to_numpy()))
    space = fit(two.take(np.arange(len(two) - 1)), preset="fast")
    name = artifact_name(*space.catalog.shops)
    space.artifacts[f"{name}.{VECTORS}"] = b"vectors of the products that there were"
    larger = add(space, two.take(np.arange(len(two) - 1, len(two)))).space
    assert not [kept for kept in larger.artifacts if kept.startswith(name)]
    assert f"{name}.json" in space.artifacts


def test_what_is_added_is_called_as_the_space_has_learned() -> None:
    first = {"shop": "en", "id": ["1", "2"], "title": ["mask", "cup"], "brand": ["Laneige/兰芝", "acme"]}
    space = fit(Catalog.from_table(pl.DataFrame(first)), preset="fast")
    assert ALIASES in space.artifacts
    more = pl.DataFrame({"shop": "zh", "id": ["4"], "title": ["兰芝 面膜"]})
    added = add(space, Catalog.from_table(more)).space
    assert "laneige" in added.catalog.table.row(2, named=True)[ALIAS]
