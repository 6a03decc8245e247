from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest

from shelfspace.encoders import Listings
from shelfspace.encoders.bags import bags_of, fit_vocabulary
from shelfspace.encoders.lexical import lexical_matrix, lexical_neighbours
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.tokens import normalise
from shelfspace.training.recipe import TextRecipe
from shelfspace.training.text import TextLesson, choose_text, learn_text, text_plan
from shelfspace.views.text import looks

N = 300  # products, each in both shops
COLOURS = {"black": "noir", "white": "blanc", "red": "rouge", "green": "vert", "blue": "azur", "grey": "gris"}
KINDS = ["kettle", "toaster", "drill", "lamp", "chair", "phone"]
JUNK = (["warranty", "shipped", "uk", "stock"], ["livraison", "gratuite", "neuf", "promo"])
ROWS = np.arange(N)


def planted(seed=0):
    """Names of N products in shop 0, then in shop 1, which says colours in its own words.

    Products of a kind and series differ by colour and size alone, and each shop adds its own advertising, so
    shared words mislead and only what pairs teach tells the products apart.
    """
    rng = Random(seed)
    sizes = [f"{size}cm" for size in range(10, 50, 5)]
    products = list(product(KINDS, [f"series{number}" for number in range(6)], COLOURS, sizes))
    left, right = [], []
    for kind, series, colour, size in rng.sample(products, N):
        for names, said, junk in ((left, colour, JUNK[0]), (right, COLOURS[colour], JUNK[1])):
            words = [kind, series, said, size, *rng.sample(junk, 2)]
            rng.shuffle(words)
            names.append(normalise(" ".join(words)))
    return Listings([*left, *right], [""] * (2 * N))


@pytest.fixture(scope="module")
def listings():
    return planted()


@pytest.fixture(scope="module")
def closed(listings):
    return StaticTextEncoder.closed_form(fit_vocabulary(listings), dim=128)


