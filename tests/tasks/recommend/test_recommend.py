from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shelfspace.data import read_catalog
from shelfspace.errors import CatalogError, OptionError, SpaceError
from shelfspace.space import Space, load
from shelfspace.tasks.recommend.adviser import Learned, adviser_of
from shelfspace.tasks.recommend.filters import in_stock
from shelfspace.tasks.recommend.observe import histories_of


def keys(found: pl.DataFrame) -> list[str]:
    return [f"{shop}/{identifier}" for shop, identifier in found.select("shop", "id").rows()]


def taken_by(space: Space, user: str) -> set[str]:
    return set(space.events.table.filter(pl.col("user_id") == user)["id"])


def test_a_user_gets_k_products_that_fit_their_taste(made, shop):
    hits, chance = [], []
    for number in range(40):
        found = shop.recommend(f"u{number}", k=10)
        assert found.columns == ["shop", "id", "title", "brand", "price", "score", "because"]
        assert found.height == 10
        assert found["score"].is_sorted(descending=True)
        rows = [shop.row(key) for key in keys(found)]
        hits.append(made.chances[made.later[number]][rows].mean())
        chance.append(made.chances[made.later[number]].mean())
    assert np.mean(hits) > 1.5 * np.mean(chance)


def test_nothing_taken_or_sold_out_comes_unless_asked_for(shop):
    found = shop.recommend("u3", k=60)
    assert not set(found["id"]) & taken_by(shop, "u3")
    stocked = in_stock(shop.catalog)
    assert not stocked.all()
    assert all(stocked[shop.row(key)] for key in keys(found))
    everything = shop.recommend("u3", k=len(shop), seen=True, unavailable=True)
    assert everything.height == len(shop)
    assert shop.recommend("u3", k=len(shop)).height < len(shop)


def test_a_filter_leaves_k_products_where_so_many_pass(shop):
    middle = shop.catalog.table["price"].median()
    found = shop.recommend("u3", k=15, where=f"price < {middle}")
    assert found.height == 15
    assert (found["price"] < middle).all()
    assert shop.recommend("u3", where="price < 0").height == 0


def test_because_names_a_product_of_the_history(shop):
    history = ["10", "20"]
    names = shop.catalog.table["id"].to_list()
    history = [names[3], names[40]]
    titles = {shop.catalog.table["title"][row] for row in (3, 40)}
    found = shop.recommend(history=history, k=5)
    assert set(found["because"]) <= titles
    assert shop.recommend(history=[], k=5)["because"].null_count() == 5


def test_variety_makes_a_list_less_alike(shop):
    def alike(diversity: float) -> float:
        rows = [shop.row(key) for key in keys(shop.recommend("u5", k=10, diversity=diversity))]
        cosines = shop.vectors[rows] @ shop.vectors[rows].T
        return float(cosines[np.triu_indices(10, 1)].mean())

    assert alike(0.9) < alike(0.0)


def test_a_new_user_is_served_by_what_everybody_takes(shop):
    unknown = shop.recommend("nobody at all", k=20)
    assert unknown.height == 20
    popular = shop.events.table["id"].value_counts(sort=True)["id"].head(40)
    assert len(set(unknown["id"]) & set(popular)) > 10


def test_an_observed_event_counts_at_once_and_is_kept(made, tmp_path: Path):
    from shelfspace.tasks.fit import fit

    space = fit(made.catalog, events=made.events, preset="fast")
    first = space.recommend("someone new", k=5)
    clicked = first["id"][0]
    space.recommend("someone new", k=5)  # what is made ready once is ready
    began = time.perf_counter()
    assert space.observe([{"user_id": "someone new", "id": clicked, "event": "view"}]) == 1
    after = space.recommend("someone new", k=5)
    assert time.perf_counter() - began < 0.5  # 0.05 is asked for where nothing else runs
    assert clicked not in after["id"].to_list()
    assert set(after["because"]) == {first["title"][0]}
    assert space.observe([{"user_id": "u0", "id": "no such product"}]) == 0
    space.save(tmp_path / "shelf")
    again = load(tmp_path / "shelf")
    assert again.recommend("someone new", k=5).equals(after)
    assert again.recommend("u7").equals(space.recommend("u7"))


def test_a_product_that_nobody_has_taken_is_recommended_by_what_is_like_it(shop):
    """A twin of a much taken product, added afterwards, stands near it in the lists."""
    row = int(adviser_of(shop).learned.popularity.argmax())
    twin = shop.catalog.table[row].with_columns(id=pl.lit("twin"))
    larger = shop.add(read_catalog(twin)).space
    assert len(larger) == len(shop) + 1
    likes = [u for u in histories_of(shop).users if shop.catalog.table["id"][row] in taken_by(shop, u)][:20]
    lists = [larger.recommend(u, k=len(larger), unavailable=True)["id"].to_list() for u in likes]
    places = [found.index("twin") for found in lists]
    assert np.median(places) < len(larger) / 4


def test_what_cannot_be_answered_is_refused(shop, made):
    with pytest.raises(OptionError, match="Neither a user nor"):
        shop.recommend()
    with pytest.raises(OptionError, match="Both a user and"):
        shop.recommend("u1", history=["x"])
    with pytest.raises(OptionError, match="k is 0"):
        shop.recommend("u1", k=0)
    with pytest.raises(OptionError, match="diversity"):
        shop.recommend("u1", diversity=2)
    with pytest.raises(CatalogError, match="no product"):
        shop.recommend(history=["no such product"])
    without = Space(made.catalog, shop.encoder, shop.vectors)
    with pytest.raises(OptionError, match="fitted without events"):
        without.recommend("u1")


def test_what_was_learned_is_refused_where_it_is_damaged(shop):
    artifacts = dict(shop.artifacts)
    del artifacts["recommend-users.parquet"]
    with pytest.raises(SpaceError, match="cannot be read"):
        Learned.from_artifacts(artifacts)


def test_events_of_no_product_teach_nothing(made):
    from shelfspace.data import read_events
    from shelfspace.tasks.fit import fit

    with pytest.raises(OptionError, match="of a product of this space"):
        fit(made.catalog, events=read_events(pl.DataFrame({"user_id": ["u"], "id": ["?"]})), preset="fast")


def test_a_calibrated_list_comes_nearer_to_the_users_own_mix(made, shop):
    from shelfspace.data.interactions import Interactions
    from shelfspace.evaluation.beyond_accuracy import miscalibration
    from shelfspace.tasks.recommend.mixes import category_shares

    shares = category_shares(shop.catalog.table["product_type"].to_list())

    def gap(user: str, **knobs: float) -> float:
        rows = [shop.row(key) for key in keys(shop.recommend(user, k=10, **knobs))]
        items = [shop.row(key) for key in sorted(taken_by(shop, user))]
        history = Interactions.of_rows([0] * len(items), items, n_users=1, n_items=len(shop))
        return miscalibration(np.array([rows]), history, shares)

    users = [f"u{number}" for number in range(20)]
    plain, near = (np.mean([gap(user, calibration=x) for user in users]) for x in (0.0, 0.9))
    assert near < 0.7 * plain


def test_a_list_is_re_ordered_by_one_knob(shop):
    with pytest.raises(OptionError, match="one of them"):
        shop.recommend("u1", diversity=0.2, calibration=0.2)
    with pytest.raises(OptionError, match="between 0 and 1"):
        shop.recommend("u1", calibration=2)
