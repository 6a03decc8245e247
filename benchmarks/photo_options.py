"""What each option of learning from photos gives, on any folder that `bench image` reads.

    python benchmarks/photo_options.py DIR --option reconstruction --seed 0 1 2

trains the same network with the option off and on, for each seed, and prints the figures on validation photos
and on test photos: what to set is chosen by the first, and the second are quoted. Photos are few and small,
so that a network takes a fraction of a minute; the figures compare, and are no one's best.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from shelfspace.data.images import read_photos
from shelfspace.encoders.image.network import NetworkShape, Sight, network_features
from shelfspace.evaluation.image_folders import Int64, read_image_folder
from shelfspace.tasks.classify.linear import linear_accuracy
from shelfspace.training.photo_options import PhotoOptions
from shelfspace.training.photos import PhotoLesson, PhotoRecipe, PhotoRun, learn_photos
from shelfspace.views.image import STD, PhotoLooks, corrupted, normalised
from shelfspace.views.image.backgrounds import with_backgrounds

Pixels = Any
Figures = dict[str, float]
SHAPE = NetworkShape((24, 48, 96, 192))
#: Of objectives without labels, kept apart from the recipe's own so that figures stay comparable.
LOOKS = PhotoLooks(area=(0.25, 1.0), tint=0.9, brightness=0.35, contrast=0.35, saturation=0.4)
SEVERITY = 3
ATTACK = 4.0  # of 255


@dataclass(frozen=True)
class Shelf:
    """Photos uint8 [n, s, s, 3], their classes in the column of most classes, and each part's rows."""

    pixels: Pixels
    classes: Int64
    train: Int64
    valid: Int64
    test: Int64


@dataclass(frozen=True)
class Trial:
    """One option: what is compared, by which objective, with what lesson, and what is measured."""

    objective: str
    variants: dict[str, PhotoOptions]
    lesson: Callable[[Shelf, int], PhotoLesson]
    figures: Callable[[PhotoRun, Shelf, Int64, int], Figures]


