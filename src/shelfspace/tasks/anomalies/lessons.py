"""How the damage network learns: photos with made-up defects beside good ones, batch after batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from shelfspace.tasks.anomalies.damage_network import DamageNetwork, Seen
from shelfspace.tasks.anomalies.made_up import make_up
from shelfspace.tasks.anomalies.textures import evened
from shelfspace.training.fit import fit_encoder
from shelfspace.training.plan import Plan

Photo = npt.NDArray[np.uint8]
Half = npt.NDArray[np.float16]  # thousands of examples are held at once

_SIDE = 256  # pixels of the squares that are learned from
_GOOD, _BAD = 6, 10  # of a batch
_FEWEST, _MOST = 400, 1_600  # photos with made-up defects, three of each good one otherwise
_TWICE = 0.3  # the share of photos that get two defects
_MIN_AREA = 20.0  # places; smaller defects weigh as if they had so many
_SEEN = 0.3  # strength from which on a defect makes a photo a damaged one
_WHOLE = 0.7  # weight of whether against where


class Lesson(NamedTuple):
    """A batch: evened photos [n, 3, s, s] and where damage is, 0…1 [n, 1, s, s]."""

    photos: Tensor
    where: Tensor


class _Example(NamedTuple):
    photo: Half
    where: Half


def learn_damage(photos: Sequence[Photo], *, steps: int = 300, seed: int = 0) -> DamageNetwork:
    """A network that tells made-up defects from good `photos`, each uint8 [h, w, 3]; in evaluation mode.

    Of real damage it sees nothing. Trained in bfloat16; the same seed gives the same network.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = DamageNetwork()
    if not steps:
        network.eval()
        return network
    rng = np.random.default_rng(seed)
    good = [_example(photo, np.zeros((1, *photo.shape[:2]))) for photo in photos]
    bad = [_damaged(photos[row], rng) for row in _rows(len(photos), rng)]

    def batches(epoch: int, rng: np.random.Generator) -> Iterator[Lesson]:
        for _ in range(steps):
            yield _lesson(good, bad, rng)

    plan = Plan(
        epochs=1, steps_per_epoch=steps, learning_rate=4e-3, weight_decay=1e-3, clip_norm=5.0, seed=seed
    )
    fit_encoder(network, batches, _loss, plan=plan, label="Learning damage")
    network.eval()
    return network


def _rows(n: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Which photos get made-up defects: all in turn."""
    wanted = min(max(3 * n, _FEWEST), _MOST)
    return np.resize(rng.permutation(n), wanted)


def _damaged(photo: Photo, rng: np.random.Generator) -> _Example:
    where = np.zeros((1, *photo.shape[:2]), np.float32)
    for _ in range(1 + int(rng.random() < _TWICE)):
        made = make_up(photo, rng)
        where = np.maximum(where, made.where)
        photo = made.pixels
    return _example(photo, where)


def _example(photo: Photo, where: npt.NDArray[np.floating]) -> _Example:
    return _Example(evened(photo).astype(np.float16), where.astype(np.float16))


def _lesson(good: Sequence[_Example], bad: Sequence[_Example], rng: np.random.Generator) -> Lesson:
    chosen = [good[row] for row in rng.integers(0, len(good), _GOOD)]
    chosen += [bad[row] for row in rng.integers(0, len(bad), _BAD)]
    side = min(_SIDE, max(max(example.where.shape[1:]) for example in chosen))
    squares = [_square(example, -(-side // 32) * 32, rng) for example in chosen]
    photos = np.stack([square.photo for square in squares])
    where = np.stack([square.where for square in squares])
    if rng.random() < 0.5:
        photos, where = photos[..., ::-1], where[..., ::-1]
    n = len(squares)
    gains, shifts = rng.uniform(0.8, 1.25, (n, 1, 1)), rng.normal(0, 0.1, (n, 1, 1))
    photos = np.array(photos, np.float32)
    photos[:, 0] = photos[:, 0] * gains + shifts
    return Lesson(torch.from_numpy(photos), torch.from_numpy(np.array(where, np.float32)))


def _square(example: _Example, side: int, rng: np.random.Generator) -> _Example:
    """A random square of a photo; what a smaller one lacks is mirrored."""
    photo, where = example
    top, left = (int(rng.integers(0, max(1, length - side + 1))) for length in where.shape[1:])
    cut = (slice(None), slice(top, top + side), slice(left, left + side))
    photo, where = photo[cut], where[cut]
    margins = ((0, 0), (0, side - where.shape[1]), (0, side - where.shape[2]))
    return _Example(np.pad(photo, margins, mode="symmetric"), np.pad(where, margins, mode="symmetric"))


def _loss(network: nn.Module, lesson: Lesson) -> Tensor:
    """Where damage is, plus whether there is any."""
    photos = lesson.photos.contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        seen: Seen = network(photos)
    place = _place_loss(seen.map.float(), functional.max_pool2d(lesson.where, 2))
    damaged = (lesson.where.flatten(1).amax(1) > _SEEN).float()
    return place + _WHOLE * functional.binary_cross_entropy_with_logits(seen.image.float(), damaged)


def _place_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """Cross-entropy in which each defect weighs the same, whatever its size, and good places as much."""
    each = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    area = truth.sum((1, 2, 3)).clamp(min=_MIN_AREA)[:, None, None, None]
    return (each * truth / area).sum((1, 2, 3)).mean() + 2 * (each * (1 - truth)).mean()
