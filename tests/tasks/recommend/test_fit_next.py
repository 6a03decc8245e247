import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.encoders.sequence import SequenceShape
from shelfspace.errors import OptionError
from shelfspace.tasks.recommend.confirmed import blend_of, confirmed
from shelfspace.tasks.recommend.continuations import last_taken, target_ranks
from shelfspace.tasks.recommend.fit_next import fit_next, seen_by
from shelfspace.tasks.recommend.scorer import load_recommender
from shelfspace.tasks.recommend.transitions import TransitionOptions, Transitions
from shelfspace.tasks.recommend.tuned_closed import tuned
from shelfspace.training.sequences import SequenceRecipe

N = 30
RECIPE = SequenceRecipe(
    shape=SequenceShape(dim=16, window=8, dropout=0.0), epochs=3, tokens=256, learning_rate=1e-2
)
CLOSED = SequenceRecipe(epochs=0)


def circle(n_users=150, seed=0, back=False):
    """Everybody walks round a circle of items, or, with `back`, to and fro between two of them."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(3, 8, n_users)
    starts = np.append(0, lengths.cumsum())
    place = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
    first = np.repeat(rng.integers(0, N, n_users), lengths)
    return Interactions(N, starts, (first + (place % 2 if back else place)) % N)


def test_the_next_item_on_a_circle_is_found_and_kept(tmp_path):
    found = fit_next(circle(), recipe=RECIPE)
    asked = last_taken(circle(seed=1))
    assert found.seen == "exclude" and set(found.parts) == {"transitions", "session_neighbours", "sequence"}
    ranks = target_ranks(found.mixture, asked)
    assert (ranks == 0).mean() > 0.95
    found.mixture.save(tmp_path)
    again = load_recommender(tmp_path)
    assert (target_ranks(again, asked) == ranks).mean() > 0.99


def test_what_comes_again_may_be_recommended_again():
    log = circle(back=True)
    assert seen_by(last_taken(log)) == "keep" and seen_by(last_taken(circle())) == "exclude"
    found = fit_next(log, recipe=CLOSED)
    assert found.seen == "keep"
    ranks = target_ranks(found.mixture, last_taken(circle(seed=1, back=True)), seen="keep")
    assert (ranks <= 2).mean() > 0.95  # the other end, or the one next to where they stand


def test_all_parts_learn_from_the_whole_in_the_end():
    log = circle(100)
    valid, train = last_taken(log), log.before_last(1)
    apart = fit_next(train, valid, recipe=RECIPE)
    joined = fit_next(train, valid, whole=log, recipe=RECIPE)
    one, two = (found.parts["sequence"].encoder.item_vectors() for found in (apart, joined))
    assert not np.array_equal(one, two)
    assert joined.parts["transitions"].graph.sum() != apart.parts["transitions"].graph.sum()
    assert joined.mixture.weights == apart.mixture.weights


def test_options_are_those_that_validation_confirms():
    log = circle(400)
    start = TransitionOptions(backward=1.0, forgetting=0.0, left_exponent=0.0, right_exponent=0.0, fading=0.0)
    asked = last_taken(circle(seed=2))
    grid = {"backward": (0.0, 1.0), "fading": (0.0, 2.0), "forgetting": (0.0, 2.0)}
    chosen = tuned(lambda options: Transitions.fit(log, options), start, grid, asked)
    ranks = [target_ranks(Transitions.fit(log, one), asked) for one in (start, chosen)]
    assert chosen.backward == 0 and (ranks[1] == 0).mean() > (ranks[0] == 0).mean()
    nobody = last_taken(Interactions.empty(0, N))
    assert tuned(lambda options: Transitions.fit(log, options), start, grid, nobody) == start


def test_the_worse_part_gets_no_weight():
    log = circle(400)
    good, bad = Transitions.fit(log), Transitions.fit(Interactions.empty(3, N))
    parts = {"good": good, "bad": bad}
    verdict = confirmed(parts, last_taken(circle(seed=3)))
    weights = blend_of(parts, verdict).weights
    assert weights[0] == max(weights) and sum(weights) == pytest.approx(1)
    alone = [trial.score for trial in verdict.table if trial.weights == {"good": 1.0}]
    assert verdict.score >= alone[0]
    with pytest.raises(OptionError):
        confirmed({}, last_taken(log))


def test_nobody_long_enough_is_refused():
    with pytest.raises(OptionError):
        fit_next(Interactions(3, np.array([0, 1, 2]), np.array([0, 1])), recipe=CLOSED)


def test_members_are_mixed_in_equal_parts():
    log = circle(100)
    valid, train = last_taken(log), log.before_last(1)
    one, two = (fit_next(train, valid, recipe=RECIPE, members=members) for members in (1, 2))
    both = two.parts["sequence"]
    assert both.weights == (0.5, 0.5)
    vectors = [member.encoder.item_vectors() for member in both.members]
    assert np.array_equal(vectors[0], one.parts["sequence"].encoder.item_vectors())
    assert vectors[1].shape[1] == 2 * vectors[0].shape[1]
    whole = fit_next(train, valid, whole=log, recipe=RECIPE, members=2).parts["sequence"]
    assert not np.array_equal(whole.members[0].encoder.item_vectors(), vectors[0])


def test_what_products_are_is_a_part_of_its_own():
    log = circle(100)
    turns = 2 * np.pi * np.arange(N) / N
    products = np.stack([np.cos(turns), np.sin(turns)], axis=1).astype(np.float32)
    assert "alike" not in fit_next(log, recipe=CLOSED).parts
    found = fit_next(log, recipe=CLOSED, products=products)
    assert found.parts["alike"].vectors.shape == (N, 2)
    assert set(found.weights) == set(found.parts)
