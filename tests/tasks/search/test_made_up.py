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


def test_an_empty_catalogue_gives_no_queries(shelf_space):
    empty = Space(Catalog.concat([]), shelf_space.encoder, np.zeros((0, shelf_space.dim), np.float32))
    assert len(made_up_queries(reader_of(empty), 10)) == 0
