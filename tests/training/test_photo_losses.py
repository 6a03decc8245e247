"""What joins an objective: it does what it is for on planted photos, and off it changes nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from shelfspace.encoders.image.network import NetworkShape, Sight, network_features
from shelfspace.errors import OptionError
from shelfspace.training.photo_batches import PhotoBatch
from shelfspace.training.photo_losses import OBJECTIVES, PARTS, Known, photo_loss
from shelfspace.training.photo_options import PhotoOptions
from shelfspace.training.photos import PhotoLesson, PhotoRecipe, learn_photos
from shelfspace.views.image.normalised import normalised

SMALL = NetworkShape((12, 24), (1, 1))
ON = {
    "masked": PhotoOptions(reconstruction=1.0),
    "denoising": PhotoOptions(reconstruction=1.0, hidden=0.0),
    "judged": PhotoOptions(domains="adversarial"),
    "coral": PhotoOptions(domains="coral"),
    "mmd": PhotoOptions(domains="mmd"),
    "moved": PhotoOptions(adversarial=4.0),
    "background": PhotoOptions(background=0.5),
}


def recipe(objective="simclr", options=None, **figures):
    given = {"views": 2048, "sizes": (16,), "batch_size": 32, "epochs": 2, **figures}
    return PhotoRecipe(objective, options=options or PhotoOptions(), **given)


def weights(run):
    return torch.cat([weight.flatten() for weight in run.network.state_dict().values()])


def lesson_of(planted, domains=None):
    pixels, classes = planted
    return PhotoLesson(pixels, {"thing": classes}, domains=domains)


@pytest.mark.parametrize("name", ON)
def test_each_option_moves_the_network_and_leaves_it_finite(name, planted_photos):
    lesson = lesson_of(planted_photos, np.arange(240) % 3 - 1).take(np.arange(64))
    off, on, again = (
        learn_photos(lesson, recipe(options=options, views=256), start=SMALL)
        for options in (None, ON[name], ON[name])
    )
    assert torch.isfinite(weights(on)).all()
    assert not torch.equal(weights(on), weights(off)) or name == "background"  # none is plain here
    assert torch.equal(weights(on), weights(again))


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_all_together_join_any_objective(objective, planted_photos):
    lesson = lesson_of(planted_photos, np.arange(240) % 2).take(np.arange(64))
    options = PhotoOptions(reconstruction=0.5, domains="mmd", adversarial=2.0, background=0.5)
    run = learn_photos(lesson, recipe(objective, options, views=256, mixing=0.5), start=SMALL)
    assert torch.isfinite(weights(run)).all()
    assert not any(epoch.skipped for epoch in run.history.epochs)


@pytest.mark.parametrize("domains", [np.full(64, -1), np.zeros(64, int), np.arange(64) % 2 - 1])
@pytest.mark.parametrize("term", ["adversarial", "coral", "mmd"])
def test_one_domain_or_none_is_as_if_off(domains, term, planted_photos):
    lesson = lesson_of(planted_photos).take(np.arange(64))
    off = learn_photos(lesson, recipe(views=128), start=SMALL)
    given = replace(lesson, domains=domains)
    on = learn_photos(given, recipe(options=PhotoOptions(domains=term), views=128), start=SMALL)
    assert torch.equal(weights(off), weights(on))


def test_domains_without_the_option_change_nothing(planted_photos):
    lesson = lesson_of(planted_photos).take(np.arange(64))
    plain = learn_photos(lesson, recipe(views=128), start=SMALL)
    told = learn_photos(replace(lesson, domains=np.arange(64) % 2), recipe(views=128), start=SMALL)
    assert torch.equal(weights(plain), weights(told))


@pytest.fixture(scope="module")
def two_shops(planted_photos):
    """Every other photo is of a shop whose photos are far brighter."""
    pixels, classes = planted_photos
    domains = np.arange(240) // 4 % 2
    shifted = pixels.copy()
    shifted[domains == 1] = 60 + shifted[domains == 1] // 2
    return PhotoLesson(shifted, {"thing": classes}, domains=domains)


def gap(run, lesson):
    """The distance between the domains' mean directions, beside the spread of all."""
    features = network_features(run.network, lesson.pixels, Sight(16))
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    one, other = (features[lesson.domains == domain].mean(axis=0) for domain in (0, 1))
    return np.linalg.norm(one - other) / np.linalg.norm(features - features.mean(axis=0), axis=1).mean()


