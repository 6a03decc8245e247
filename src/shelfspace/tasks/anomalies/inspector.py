"""Knowing good photos: what is learned from them, and what is said of another photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from shelfspace.errors import OptionError
from shelfspace.tasks.anomalies.lessons import learn_damage
from shelfspace.tasks.anomalies.made_up import make_up
from shelfspace.tasks.anomalies.nearest_photo import KnownPhotos
from shelfspace.tasks.anomalies.parts import CLOSED, PARTS, Eyes, Look, open_eyes
from shelfspace.tasks.anomalies.tail import Tail
from shelfspace.training.gate import Verdict, gate

Photo = npt.NDArray[np.uint8]
Map = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]

FEWEST = 8
_SMALLEST = 16  # pixels a side
_HELD_OUT, _MOST_HELD_OUT = 0.27, 150
_MADE_UP = 300  # held-out photos with made-up defects, about


@dataclass(frozen=True)
class Finding:
    """What is said of a photo.

    `score` ranks (higher is stranger, on no fixed scale), `p_value` is how likely a good photo scores so
    high; `heat` float32 [h', w'] says where: 0 as good photos at most places, 1 as their strangest places.
    """

    score: float
    p_value: float
    heat: Map


@dataclass(frozen=True)
class Inspector:
    """What was learned from photos of good things: `eyes`, and how their parts are mixed.

    `tails` hold each part's scores of held-out good photos, `damage` those of the mixture that `verdict`
    found by made-up defects, `tail` those of everything; `levels` are the median place and the strangest one
    of each part's maps on held-out good photos. `known` are the good photos whole, `apart` how far they lie
    from each other.
    """

    eyes: Eyes
    tails: dict[str, Tail]
    verdict: Verdict
    damage: Tail
    tail: Tail
    levels: dict[str, tuple[float, float]]
    known: KnownPhotos
    apart: Tail

    @property
    def n_good(self) -> int:
        """How many good photos it knows."""
        return len(self.known.features)

    def inspect(self, photo: Photo) -> Finding:
        """What is said of a photo uint8 [h, w, 3], as `decode_whole` gives it.

        Raises `OptionError` for another shape or fewer than 16 pixels a side.
        """
        _check_photo(photo)
        look = self.eyes.look(photo)
        damage = self.verdict.mix(_surprises([look], self.tails))
        whole = np.array([self.known.strangeness(photo)])
        score = _surprise(self.damage, damage) + _surprise(self.apart, whole)
        return Finding(float(score[0]), float(self.tail.p_values(score)[0]), self._heat(look))

    def _heat(self, look: Look) -> Map:
        """The maps of the mixture's parts, each brought to good photos' levels, as one."""
        weights = {name: weight for name, weight in self.verdict.weights.items() if name in look.maps}
        of_map = sum(self.verdict.weights.get(name, 0.0) for name in ("peak", "spread", "whole"))
        if of_map:
            weights["peak"] = of_map
        weights = weights or {"filter_memory": 1.0}
        shape = max((look.maps[name].shape for name in weights), key=lambda shape: shape[0])
        heats = []
        for name, weight in weights.items():
            low, high = self.levels[name]
            relative = (look.maps[name] - low) / max(high - low, 1e-6)
            heats.append(np.float32(weight) * _enlarged(relative.astype(np.float32), shape))
        return np.asarray(sum(heats) / np.float32(sum(weights.values())), np.float32)


def learn_good(photos: Sequence[Photo], *, steps: int = 300, seed: int = 0) -> Inspector:
    """An `Inspector` of things of which `photos`, each uint8 [h, w, 3], show good ones.

    A quarter is held out. The others teach a network to find made-up defects, fill two patch memories (of
    filter responses and of the network's features) and show the usual layout. Each part's score becomes a
    surprise, −log of how likely a held-out good photo has it; the gate mixes surprises by how well they tell
    held-out good photos from held-out ones with made-up defects. What needs no training is shipped alone
    where nothing is surely better. To the mixture's surprise is added that of the distance to the nearest
    good photo, as Fisher (1932, section 21.1) combines independent tests: what is strange as a whole cannot
    be made up, so nothing could weigh it. The held-out good photos give the false-alarm rate of the sum too.

    No real defect is looked at. `steps` is how long the network learns, 0 for not at all. Raises
    `OptionError` for fewer than 8 photos, another shape, or fewer than 16 pixels a side.
    """
    if len(photos) < FEWEST or steps < 0:
        raise OptionError(
            f"{len(photos)} good photos were given, to learn for {steps} steps.",
            f"{FEWEST} photos at least, and 0 steps or more, are needed.",
            "Pass more photos of good ones.",
        )
    for photo in photos:
        _check_photo(photo)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(photos))
    n_held = min(_MOST_HELD_OUT, max(3, round(_HELD_OUT * len(photos))))
    taught, held = [photos[row] for row in order[n_held:]], [photos[row] for row in order[:n_held]]
    eyes = open_eyes(taught, learn_damage(taught, steps=steps, seed=seed), seed=seed)
    good = [eyes.look(photo) for photo in held]
    spoilt = [eyes.look(make_up(photo, rng).pixels) for photo in held for _ in range(-(-_MADE_UP // n_held))]
    tails = {name: _tail([look.scores[name] for look in good]) for name in PARTS}
    verdict = _verdict(_surprises([*good, *spoilt], tails), len(good), PARTS if steps else CLOSED)
    mixed = verdict.mix(_surprises(good, tails))
    damage, known = _tail(mixed), KnownPhotos.of(photos)
    distances = known.among_themselves()
    apart = _tail(distances)
    scores = _surprise(damage, mixed) + _surprise(apart, distances[order[:n_held]])
    levels = {name: _level([look.maps[name] for look in good]) for name in good[0].maps}
    return Inspector(eyes, tails, verdict, damage, _tail(scores), levels, known, apart)


def _surprise(tail: Tail, scores: Scores) -> Scores:
    return np.asarray(-np.log(tail.p_values(scores)), np.float64)


def _surprises(looks: Sequence[Look], tails: dict[str, Tail]) -> dict[str, Scores]:
    return {
        name: _surprise(tail, np.array([look.scores[name] for look in looks])) for name, tail in tails.items()
    }


def _verdict(surprises: dict[str, Scores], n_good: int, parts: Sequence[str]) -> Verdict:
    """The mixture under which made-up defects outrank most good photos; each made-up one is a row."""

    def outranked(scores: npt.NDArray[np.floating]) -> Scores:
        good, spoilt = np.sort(scores[:n_good]), scores[n_good:]
        below = np.searchsorted(good, spoilt, "left") + np.searchsorted(good, spoilt, "right")
        return np.asarray(below / (2 * n_good), np.float64)

    return gate({name: surprises[name] for name in parts}, outranked, closed=CLOSED[0])


def _tail(scores: Sequence[float] | Scores) -> Tail:
    return Tail(np.sort(np.asarray(scores, np.float64)))


def _level(maps: Sequence[Map]) -> tuple[float, float]:
    """What a map says of a usual place of good photos, and of their strangest one, an outlier apart."""
    usual = float(np.median(np.concatenate([values.ravel() for values in maps])))
    return usual, float(np.quantile([values.max() for values in maps], 0.95))


def _enlarged(values: Map, shape: tuple[int, int]) -> Map:
    if values.shape == shape:
        return values
    grown = torch.nn.functional.interpolate(torch.from_numpy(values)[None, None], size=shape, mode="bilinear")
    return np.asarray(grown[0, 0].numpy(), np.float32)


def _check_photo(photo: Photo) -> None:
    if photo.ndim != 3 or photo.shape[2] != 3 or photo.dtype != np.uint8 or min(photo.shape[:2]) < _SMALLEST:
        raise OptionError(
            f"A photo is {photo.dtype} {photo.shape}.",
            f"It is uint8 [h, w, 3] of {_SMALLEST} pixels a side or more.",
            "Read it with decode_whole.",
        )
