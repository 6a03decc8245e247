from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.data.events import EVENTS_SCHEMA, Events
from shelfspace.data.synthetic import Shopping
from shelfspace.errors import OptionError
from shelfspace.evaluation.clusterings import adjusted_rand
from shelfspace.tasks.shoppers.segments import Segments
from shelfspace.tasks.shoppers.shoppers import Shoppers


@pytest.fixture(scope="module")
def segments(shoppers: Shoppers) -> Segments:
    return shoppers.segments()


def test_the_planted_segments_are_found_and_as_many(
    segments: Segments, made: Shopping, planted: np.ndarray
) -> None:
    assert len(segments) == 4
    assert adjusted_rand(made.later[planted], segments.labels) > 0.7


def test_a_description_names_what_the_segment_likes(
    segments: Segments, made: Shopping, planted: np.ndarray
) -> None:
    kinds = made.catalog.table["product_type"].to_numpy()
    for number, table in enumerate(segments.traits):
        taste = np.bincount(made.later[planted][segments.labels == number]).argmax()
        others = np.delete(made.chances, taste, axis=0).mean(axis=0)
        told = table.filter(kind="category")["value"].to_list()
        assert told
        for value in told[:3]:
            within = np.array([kind.startswith(value) for kind in kinds])
            assert made.chances[taste][within].sum() > 1.5 * others[within].sum()
            assert value in segments.description(number)


def test_tables_have_a_row_a_segment_and_a_row_a_trait(segments: Segments) -> None:
    table = segments.table()
    assert table["users"].to_list() == sorted(np.bincount(segments.labels), reverse=True)
    assert table["share"].sum() == pytest.approx(1)
    assert table["closeness"].min() > 0.5  # type: ignore[operator]
    traits = segments.trait_table()
    assert traits["segment"].to_list() == sorted(traits["segment"])
    assert (traits["lift"] > 1).all()


def test_a_given_number_is_kept(shoppers: Shoppers) -> None:
    found = shoppers.segments(2)
    assert len(found) == 2
    assert found.strengths == {}
    with pytest.raises(OptionError, match="1 or more"):
        shoppers.segments(0)


def test_one_user_or_none_is_one_segment_or_none(made: Shopping) -> None:
    one = Events(made.events.table.filter(user_id="u0"))
    found = Shoppers.of_events(one, made.catalog, made.vectors).segments()
    assert (len(found), found.labels.tolist()) == (1, [0])
    assert found.description(0) == "nothing that sets it apart"
    none = Shoppers.of_events(Events(pl.DataFrame(schema=EVENTS_SCHEMA)), made.catalog, made.vectors)
    assert len(none.segments()) == 0
    assert none.segments().table().height == none.segments().trait_table().height == 0
    assert none.drift().height == 0


def test_products_without_attributes_make_segments_without_words(made: Shopping, shoppers: Shoppers) -> None:
    bare = Catalog.from_table(made.catalog.table.select("shop", "id"))
    found = Shoppers(bare, shoppers.vectors, shoppers.users, shoppers.histories).segments(3)
    assert [found.description(i) for i in range(3)] == ["nothing that sets it apart"] * 3
    assert json.dumps(found.table().to_dicts())
