import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.encoders.sequence import SequenceShape
from shelfspace.errors import OptionError
from shelfspace.training.sequences import SequenceRecipe, learn_sequences, start_vectors

N = 40
SHAPE = SequenceShape(dim=16, window=10, dropout=0.0)


def cyclic(n_users=250, seed=0, **more):
    """Everybody walks round a circle of items; the next one is known, the one after the last seen."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(3, 9, n_users)
    starts = np.append(0, lengths.cumsum())
    place = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
    items = (np.repeat(rng.integers(0, N, n_users), lengths) + place) % N
    return Interactions(N, starts, items, **more)


def share_found(encoder, log):
    scores = encoder.encode(log.before_last(1)) @ encoder.item_vectors().T
    return float((scores.argmax(axis=1) == log.last(1).items).mean())


@pytest.mark.parametrize(
    "more",
    [{}, {"negatives": 64}, {"two_looks": 0.1, "same_target": 0.1, "edits": 0.1}],
    ids=["all items", "drawn items", "contrast"],
)
def test_a_circle_is_learned(more):
    recipe = SequenceRecipe(shape=SHAPE, epochs=10, tokens=256, learning_rate=1e-2, **more)
    run = learn_sequences(cyclic(), recipe)
    assert share_found(run.encoder, cyclic(seed=1)) > 0.9
    assert run.history.epochs[-1].loss < run.history.epochs[0].loss


def test_the_same_seed_gives_the_same_vectors():
    recipe = SequenceRecipe(shape=SHAPE, epochs=1, tokens=128, negatives=16, edits=0.1)
    log = cyclic(40)
    one, two = (learn_sequences(log, recipe).encoder for _ in range(2))
    assert np.array_equal(one.encode(log), two.encode(log))
    other = learn_sequences(log, SequenceRecipe(shape=SHAPE, epochs=1, tokens=128, seed=1)).encoder
    assert not np.array_equal(other.encode(log), one.encode(log))


def test_the_best_epoch_is_kept():
    figures = iter([0.1, 0.5, 0.2, 0.3])
    kept = {}

    def validate(encoder):
        kept[figure := next(figures)] = encoder.item_vectors()
        return figure

    run = learn_sequences(cyclic(40), SequenceRecipe(shape=SHAPE, epochs=3, tokens=128), validate=validate)
    assert np.array_equal(run.encoder.item_vectors(), kept[0.5])


def test_what_nobody_took_is_recommended_by_its_product_vector():
    """A product vector says where on the circle an item stands; one of them has never been taken."""
    angles = 2 * np.pi * np.arange(N) / N
    waves = np.concatenate([[np.cos(k * angles), np.sin(k * angles)] for k in range(1, 5)]).T
    products = (waves / np.linalg.norm(waves, axis=1, keepdims=True)).astype(np.float32)
    log = cyclic(400)
    new = 17
    known = log.where(log.items != new)  # everybody steps over it
    shape = SequenceShape(dim=16, window=10, dropout=0.0, forgetting=0.5)
    recipe = SequenceRecipe(shape=shape, epochs=10, tokens=256, learning_rate=1e-2)
    encoder = learn_sequences(known, recipe, products=products).encoder
    asked = Interactions(N, np.array([0, 3]), np.array([new - 3, new - 2, new - 1]))
    scores = encoder.encode(asked) @ encoder.item_vectors().T
    assert int((scores[0] > scores[0, new]).sum()) <= 4


def test_times_and_kinds_are_read_where_there_are_some():
    log = cyclic(40)
    m = len(log)
    full = Interactions(
        N, log.starts, log.items, np.arange(m) * 60.0, np.tile([1.0, 3.0], m)[:m].astype(np.float32)
    )
    recipe = SequenceRecipe(shape=SHAPE, epochs=1, tokens=128)
    encoder = learn_sequences(full, recipe).encoder
    assert encoder.network.shape.gaps and encoder.kinds.tolist() == [1, 3]
    assert np.isfinite(encoder.encode(full)).all()
    assert np.isfinite(encoder.encode(log)).all()  # asked without them


def test_the_start_knows_neighbours_and_nothing_of_the_unseen():
    log = Interactions(N + 1, cyclic().starts, cyclic().items)
    vectors = start_vectors(log, 16)
    assert not vectors[N].any() and np.allclose(np.linalg.norm(vectors[:N], axis=1), 1, atol=1e-3)
    cosines = vectors[:N] @ vectors[:N].T
    assert np.diagonal(cosines, 1).mean() > np.diagonal(cosines, 15).mean() + 0.3


def test_the_smallest_logs():
    tiny = Interactions(2, np.array([0, 2]), np.array([0, 1]))
    encoder = learn_sequences(tiny, SequenceRecipe(shape=SHAPE, epochs=1)).encoder
    assert np.isfinite(encoder.encode(tiny)).all()
    with pytest.raises(OptionError):
        learn_sequences(Interactions(2, np.array([0, 1, 1]), np.array([0])))
