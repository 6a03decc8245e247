import numpy as np
import pytest

from shelfspace.encoders import Listings, bags
from shelfspace.encoders.bags import Bags, bags_of, fit_vocabulary
from shelfspace.encoders.tokens import Kind, tokenize, word_hash
from shelfspace.encoders.vocabulary import N_SHARED_VECTORS

LISTINGS = Listings(
    ["red lamp", "red red lamp x100", "", "白色台灯 lamp", "saw", "lamp-shade 40"],
    ["red lamp for desks", "lamp x100 x100 oak", "oak oak", "台灯 desks", "", "lampshade oak 40"],
)


def slow_bag(name, details):
    """hash → (kind, tf, only in the details) of one listing, said slowly."""
    found = {}
    for text, grams, detail in ((name, True, False), (details, False, True)):
        tokens = tokenize([text], grams=grams)
        counted = {}
        for token, kind in zip(tokens.hash.tolist(), tokens.kind.tolist(), strict=True):
            least, count = counted.get(token, (kind, 0))
            counted[token] = (min(least, kind), count + 1)
        for token, (kind, count) in counted.items():
            first, tf, only = found.get(token, (kind, 1 + np.log(count), detail))
            found[token] = (min(first, kind), tf, only)
    return found


def entries(some, row):
    part = slice(some.offsets[row], some.offsets[row + 1])
    columns = (some.token[part], some.vector[part], some.tf[part], some.detail[part])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def everything(some):
    return [entries(some, row) for row in range(some.n)]


@pytest.fixture
def vocabulary():
    return fit_vocabulary(LISTINGS)


@pytest.fixture
def made(vocabulary):
    return bags_of(LISTINGS, vocabulary)


def test_bags_are_those_of_a_slow_reference(made, vocabulary):
    for row, texts in enumerate(zip(LISTINGS.names, LISTINGS.details, strict=True)):
        expected = []
        for token, (kind, tf, detail) in sorted(slow_bag(*texts).items()):
            number = int(np.searchsorted(vocabulary.hash, np.uint64(token)))
            known = number < len(vocabulary) and vocabulary.hash[number] == token
            vector = vocabulary.vector_rows[number] if known else len(vocabulary) + token % N_SHARED_VECTORS
            expected.append((number if known else len(vocabulary) + kind, vector, pytest.approx(tf), detail))
        assert entries(made, row) == expected


def test_the_vocabulary_counts_listings_not_occurrences(vocabulary):
    place = np.searchsorted(vocabulary.hash, np.uint64(word_hash("oak")))
    assert vocabulary.hash[place] == word_hash("oak")
    assert vocabulary.count[place] == 3
    assert vocabulary.n_texts == 6


def test_details_do_not_repeat_the_tokens_of_the_name(made, vocabulary):
    number = vocabulary.lookup(np.array([word_hash("lamp")], np.uint64), np.array([Kind.WORD], np.int8))[0]
    assert [entry[2:] for entry in entries(made, 0) if entry[0] == number] == [(1.0, False)]
    assert len(np.unique(made.token[made.offsets[0] : made.offsets[1]])) <= made.offsets[1]
    assert made.detail[made.offsets[2] : made.offsets[3]].all(), "without a name all is details"
    assert not made.detail[made.offsets[4] : made.offsets[5]].any()


def test_details_have_no_grams(made, vocabulary):
    assert not (vocabulary.kinds[made.token[made.detail]] == Kind.GRAM).any()
    assert (vocabulary.kinds[made.token[~made.detail]] == Kind.GRAM).any()


def test_dtypes_and_order_are_as_promised(made):
    assert [getattr(made, name).dtype for name in ("offsets", "token", "vector", "tf", "detail")] == [
        np.int64,
        np.int32,
        np.int32,
        np.float32,
        np.bool_,
    ]
    assert np.array_equal(made.rows(), np.repeat(np.arange(6), np.diff(made.offsets)))


@pytest.mark.parametrize("rows", [[], [2], [5, 0, 0, 3, 2], [0, 1, 2, 3, 4, 5]], ids=str)
def test_take_gives_the_listings_asked_for(made, rows):
    taken = made.take(np.array(rows, np.int64))
    assert everything(taken) == [entries(made, row) for row in rows]
    assert taken.offsets.dtype == np.int64


def test_keep_leaves_entries_out_and_listings_in(made):
    kept = np.random.default_rng(0).random(len(made.token)) < 0.5
    thin = made.keep(kept)
    places = [np.flatnonzero(made.rows() == row) for row in range(6)]
    expected = [
        [entry for entry, place in zip(entries(made, row), places[row], strict=True) if kept[place]]
        for row in range(6)
    ]
    assert everything(thin) == expected
    assert made.keep(np.zeros(len(kept), bool)).n == 6


def test_concat_lays_bags_end_to_end(made):
    both = Bags.concat([made.take(np.array([4, 2])), made.take(np.array([], np.int64)), made])
    assert everything(both) == [entries(made, 4), entries(made, 2), *everything(made)]


def test_thinned_loses_about_as_much_as_told(vocabulary):
    many = bags_of(LISTINGS, vocabulary).take(np.random.default_rng(0).integers(0, 6, 4000))
    thin = many.thinned(np.random.default_rng(1), 0.3, 0.5)
    share = (~thin.detail).sum() / (~many.detail).sum()
    assert share == pytest.approx(0.7, abs=0.01)
    assert thin.detail.sum() / many.detail.sum() == pytest.approx(0.7 * 0.5, abs=0.02)
    bare = many.thinned(np.random.default_rng(1), 0, 0.5)
    had, has = (np.bincount(some.rows(), some.detail, many.n) for some in (many, bare))
    assert ((has == had) | (has == 0)).all(), "details go all at once"


def test_thinned_by_nothing_is_the_same_and_a_seed_decides(made):
    assert everything(made.thinned(np.random.default_rng(0), 0, 0)) == everything(made)
    first, again = (everything(made.thinned(np.random.default_rng(3), 0.5, 0.5)) for _ in range(2))
    assert first == again


def test_chunks_change_nothing(made, vocabulary, monkeypatch):
    monkeypatch.setattr(bags, "_CHUNK", 2)
    assert np.array_equal(fit_vocabulary(LISTINGS).hash, vocabulary.hash)
    assert np.array_equal(fit_vocabulary(LISTINGS).count, vocabulary.count)
    assert everything(bags_of(LISTINGS, vocabulary)) == everything(made)


def test_no_listings_make_no_bags(vocabulary):
    none = bags_of(Listings([], []), vocabulary)
    assert (none.n, len(none.token), len(none.rows())) == (0, 0, 0)
    empty = bags_of(Listings.of_texts(["", ""]), fit_vocabulary(Listings([], [])))
    assert everything(empty) == [[], []]
