import numpy as np

from shelfspace.data.catalog import Catalog
from shelfspace.space.space import Space
from shelfspace.tasks.search.made_up import made_up_queries, with_all_words
from shelfspace.tasks.search.signals import reader_of


def test_products_with_all_the_words_fit(shelf_space):
    reader = reader_of(shelf_space)
    made = made_up_queries(reader, 50, seed=1)
    assert len(made) == 50
    assert made.texts == made_up_queries(reader, 50, seed=1).texts
    assert made.texts != made_up_queries(reader, 50, seed=2).texts
    assert (np.diff(made.starts) > 0).all()
    names = reader.listings.names
    rows = with_all_words(reader.words, "crimson lamp")
    assert rows.tolist() == [row for row, name in enumerate(names) if "crimson lamp" in name]
    assert len(with_all_words(reader.words, "crimson zeppelin")) == 0
    assert len(with_all_words(reader.words, "")) == 0


def test_attributes_are_asked_for_too(shelf, make_space):
    """Colours and kinds stand in the feed's own columns, "Things > lamp", and no title tells the colour."""
    told = shelf.with_columns(
        ("Things > " + shelf["kind"]).alias("product_type"),
        ("Tone: " + shelf["colour"]).alias("product_detail"),
    )
    reader = reader_of(make_space(told.drop("kind", "colour")))
    made = made_up_queries(reader, 100, seed=0)
    words = [set(text.split()) for text in made.texts]
    asked = [query for query, said in enumerate(words) if "red" in said]
    assert len(asked) > 2
    for query in asked:
        fitting = made.items[made.starts[query] : made.starts[query + 1]]
        assert (told["colour"].to_numpy()[fitting] == "red").all()
    assert not any("tone" in said for said in words)


def test_an_empty_catalogue_gives_no_queries(shelf_space):
    empty = Space(Catalog.concat([]), shelf_space.encoder, np.zeros((0, shelf_space.dim), np.float32))
    assert len(made_up_queries(reader_of(empty), 10)) == 0
