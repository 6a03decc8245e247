import numpy as np
import torch

from shelfspace.tasks.classify.finetuned import fit_finetuned
from shelfspace.tasks.classify.things import Lesson


def test_the_encoder_learns_classes(read_titles):
    reading, lesson = read_titles
    half = lesson.without(np.arange(200, 400))
    before = torch.random.get_rng_state()
    model = fit_finetuned(half, reading.encoder)
    assert torch.equal(before, torch.random.get_rng_state())
    scores = model.scores(lesson.things)
    assert (scores.argmax(axis=1) == lesson.labels)[200:].mean() > 0.95
    vectors = model.encoder.encode_bags(lesson.things.bags)
    cosines = vectors @ vectors.T
    same = lesson.labels[:, None] == lesson.labels[None, :]
    assert cosines[same].mean() > cosines[~same].mean() + 0.3


def test_the_same_seed_teaches_the_same(few_titles):
    reading, lesson = few_titles
    one, other = (fit_finetuned(lesson, reading.encoder, seed=1).scores(lesson.things) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_one_label_teaches_nothing_and_breaks_nothing(read_titles):
    reading, lesson = read_titles
    labels = np.where(np.arange(400) < 1, lesson.labels, -1)
    scores = fit_finetuned(Lesson(lesson.things, labels, 4), reading.encoder).scores(lesson.things)
    assert np.isfinite(scores).all()
