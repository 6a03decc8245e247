import numpy as np
import pytest
import torch

from shelfspace.encoders.image.network import NetworkShape, Sight, network_features
from shelfspace.errors import OptionError
from shelfspace.training.checkpoint import save_checkpoint
from shelfspace.training.photo_batches import PhotoBatches
from shelfspace.training.photo_losses import LABELLED, OBJECTIVES
from shelfspace.training.photos import PhotoLesson, PhotoRecipe, learn_photos
from shelfspace.views.image.photo_looks import PhotoLooks

SMALL = NetworkShape((12, 24, 48), (1, 1, 1))


def recipe(objective="supervised", **options):
    return PhotoRecipe(objective, **{"views": 3072, "sizes": (16, 24), "epochs": 2, **options})


def nearest_is_right(network, pixels, classes):
    features = network_features(network, pixels, Sight(32))
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    scores = features @ features.T
    np.fill_diagonal(scores, -1)
    return (classes[scores.argmax(1)] == classes).mean()


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_tells_planted_things_apart(objective, planted_photos):
    pixels, classes = planted_photos
    lesson = PhotoLesson(pixels, {"thing": classes} if objective in LABELLED else {})
    run = learn_photos(lesson, recipe(objective), start=SMALL)
    assert nearest_is_right(run.network, pixels, classes) > 0.8  # chance is a quarter
    assert run.history.epochs[-1].effective_rank > 1.5
    assert run.photos_per_second > 0
    assert 0 <= run.share_waiting < 1


def test_heads_learn_several_columns_and_mixed_labels(planted_photos):
    pixels, classes = planted_photos
    partly = np.where(np.arange(240) % 5 == 0, -1, classes // 2)
    lesson = PhotoLesson(pixels, {"thing": classes, "half": partly})
    run = learn_photos(lesson, recipe(mixing=0.5, views=6000), start=SMALL)
    features = torch.from_numpy(network_features(run.network, pixels, Sight(24)))
    logits = run.learner.logits(features)
    assert (logits["thing"].argmax(1).numpy() == classes).mean() > 0.9
    assert (logits["half"].argmax(1).numpy() == classes // 2).mean() > 0.9


def test_a_teacher_is_told_too(planted_photos):
    pixels, classes = planted_photos
    teacher = np.eye(4, dtype=np.float32)[classes]
    run = learn_photos(
        PhotoLesson(pixels, teacher=teacher), recipe("simclr", teaching=5.0, views=8000), start=SMALL
    )
    features = torch.from_numpy(network_features(run.network, pixels, Sight(24)))
    assert (run.learner.description(features).argmax(1).numpy() == classes).mean() > 0.9


def test_guesses_are_told_where_labels_are_missing(planted_photos):
    pixels, classes = planted_photos
    few = np.where(np.arange(240) < 8, classes, -1)
    guesses = np.eye(4, dtype=np.float32)[classes]
    lesson = PhotoLesson(pixels, {"thing": few}, guesses={"thing": guesses})
    run = learn_photos(lesson, recipe(mixing=0.3, views=6000), start=SMALL)
    features = torch.from_numpy(network_features(run.network, pixels, Sight(24)))
    assert (run.learner.logits(features)["thing"].argmax(1).numpy() == classes).mean() > 0.9


@pytest.mark.parametrize("objective", ["supervised", "moco", "byol"])
def test_an_interrupted_run_goes_on_as_if_it_had_not_been(objective, planted_photos, tmp_path, monkeypatch):
    lesson = PhotoLesson(planted_photos[0][:64], {"thing": planted_photos[1][:64]})
    told = recipe(objective, views=1024, epochs=4, sizes=(16,))
    whole = learn_photos(lesson, told, start=SMALL)

    def interrupted(folder, epoch, state):
        save_checkpoint(folder, epoch, state)
        if epoch == 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("shelfspace.training.fit.save_checkpoint", interrupted)
        learn_photos(lesson, told, start=SMALL, checkpoint=tmp_path)
    resumed = learn_photos(lesson, told, start=SMALL, checkpoint=tmp_path, resume=True)
    assert len(resumed.history.epochs) == 4
    assert resumed.learner.queue.filled == whole.learner.queue.filled
    state = resumed.learner.state_dict()
    assert all(torch.equal(state[name], of) for name, of in whole.learner.state_dict().items())


def test_the_same_seed_gives_the_same_network(planted_photos):
    lesson = PhotoLesson(*[planted_photos[0][:64], {"thing": planted_photos[1][:64]}])
    runs = [learn_photos(lesson, recipe(views=512, mixing=0.5, seed=s), start=SMALL) for s in (1, 1, 2)]
    first, again, other = (run.network.stem[0].weight for run in runs)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_looks_grow_and_every_photo_comes_before_any_comes_twice():
    pixels = np.zeros((10, 16, 16, 3), np.uint8)
    batches = PhotoBatches(pixels, PhotoLooks(), steps=5, epochs=4, batch_size=4, n_looks=2, sizes=(8, 16))
    sizes = []
    for epoch in range(4):
        seen = list(batches(epoch, np.random.default_rng(epoch)))
        sizes.append(seen[0].looks[0].shape[-1])
        assert len({int(row) for batch in seen for row in batch.rows}) == 10
        assert all(len(batch.looks) == 2 for batch in seen)
    assert sizes == [8, 8, 16, 16]
    assert batches.waiting.photos == 4 * 5 * 4


def test_what_cannot_teach_is_refused(planted_photos):
    pixels, _ = planted_photos
    with pytest.raises(OptionError, match="without labels"):
        learn_photos(PhotoLesson(pixels), recipe())
    with pytest.raises(OptionError, match="0 photos"):
        learn_photos(PhotoLesson(pixels[:0]), recipe("simclr"))
    with pytest.raises(OptionError, match="objectives are"):
        learn_photos(PhotoLesson(pixels), recipe("magic"))
