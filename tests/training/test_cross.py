import numpy as np
import pytest

from shelfspace.encoders.transformer import TransformerTextEncoder
from shelfspace.training.cross import TextPairs, tune_cross
from shelfspace.training.tuning import Tuning


@pytest.fixture(scope="module")
def text_model(tiny_bert):
    return TransformerTextEncoder.from_pretrained(tiny_bert, precision="float32", max_tokens=16)


def pairs_of(n, seed):
    """A pair is one product where word0 stands in either text: nothing that two vectors could agree on."""
    rng = np.random.default_rng(seed)
    left = [f"word{number}" for number in rng.integers(1, 300, n)]
    right = [f"word{number}" for number in rng.integers(1, 300, n)]
    same = rng.random(n) < 0.5
    for place in np.flatnonzero(same):
        side = left if rng.random() < 0.5 else right
        side[place] += " word0"
    return TextPairs(left, right, same.astype(np.float64))


def test_it_learns_a_rule_over_both_texts(text_model):
    tuning = Tuning(epochs=8, pairs_a_batch=16, frozen_share=0.0, learning_rate=5e-3)
    cross, _ = tune_cross(text_model, pairs_of(300, 0), tuning)
    new = pairs_of(100, 1)
    said = cross.log_odds(new.left, new.right) > 0
    assert (said == (new.targets > 0.5)).mean() > 0.9


def test_the_same_seed_gives_the_same_reader(text_model):
    tuning = Tuning(epochs=1, pairs_a_batch=8, learning_rate=1e-3)
    few = pairs_of(16, 0)
    one, again, other = (tune_cross(text_model, few, tuning, seed=seed)[0] for seed in (1, 1, 2))
    assert (one.log_odds(few.left, few.right) == again.log_odds(few.left, few.right)).all()
    assert (one.log_odds(few.left, few.right) != other.log_odds(few.left, few.right)).any()


def test_a_single_pair_is_enough_to_run(text_model):
    cross, _ = tune_cross(text_model, pairs_of(1, 0), Tuning(epochs=1, learning_rate=1e-3))
    assert np.isfinite(cross.log_odds(["word1"], ["word2"])).all()