def test_a_planted_gap_between_domains_shrinks(two_shops):
    off = learn_photos(two_shops, recipe(views=4096), start=SMALL)
    on = learn_photos(two_shops, recipe(options=PhotoOptions(domains="mmd"), views=4096), start=SMALL)
    assert gap(on, two_shops) < 0.5 * gap(off, two_shops)


@pytest.mark.parametrize("hidden", [0.4, 0.0])
def test_what_is_spoiled_is_told_better_and_better(hidden, planted_photos):
    pixels, _ = planted_photos
    options = PhotoOptions(reconstruction=1.0, hidden=hidden)
    looks = normalised(pixels[:64], 16)

    def error(views):
        run = learn_photos(PhotoLesson(pixels), recipe(options=options, views=views), start=SMALL)
        with torch.inference_mode():
            told = run.learner.decoder(run.network.maps(looks), 16)
        return float((told - looks).square().mean())

    assert error(8192) < 0.8 * error(64)


def test_a_step_against_the_network_costs_more_and_leaves_less_harm(planted_photos):
    pixels, classes = planted_photos
    lesson = lesson_of(planted_photos)

    def under_attack(options):
        run = learn_photos(lesson, recipe("supervised", options, views=4096), start=SMALL)
        looks, wanted = normalised(pixels, 16).requires_grad_(), torch.from_numpy(classes)
        (against,) = torch.autograd.grad(
            torch.nn.functional.cross_entropy(run.learner.logits(run.network(looks))["thing"], wanted), looks
        )
        with torch.inference_mode():
            moved = run.learner.logits(run.network(looks + 0.2 * against.sign()))["thing"]
        return float((moved.argmax(dim=1) == wanted).float().mean())

    assert under_attack(PhotoOptions(adversarial=11.0)) > under_attack(PhotoOptions()) + 0.05


def test_moco_s_queue_takes_a_step_s_keys_once_though_the_loss_is_asked_twice(planted_photos):
    pixels, _ = planted_photos
    options = PhotoOptions(adversarial=4.0)
    run = learn_photos(PhotoLesson(pixels[:32]), recipe("moco", options, views=64, epochs=1), start=SMALL)
    assert len(run.learner.queue.held) == 64
    loss = photo_loss("moco", Known(), options=options)
    slow = [weight.clone() for weight in run.learner.target.parameters()]
    looks = tuple(normalised(pixels[start : start + 16], 16) for start in (0, 16))
    loss(run.learner, PhotoBatch(torch.arange(16), looks))
    assert len(run.learner.queue.held) == 96
    leaders = [*run.network.parameters(), *run.learner.projection.parameters()]
    for after, before, leader in zip(run.learner.target.parameters(), slow, leaders, strict=True):
        assert torch.allclose(after, before.lerp(leader, 0.01), atol=1e-7)  # once, not twice
    assert PARTS["moco"].targeted


@pytest.mark.parametrize("robust", ["generalised", "symmetric", "trimmed"])
def test_wrong_labels_are_lived_with(robust, planted_photos):
    pixels, classes = planted_photos
    rng = np.random.default_rng(0)
    wrong = np.where(rng.random(240) < 0.4, rng.integers(0, 4, 240), classes)
    options = PhotoOptions(wrong_labels=robust)
    run = learn_photos(
        PhotoLesson(pixels, {"thing": wrong}), recipe("supervised", options, views=6144), start=SMALL
    )
    features = torch.from_numpy(network_features(run.network, pixels, Sight(16)))
    assert (run.learner.logits(features)["thing"].argmax(1).numpy() == classes).mean() > 0.8


def test_what_has_no_meaning_is_refused(planted_photos):
    lesson = lesson_of(planted_photos)
    with pytest.raises(OptionError, match="the lesson has no domains"):
        learn_photos(lesson, recipe(options=PhotoOptions(domains="mmd")))
    with pytest.raises(OptionError, match="the objective simclr"):
        learn_photos(lesson, recipe(options=PhotoOptions(wrong_labels="symmetric")))
