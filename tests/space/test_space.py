from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from shelfspace.encoders.listing import Listings
from shelfspace.errors import CatalogError, OptionError, SpaceError
from shelfspace.space.space import Space


def test_embeds_as_its_encoder_does(space):
    texts = ["Bose QC45", ""]
    vectors = space.embed(texts)
    np.testing.assert_array_equal(vectors, space.encoder.encode(Listings.of_texts(texts)))
    assert not vectors[1].any()


def test_neighbours_of_its_own_products(space):
    found = space.neighbours(space.vectors[:2], 2, exclude=np.array([0, 1]))
    assert found.ids.shape == (2, 2)
    assert space.neighbours(space.vectors[:1], 1, rows=np.array([4])).ids.tolist() == [[4]]


def test_filters_and_references(space):
    assert space.rows_where("price < 300 and brand = 'sony'").tolist() == [1]
    assert space.row("west/9") == 4
    with pytest.raises(CatalogError, match="'east/1', 'west/1'"):
        space.row("1")
    with pytest.raises(OptionError, match="columns"):
        space.rows_where("colour = 1")


def test_parts_are_made_once_even_by_many_threads(space):
    made = []
    threads = [
        threading.Thread(target=space.part, args=("x", lambda: made.append(1) or "part")) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert space.part("x", lambda: "other") == "part"
    assert made == [1]


def test_the_index_is_built_once(space):
    assert space.index is space.index


def test_parts_that_do_not_belong_together_are_refused(space):
    for vectors, reason in [
        (space.vectors[:3], "5 products"),
        (space.vectors.astype(np.float64), "float64"),
        (space.vectors[:, :8].copy(), "shape"),
        (space.vectors * 2, "another length"),
        (np.full_like(space.vectors, np.nan), "another length"),
    ]:
        with pytest.raises(SpaceError, match=reason):
            Space(space.catalog, space.encoder, vectors)


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "Upper", "x" * 101, "a\n"])
def test_artifact_names_stay_inside_their_folder(space, name, tmp_path):
    with pytest.raises(OptionError, match="artifact"):
        replace(space, artifacts={name: b""})
    space.artifacts[name] = b""
    with pytest.raises(OptionError, match="artifact"):
        space.save(tmp_path / "space")


def test_an_empty_space_answers_with_nothing(encoder):
    from shelfspace.data.catalog import Catalog

    space = Space(Catalog.concat([]), encoder, np.zeros((0, encoder.dim), np.float32))
    assert (space.neighbours(space.embed(["x"]), 3).ids == -1).all()
    assert space.rows_where("price < 5").tolist() == []
