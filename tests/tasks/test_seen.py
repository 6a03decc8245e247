"""A space that was fitted with photos: asked by words, by photos, and after it was saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import shelfspace
from shelfspace import Catalog, Space
from shelfspace.data.synthetic.drawn import Drawn, drawn
from shelfspace.errors import OptionError

N = 300


def what(title: str) -> str:
    """Everything but the maker, whom no photo shows."""
    return " ".join(title.split()[1:])


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("photos")


@pytest.fixture(scope="module")
def new(photos: Path) -> Drawn:
    made = drawn(60, seed=7)
    made.write(photos, "new")
    return made


@pytest.fixture(scope="module")
def space(photos: Path) -> Space:
    """Of the products 0 has a link that leads nowhere, 1 none, 2 no title."""
    made = drawn(N)
    made.write(photos, "shop")
    at = pl.int_range(pl.len())
    link = pl.when(at == 0).then(pl.lit("shop/none.png")).when(at != 1).then(pl.col("image_link"))
    table = made.table().with_columns(
        link.alias("image_link"), pl.when(at != 2).then(pl.col("title")).alias("title")
    )
    return shelfspace.fit(Catalog.from_table(table), preset="fast", images=photos)


def test_every_product_has_a_vector_whatever_it_lacks(space: Space) -> None:
    assert np.allclose(np.linalg.norm(space.vectors, axis=1), 1, atol=1e-5)
    seen, read = space.photo_vectors, space.text_vectors
    assert seen is not None
    assert np.flatnonzero(~seen.any(axis=1)).tolist() == [0, 1]
    assert np.flatnonzero(~read.any(axis=1)).tolist() == [2]
    assert space.figures["photos"] == N - 2


def test_missing_photos_are_told(space: Space) -> None:
    rejects = space.catalog.rejects
    assert rejects["value"].to_list() == ["shop/none.png"]
    assert rejects["action"].to_list() == ["photo left out"]


def test_a_photo_finds_its_like(space: Space, photos: Path, new: Drawn) -> None:
    known = {what(title) for title in space.catalog.table["title"].drop_nulls()}
    hits = []
    for number, title in enumerate(new.titles):
        if what(title) in known:
            found = space.search(image=photos / "new" / f"{number}.png", k=5)
            hits.append(what(title) in {what(each or " ") for each in found["title"]})
    assert len(hits) > 20
    assert np.mean(hits) > 0.95


def test_a_photo_finds_bare_texts_and_a_text_bare_photos(space: Space, photos: Path, new: Drawn) -> None:
    titles = space.embed(new.titles)
    shown = space.embed_photos([photos / "new" / f"{number}.png" for number in range(len(new.titles))])
    kinds = np.array([what(title) for title in new.titles])
    for scores in (titles @ shown.T, shown @ titles.T):
        best = np.argsort(-scores, axis=1)[:, :3]
        assert (kinds[best] == kinds[:, None]).any(axis=1).mean() > 0.9


def test_words_beside_a_photo_move_the_answer(space: Space, photos: Path, new: Drawn) -> None:
    photo = photos / "new" / "0.png"
    color = next(color for color in ("red", "blue") if color not in new.titles[0])
    found = space.search(f"{color} {color} {color}", image=photo, k=5)
    assert color in " ".join(found["title"])
    assert found["score"].is_sorted(descending=True)
    only = space.search(image=photo, k=5, where="id < '2'")
    assert (only["id"] < "2").all()


def test_a_photo_as_bytes_is_the_photo(space: Space, photos: Path) -> None:
    photo = photos / "shop" / "9.png"
    assert space.search(image=photo.read_bytes()).equals(space.search(image=photo))


@pytest.mark.parametrize("photo", ["none.png", b"nothing"])
def test_a_photo_that_cannot_be_read_is_refused(space: Space, photo: str | bytes) -> None:
    with pytest.raises(OptionError, match="cannot be read"):
        space.search(image=photo)


def test_a_space_of_texts_takes_no_photos(photos: Path) -> None:
    bare = shelfspace.fit(Catalog.from_table(drawn(20).table()), preset="fast")
    assert bare.photo_vectors is None
    assert bare.text_vectors is bare.vectors
    with pytest.raises(OptionError, match="reads texts only"):
        bare.search(image=photos / "shop" / "9.png")
    with pytest.raises(OptionError, match="fitted without"):
        bare.add(Catalog.from_table(drawn(3).table("more")), images=photos)


def test_it_reopens_as_it_was(space: Space, photos: Path, new: Drawn, tmp_path: Path) -> None:
    space.save(tmp_path / "shelf")
    again = shelfspace.load(tmp_path / "shelf")
    assert np.array_equal(again.vectors, space.vectors)
    photo = photos / "new" / "3.png"
    assert again.search(image=photo).equals(space.search(image=photo))
    assert np.array_equal(again.photo_vectors, space.photo_vectors)


def test_added_products_bring_their_photos(space: Space, photos: Path, new: Drawn) -> None:
    catalog = Catalog.from_table(new.table("new"))
    larger = space.add(catalog, images=photos).space
    assert larger.photo_vectors is not None
    assert larger.photo_vectors[N:].any(axis=1).all()
    found = larger.search(image=photos / "new" / "5.png", k=1)
    assert found["shop"].to_list() == ["new"]
    blind = space.add(catalog).space
    assert blind.photo_vectors is not None
    assert not blind.photo_vectors[N:].any()


def test_photos_alone_make_a_space(photos: Path, space: Space) -> None:
    table = drawn(30).table().drop("title")
    bare = shelfspace.fit(Catalog.from_table(table), preset="fast", images=photos)
    assert bare.similar("shop/3", 2)["id"].to_list() != []
    assert bare.search(image=photos / "shop" / "4.png", k=1)["id"].to_list() == ["4"]


def test_links_that_lead_nowhere_are_refused(photos: Path, tmp_path: Path) -> None:
    catalog = Catalog.from_table(drawn(5).table())
    with pytest.raises(OptionError, match="None of 5 links leads to a photo"):
        shelfspace.fit(catalog, preset="fast", images=tmp_path)
    with pytest.raises(OptionError, match="No product has an image_link"):
        shelfspace.fit(Catalog.from_table(drawn(5).table().drop("image_link")), preset="fast", images=photos)
    with pytest.raises(OptionError, match="folder of photos"):
        shelfspace.fit(catalog, preset="fast", images=tmp_path / "none")
