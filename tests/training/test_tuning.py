from __future__ import annotations

import numpy as np
import pytest
import torch

from shelfspace.data.neighbours import Neighbours
from shelfspace.encoders.bags import bags_of, fit_vocabulary
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.transformer import TransformerTextEncoder
from shelfspace.errors import OptionError
from shelfspace.training.text import TextLesson
from shelfspace.training.tuning import Tuning, thinned, tune_meaning, tuning_of

N = 40  # products, each listed by two shops in words that never meet


@pytest.fixture(scope="module")
def text_model(tiny_bert):
    return TransformerTextEncoder.from_pretrained(tiny_bert, precision="float32", max_tokens=16)


@pytest.fixture(scope="module")
def listings():
    """Product n is word n and its hundreds: word 7 here, word 107 there; only lessons can tell."""
    left = [f"word{n} word{n + 40}" for n in range(N)]
    right = [f"word{n + 100} word{n + 140}" for n in range(N)]
    return Listings.of_texts([*left, *right])


def lesson_of(listings, positives):
    rows = np.arange(2 * N)
    near = np.stack([np.where(rows < N, N + (rows + step) % N, (rows + step) % N) for step in (1, 2, 3)], 1)
    shops = (rows >= N).astype(np.int64)
    bags = bags_of(listings, fit_vocabulary(listings))
    return TextLesson(bags, shops, positives, Neighbours(near, np.ones_like(near, np.float32)))


def first_places(encoder, listings):
    """How often a product's other listing is the nearest of the other shop."""
    vectors = encoder.encode(listings)
    return float(((vectors[:N] @ vectors[N:].T).argmax(axis=1) == np.arange(N)).mean())


PAIRS = np.column_stack([np.arange(N), np.arange(N) + N])


def test_it_learns_what_the_words_do_not_say(text_model, listings):
    before = [tensor.clone() for tensor in text_model.model.state_dict().values()]
    tuning = Tuning(steps=150, batch_size=40, frozen_share=0.0, learning_rate=5e-3)
    tuned, used = tune_meaning(text_model, listings, lesson_of(listings, PAIRS), tuning)
    assert used == tuning
    assert first_places(text_model, listings) < 0.3
    assert first_places(tuned, listings) > 0.9
    for tensor, old in zip(text_model.model.state_dict().values(), before, strict=True):
        assert torch.equal(tensor, old)  # the model that was given is as it was


def test_the_same_seed_gives_the_same_model(text_model, listings):
    tuning = Tuning(steps=3, batch_size=8, learning_rate=1e-3)
    lesson = lesson_of(listings, PAIRS)
    one, again, other = (
        tune_meaning(text_model, listings, lesson, tuning, seed=seed)[0] for seed in (1, 1, 2)
    )
    assert (one.encode(listings) == again.encode(listings)).all()
    assert (one.encode(listings) != other.encode(listings)).any()


def test_without_positives_nothing_is_learned(text_model, listings):
    lesson = lesson_of(listings, np.empty((0, 2), np.int64))
    assert tune_meaning(text_model, listings, lesson, Tuning()) == (text_model, Tuning())


def test_thinning_keeps_the_marks_and_loses_its_share():
    rng = np.random.default_rng(0)
    texts = [[2, *range(10, 60), 3]] * 200
    kept = thinned(texts, 0.3, rng)
    assert all(text[0] == 2 and text[-1] == 3 for text in kept)
    assert np.mean([len(text) - 2 for text in kept]) == pytest.approx(35, abs=1.5)
    assert thinned(texts, 0.0, rng) == texts
    assert thinned([[2]], 0.9, rng) == [[2]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": 0},
        {"batch_size": 1},
        {"epochs": 0},
        {"word_drop": 1.0},
        {"adversarial": -1.0},
        {"method": "magic"},
        {"frozen_share": 1.0},
        {"learning_rate": 0.0},
        {"rank": 0},
        {"accumulate": 0},
        {"pairs_a_batch": 0},
        {"precision": "float8"},
    ],
)
def test_figures_out_of_range_are_refused(wrong):
    with pytest.raises(OptionError, match=next(iter(wrong))):
        Tuning(**wrong)


def test_a_tuning_is_read_from_texts():
    assert tuning_of(None) is None and tuning_of([]) is None
    assert tuning_of(["method=lora", "rank=8", "learning_rate=0.001"]) == Tuning(
        method="lora", rank=8, learning_rate=1e-3
    )
    for text in ("rank", "rank=many", "colour=red", "=3"):
        with pytest.raises(OptionError, match="WHAT=VALUE"):
            tuning_of([text])


@pytest.mark.parametrize(
    "options",
    [
        {"method": "lora", "rank": 4},
        {"method": "adalora", "rank": 2},
        {"method": "ia3"},
        {"adversarial": 0.5},
        {"word_drop": 0.2},
        {"accumulate": 2},
        {"learning_rate": None},
    ],
)
def test_every_option_moves_the_vectors_and_gives_a_plain_model(text_model, listings, options, tmp_path):
    pytest.importorskip("peft")
    told = {"steps": 4, "batch_size": 8, "learning_rate": 1e-2} | options
    tuned, used = tune_meaning(text_model, listings, lesson_of(listings, PAIRS), Tuning(**told))
    assert used.learning_rate is not None
    before, after = text_model.encode(listings), tuned.encode(listings)
    assert np.isfinite(after).all()
    assert np.abs(after - before).max() > 1e-4
    tuned.save(tmp_path)
    again = TransformerTextEncoder.load(tmp_path)
    np.testing.assert_allclose(again.encode(listings), after, atol=1e-4)