@pytest.fixture(scope="module")
def lesson(listings, closed):
    """Two thirds of the products as labelled pairs."""
    bags = bags_of(listings, closed.vocabulary)
    matrix = lexical_matrix(bags, closed.vocabulary, closed.entry_weights(bags))
    positives = np.stack([ROWS, ROWS + N], axis=1)[: 2 * N // 3]
    return TextLesson(bags, np.repeat([0, 1], N), positives, lexical_neighbours(matrix, matrix, 10))


HELD_OUT = np.stack([ROWS, ROWS + N], axis=1)[2 * N // 3 :]


def recall(encoder, lesson, pairs=HELD_OUT):
    """The share of pairs whose right listing is the nearest of its shop."""
    vectors = encoder.encode_bags(lesson.bags)
    nearest = (vectors[pairs[:, 0]] @ vectors[N:].T).argmax(axis=1) + N
    return (nearest == pairs[:, 1]).mean()


@pytest.fixture(scope="module")
def learned(closed, lesson):
    return learn_text(closed, lesson, TextRecipe(steps=150), seed=0)


def test_recall_of_unseen_pairs_climbs_clearly(closed, lesson, learned):
    before, after = recall(closed, lesson), recall(learned[0], lesson)
    assert before < 0.5
    assert after > 0.95


def test_it_learns_that_two_words_mean_one_colour_and_that_junk_means_nothing(closed, learned):
    encoder = learned[0]
    words = encoder.encode(Listings.of_texts(["black", "noir", "rouge"]))
    assert words[0] @ words[1] > words[0] @ words[2] + 0.1
    pair = Listings.of_texts(["kettle uk", "kettle"])
    before, after = (np.prod(some.encode(pair), axis=0).sum() for some in (closed, encoder))
    assert after > before


def test_the_history_tells_of_every_epoch(learned):
    history = learned[1]
    assert [epoch.steps for epoch in history.epochs] == [75] * 2
    assert history.epochs[-1].loss < history.epochs[0].loss
    assert not any(epoch.skipped for epoch in history.epochs)


def test_the_same_seed_gives_the_same_encoder(closed, lesson):
    def learn(seed):
        return learn_text(closed, lesson, TextRecipe(steps=6, epochs=2), seed=seed)[0]

    first, again, other = learn(1), learn(1), learn(2)
    assert np.array_equal(first.vectors, again.vectors)
    assert np.array_equal(first.log_weights, again.log_weights)
    assert first.detail_weight == again.detail_weight
    assert not np.array_equal(first.vectors, other.vectors)


def test_the_first_encoder_and_the_lesson_are_left_as_they_were(closed, lesson):
    kept = closed.vectors.copy(), lesson.bags.tf.copy()
    learn_text(closed, lesson, TextRecipe(steps=3, epochs=1), seed=0)
    assert np.array_equal(closed.vectors, kept[0])
    assert np.array_equal(lesson.bags.tf, kept[1])


def test_no_steps_leave_it_as_it_was(closed, lesson):
    encoder, history = learn_text(closed, lesson, TextRecipe(steps=0))
    assert np.array_equal(encoder.vectors, closed.vectors)
    assert np.array_equal(encoder.log_weights, closed.log_weights)
    assert history.epochs == ()


def test_a_better_encoder_is_chosen(closed, lesson, learned):
    chosen, verdict = choose_text(closed, learned[0], lesson, HELD_OUT)
    assert verdict.name != "closed"
    assert verdict.score > verdict.table[0].score
    assert recall(chosen, lesson) > recall(closed, lesson) + 0.2
    assert [trial.name for trial in verdict.table] == ["closed", "quarter", "half", "most", "learned"]


def test_a_worse_encoder_is_never_chosen(closed, lesson):
    heavy = replace(closed, log_weights=-closed.log_weights)
    for worse in (heavy, replace(closed, vectors=np.ones_like(closed.vectors))):
        chosen, verdict = choose_text(closed, worse, lesson, HELD_OUT)
        assert recall(chosen, lesson) >= recall(closed, lesson)
        assert verdict.score >= verdict.table[0].score
    broken = replace(closed, vectors=np.full_like(closed.vectors, np.nan))
    chosen, verdict = choose_text(closed, broken, lesson, HELD_OUT)
    assert verdict.name == "closed"
    assert chosen.vectors is closed.vectors or np.array_equal(chosen.vectors, closed.vectors)


@pytest.mark.parametrize("n", [0, 1])
def test_with_next_to_nothing_held_out_the_closed_form_is_chosen(closed, lesson, learned, n):
    chosen, verdict = choose_text(closed, learned[0], lesson, HELD_OUT[:n])
    assert verdict.name == "closed"
    assert np.array_equal(chosen.vectors, closed.vectors)


def with_looks(listings, closed, lesson, n=2 * N):
    rows = np.arange(n)
    names = [listings.names[row] for row in rows]
    altered, _ = looks(names, [""] * n, [None] * n, np.random.default_rng(0))
    made = bags_of(Listings(altered, [""] * n), closed.vocabulary)
    return replace(lesson, looks=made, look_rows=rows)


NONE = np.empty((0, 2), np.int64)


def test_looks_alone_teach(listings, closed, lesson):
    only = replace(with_looks(listings, closed, lesson), positives=NONE)
    encoder, history = learn_text(closed, only, TextRecipe(steps=20, epochs=2), seed=0)
    assert [epoch.steps for epoch in history.epochs] == [10, 10]
    assert not np.array_equal(encoder.log_weights, closed.log_weights)
    assert history.epochs[-1].loss < history.epochs[0].loss
    assert recall(encoder, lesson) > recall(closed, lesson) - 0.1


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_to_learn_from_changes_nothing_but_is_no_error(listings, closed, lesson, n):
    none = replace(with_looks(listings, closed, lesson, n), positives=NONE)
    encoder, _ = learn_text(closed, none, TextRecipe(steps=2, epochs=1), seed=0)
    assert np.isfinite(encoder.vectors).all()
    assert np.allclose(encoder.vectors, closed.vectors, atol=1e-3)


def test_a_single_pair_is_no_error(closed, lesson):
    one = replace(lesson, positives=lesson.positives[:1], weights=np.ones(1, np.float32))
    encoder, history = learn_text(closed, one, TextRecipe(steps=4, epochs=2), seed=0)
    assert np.isfinite(encoder.vectors).all()
    assert history.epochs[0].steps == 2


def test_neighbours_may_be_missing(closed, lesson):
    near = replace(lesson.neighbours, ids=np.full_like(lesson.neighbours.ids, -1))
    encoder, _ = learn_text(closed, replace(lesson, neighbours=near), TextRecipe(steps=2, epochs=1), seed=0)
    assert np.isfinite(encoder.vectors).all()


@pytest.mark.parametrize("turned", [False, True], ids=["as given", "the other way round"])
def test_labelled_negatives_are_pushed_apart_whichever_way_round(closed, lesson, turned):
    rng = np.random.default_rng(1)
    anchors = np.arange(40)
    negatives = np.stack([anchors, N + rng.permutation(np.arange(200, 240))], axis=1)
    near = replace(lesson.neighbours, ids=np.full_like(lesson.neighbours.ids, -1))
    quiet = replace(lesson, positives=lesson.positives[:40], neighbours=near)
    told = replace(quiet, negatives=negatives[:, ::-1] if turned else negatives)
    recipe = TextRecipe(steps=20, epochs=1)

    def cosine(encoder):
        vectors = encoder.encode_bags(lesson.bags)
        return (vectors[negatives[:, 0]] * vectors[negatives[:, 1]]).sum(axis=1).mean()

    without, after = (cosine(learn_text(closed, some, recipe)[0]) for some in (quiet, told))
    assert after < 0.9 * without


def test_weights_of_nothing_are_not_learned_from(closed, lesson):
    pairs = np.concatenate([lesson.positives, np.stack([ROWS, np.roll(ROWS, 7) + N], axis=1)])
    weights = np.repeat([1, 0], [len(lesson.positives), N]).astype(np.float32)
    mixed = replace(lesson, positives=pairs, weights=weights)
    encoder, _ = learn_text(closed, mixed, TextRecipe(steps=60), seed=0)
    assert recall(encoder, lesson) > recall(closed, lesson) + 0.1


def test_without_takes_labels_away_whichever_way_round(lesson):
    given = replace(lesson, weights=np.arange(200, dtype=np.float32), negatives=np.array([[1, 9], [5, 2]]))
    away = np.array([[N, 0], [3, N + 3], [2, 5], [7, 8]])
    left = given.without(away)
    assert len(left.positives) == len(left.weights) == 198
    assert left.weights[:3].tolist() == [1, 2, 4]
    assert left.negatives.tolist() == [[1, 9]]
    assert len(given.without(NONE).positives) == 200


def test_known_is_symmetric(lesson):
    known = lesson.known()
    assert known.shape == (2 * N, 2 * N)
    assert known[0, N]
    assert known[N, 0]
    assert known.nnz == 400


def test_the_plan_has_at_least_the_steps_asked_for():
    plan = text_plan(TextRecipe(steps=101), seed=3)
    assert plan.epochs * plan.steps_per_epoch == 102
    assert plan.seed == 3