def read_shelf(folder: str, photos: int, size: int) -> Shelf:
    """The folder, at most so many photos to train on and half as many to validate and to test on."""
    read = read_image_folder(folder)
    column = max(read.names, key=lambda name: len(read.names[name]))
    rng = np.random.default_rng(0)
    parts = [
        np.sort(rng.permutation(rows)[:most])
        for rows, most in ((read.train, photos), (read.valid, photos // 2), (read.test, photos // 2))
    ]
    rows = np.concatenate(parts)
    found = read_photos([read.paths[row] for row in rows], size=size, frame="stretch")
    ends = np.cumsum([len(part) for part in parts])
    train, valid, test = (np.arange(end - len(part), end) for part, end in zip(parts, ends, strict=True))
    classes = np.where(found.found, read.classes[column][rows], -1)
    return Shelf(np.ascontiguousarray(found.pixels), classes, train, valid, test)


def as_customers(pixels: Pixels, seed: int) -> Pixels:
    """Photos as customers might take them: before something, in other light, not quite sharp."""
    generator = torch.Generator().manual_seed(seed)
    before = with_backgrounds(torch.from_numpy(np.ascontiguousarray(pixels)), generator).numpy()
    return corrupted(corrupted(before, "colour", SEVERITY, seed), "blur", SEVERITY, seed)


def before_other_backgrounds(pixels: Pixels) -> Pixels:
    """Photos with a plain background before another."""
    generator = torch.Generator().manual_seed(1)
    return with_backgrounds(torch.from_numpy(np.ascontiguousarray(pixels)), generator).numpy()


def labelled(shelf: Shelf, seed: int) -> PhotoLesson:
    """The training photos with their labels."""
    return PhotoLesson(shelf.pixels[shelf.train], {"class": shelf.classes[shelf.train]})


def unlabelled(shelf: Shelf, seed: int) -> PhotoLesson:
    """The training photos alone."""
    return PhotoLesson(shelf.pixels[shelf.train])


def partly_wrong(share: float) -> Callable[[Shelf, int], PhotoLesson]:
    """Lessons in which a share of the labels is drawn by chance."""

    def lesson(shelf: Shelf, seed: int) -> PhotoLesson:
        rng = np.random.default_rng(seed)
        told = shelf.classes[shelf.train].copy()
        wrong = (rng.random(len(told)) < share) & (told >= 0)
        told[wrong] = rng.integers(0, told.max() + 1, wrong.sum())
        return PhotoLesson(shelf.pixels[shelf.train], {"class": told})

    return lesson


def of_two_domains(shelf: Shelf, seed: int) -> PhotoLesson:
    """Every other training photo as customers take them, no photo in both ways."""
    pixels, domains = shelf.pixels[shelf.train].copy(), np.arange(len(shelf.train)) % 2
    pixels[domains == 1] = as_customers(pixels[domains == 1], seed)
    return PhotoLesson(pixels, domains=domains.astype(np.int64))


def heads_right(run: PhotoRun, pixels: Pixels, classes: Int64) -> float:
    """The accuracy of the class head."""
    features = torch.from_numpy(network_features(run.network, pixels, Sight(pixels.shape[1])))
    with torch.inference_mode():
        told = run.learner.logits(features)["class"].argmax(dim=1).numpy()
    return float((told == classes)[classes >= 0].mean())


def attacked_right(run: PhotoRun, pixels: Pixels, classes: Int64) -> float:
    """The accuracy where every pixel is moved by one signed-gradient step against the head."""
    known = np.flatnonzero(classes >= 0)
    right = 0
    for rows in np.array_split(known, max(1, len(known) // 64)):
        looks = normalised(pixels[rows]).requires_grad_()
        wanted = torch.from_numpy(classes[rows])
        loss = functional.cross_entropy(run.learner.logits(run.network(looks))["class"], wanted)
        (gradient,) = torch.autograd.grad(loss, looks)
        step = ATTACK / 255 / torch.tensor(STD).view(1, 3, 1, 1)
        with torch.inference_mode():
            moved = run.learner.logits(run.network(looks + step * gradient.sign()))["class"]
        right += int((moved.argmax(dim=1) == wanted).sum())
    return right / max(len(known), 1)


def vectors(run: PhotoRun, pixels: Pixels) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Unit features of photos."""
    found = network_features(run.network, pixels, Sight(pixels.shape[1]))
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


def five_labels(run: PhotoRun, shelf: Shelf, rows: Int64, seed: int) -> Figures:
    """The accuracy of a linear probe taught by five photos of each class, and of all."""
    order = np.random.default_rng(seed).permutation(shelf.train)
    few = np.concatenate([order[shelf.classes[order] == one][:5] for one in np.unique(shelf.classes)])
    parts = {name: vectors(run, shelf.pixels[of]) for name, of in (("all", shelf.train), ("looked", rows))}
    at = np.searchsorted(shelf.train, few)
    looked = (parts["looked"], shelf.classes[rows])
    none = (parts["looked"][:0], shelf.classes[:0])
    return {
        "linear_5_labels": linear_accuracy((parts["all"][at], shelf.classes[few]), none, looked),
        "linear_all_labels": linear_accuracy((parts["all"], shelf.classes[shelf.train]), none, looked),
    }


def across_domains(run: PhotoRun, shelf: Shelf, rows: Int64, seed: int) -> Figures:
    """Customers' photos: nearest studio photo of their class? And can a plane tell the domains?"""
    gallery = vectors(run, shelf.pixels[shelf.train])
    studio, customers = vectors(run, shelf.pixels[rows]), vectors(run, as_customers(shelf.pixels[rows], seed))
    known = shelf.classes[rows] >= 0

    def nearest(queries: Any) -> float:
        found = shelf.classes[shelf.train][(queries @ gallery.T).argmax(axis=1)]
        return float((found == shelf.classes[rows])[known].mean())

    both, of = np.concatenate([studio, customers]), np.repeat([0, 1], len(rows)).astype(np.int64)
    one, other = np.arange(len(both)) % 2 == 0, np.arange(len(both)) % 2 == 1
    told = linear_accuracy((both[one], of[one]), (both[:0], of[:0]), (both[other], of[other]))
    return {"nearest_across": nearest(customers), "nearest_within": nearest(studio), "domain_told": told}


def under_attack(run: PhotoRun, shelf: Shelf, rows: Int64, seed: int) -> Figures:
    """Accuracy as they are, under corruptions, and under a signed-gradient step."""
    pixels, classes = shelf.pixels[rows], shelf.classes[rows]
    shaken = {
        f"under_{kind}": heads_right(run, corrupted(pixels, kind, SEVERITY, seed), classes)
        for kind in ("noise", "blur", "jpeg")
    }
    attacked = attacked_right(run, pixels, classes)
    return {"accuracy": heads_right(run, pixels, classes), **shaken, "under_attack": attacked}


def before_others(run: PhotoRun, shelf: Shelf, rows: Int64, seed: int) -> Figures:
    """Accuracy as they are, and before other backgrounds."""
    pixels, classes = shelf.pixels[rows], shelf.classes[rows]
    other = heads_right(run, before_other_backgrounds(pixels), classes)
    return {"accuracy": heads_right(run, pixels, classes), "other_background": other}


def plainly(run: PhotoRun, shelf: Shelf, rows: Int64, seed: int) -> Figures:
    """Accuracy against the true classes."""
    return {"accuracy": heads_right(run, shelf.pixels[rows], shelf.classes[rows])}


def trials(weight: float | None, share: float) -> dict[str, Trial]:
    """Every option by name; `weight` replaces what is usual."""

    def usual(value: float) -> float:
        return value if weight is None else weight

    return {
        "reconstruction": Trial(
            "simclr",
            {
                "masked": PhotoOptions(reconstruction=usual(1.0)),
                "denoising": PhotoOptions(reconstruction=usual(1.0), hidden=0.0),
            },
            unlabelled,
            five_labels,
        ),
        "domains": Trial(
            "simclr",
            {
                "adversarial": PhotoOptions(domains="adversarial", domain_weight=usual(1.0)),
                "coral": PhotoOptions(domains="coral", domain_weight=usual(1.0)),
                "mmd": PhotoOptions(domains="mmd", domain_weight=usual(1.0)),
            },
            of_two_domains,
            across_domains,
        ),
        "adversarial": Trial(
            "supervised", {"moved": PhotoOptions(adversarial=usual(4.0))}, labelled, under_attack
        ),
        "background": Trial(
            "supervised", {"replaced": PhotoOptions(background=usual(0.5))}, labelled, before_others
        ),
        "wrong-labels": Trial(
            "supervised",
            {
                "generalised": PhotoOptions(wrong_labels="generalised"),
                "symmetric": PhotoOptions(wrong_labels="symmetric"),
                "trimmed": PhotoOptions(wrong_labels="trimmed", wrong_share=usual(share)),
            },
            partly_wrong(share),
            plainly,
        ),
    }


def measured(
    trial: Trial, shelf: Shelf, recipe: PhotoRecipe
) -> Iterator[tuple[str, float, Figures, Figures]]:
    """Each variant with its CPU seconds of training and its figures on validation and on test photos."""
    for name, options in {"off": PhotoOptions(), **trial.variants}.items():
        began = time.process_time()
        lesson = trial.lesson(shelf, recipe.seed)
        run = learn_photos(lesson, replace(recipe, options=options), start=SHAPE)
        seconds = time.process_time() - began
        both = [trial.figures(run, shelf, rows, recipe.seed) for rows in (shelf.valid, shelf.test)]
        yield name, seconds, both[0], both[1]


def main() -> None:
    """Parse, compare, print."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    ask.add_argument("folder", metavar="DIR")
    ask.add_argument("--option", required=True, choices=trials(None, 0.4))
    ask.add_argument("--seed", type=int, nargs="+", default=[0])
    ask.add_argument("--objective", help="another than the option's usual one")
    ask.add_argument("--only", nargs="+", help="these variants beside off")
    ask.add_argument("--weight", type=float, help="the option's weight, share or step")
    ask.add_argument("--wrong", type=float, default=0.4, help="share of labels drawn by chance")
    ask.add_argument("--photos", type=int, default=2000)
    ask.add_argument("--size", type=int, default=32)
    ask.add_argument("--views", type=int, default=12_000)
    told = ask.parse_args()
    torch.set_num_threads(1)
    trial = trials(told.weight, told.wrong)[told.option]
    if told.only:
        kept = {name: of for name, of in trial.variants.items() if name in told.only}
        trial = replace(trial, variants=kept)
    shelf = read_shelf(told.folder, told.photos, told.size)
    found: dict[str, list[Figures]] = {}
    for seed in told.seed:
        objective = told.objective or trial.objective
        looks = None if objective == "supervised" else LOOKS
        recipe = PhotoRecipe(
            objective, views=told.views, sizes=(told.size,), looks=looks, epochs=5, seed=seed
        )
        for name, seconds, valid, test in measured(trial, shelf, recipe):
            found.setdefault(name, []).append(test)
            cells = [f"{figure} {value:.3f} {test[figure]:.3f}" for figure, value in valid.items()]
            print(f"seed {seed}  {name:12} {seconds:4.0f} s  " + "  ".join(cells), flush=True)
    print("\nMeans over seeds on test photos (above: validation, test)")
    for name, of in found.items():
        means = {figure: np.mean([each[figure] for each in of]) for figure in of[0]}
        print(f"{name:12} " + "  ".join(f"{figure} {value:.3f}" for figure, value in means.items()))


if __name__ == "__main__":
    main()
