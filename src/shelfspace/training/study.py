"""A catalogue made ready for learning: its texts, tokens, closed-form encoder, neighbours and looks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.data.catalog import Catalog
from shelfspace.data.neighbours import Neighbours
from shelfspace.encoders.bags import Bags, bags_of, fit_vocabulary
from shelfspace.encoders.carried import carried_over
from shelfspace.encoders.lexical import lexical_matrix, lexical_neighbours
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.tokens import Int64, normalise
from shelfspace.training.recipe import TextRecipe
from shelfspace.training.text import TextLesson, learn_text
from shelfspace.views.text import looks

_NEIGHBOURS = 10
_FEW_SHOPS = 8  # up to which neighbours are looked for in other shops only
_BETWEEN_SEEDS = 1_000  # of the members of an ensemble: far enough that runs of seeds 0, 1, 2 share none
_LOOKS = 12_000  # altered texts, made once: more than a training run of a few hundred steps can use up


@dataclass(frozen=True)
class TextStudy:
    """Everything that text learning needs of a catalogue, whatever the labels; made by `study_text`."""

    listings: Listings
    bags: Bags
    closed: StaticTextEncoder
    wording: Any
    shops: Int64
    neighbours: Neighbours
    looks: Bags
    look_rows: Int64
    start: StaticTextEncoder

    def lesson(
        self, positives: Int64, negatives: Int64, weights: npt.NDArray[np.float32] | None = None
    ) -> TextLesson:
        """The lesson of labelled pairs of rows, int64 `[m, 2]` each."""
        return TextLesson(
            self.bags,
            self.shops,
            positives,
            self.neighbours,
            negatives,
            weights,
            self.looks,
            self.look_rows,
        )

    def learn(
        self,
        lesson: TextLesson,
        recipe: TextRecipe,
        *,
        seed: int,
        label: str = "Learning text",
        checkpoint: Path | None = None,
        resume: bool = False,
    ) -> StaticTextEncoder:
        """The starting encoder trained on `lesson`, as many times as the recipe has members.

        The weights of members are averaged: since all started at the same place they lie in one basin, where
        the mean of weights does what the mean of scores would, at the cost of one (model soups, Wortsman et
        al. 2022).
        """
        mean = self.start
        for member in range(recipe.members):
            kept = (
                checkpoint if checkpoint is None or recipe.members == 1 else checkpoint / f"member-{member}"
            )
            learned, _ = learn_text(
                self.start,
                lesson,
                recipe,
                seed=seed + member * _BETWEEN_SEEDS,
                label=label if recipe.members == 1 else f"{label}, {member + 1} of {recipe.members}",
                checkpoint=kept,
                resume=resume,
            )
            mean = mean.blended(learned, 1 / (member + 1))
        return mean


def study_text(catalog: Catalog, *, seed: int = 0, init: StaticTextEncoder | None = None) -> TextStudy:
    """The study of a catalogue; linear in its texts but for the neighbour search.

    Learning starts from the closed form, or from that with what `init` has learned on other feeds.
    """
    listings = Listings.of_catalog(catalog)
    vocabulary = fit_vocabulary(listings)
    bags = bags_of(listings, vocabulary)
    closed = StaticTextEncoder.closed_form(vocabulary, seed=seed)
    wording = lexical_matrix(bags, vocabulary, closed.entry_weights(bags))
    shops = catalog.table["shop"].rank("dense").to_numpy().astype(np.int64) - 1
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(catalog))[:_LOOKS]
    altered = _looks(listings.take(rows), catalog.table["brand"][rows].to_list(), rng)
    return TextStudy(
        listings,
        bags,
        closed,
        wording,
        shops,
        nearest_elsewhere(wording, shops, _NEIGHBOURS),
        bags_of(altered, vocabulary),
        rows,
        closed if init is None else carried_over(init, closed),
    )


def _looks(listings: Listings, brands: list[str | None], rng: np.random.Generator) -> Listings:
    plain = [brand and normalise(brand) for brand in brands]
    return Listings(*looks(listings.names, listings.details, plain, rng))


def nearest_elsewhere(wording: Any, shops: Int64, k: int) -> Neighbours:
    """The k nearest listings of every listing in other shops; anywhere else where shops are one or many."""
    n = wording.shape[0]
    ids = np.full((n, k), -1, np.int64)
    scores = np.full((n, k), -np.inf, np.float32)
    numbers = np.unique(shops)
    if 2 <= len(numbers) <= _FEW_SHOPS:
        for number in numbers:
            here, elsewhere = np.flatnonzero(shops == number), np.flatnonzero(shops != number)
            found = lexical_neighbours(wording[here], wording[elsewhere], k)
            ids[here] = np.where(found.ids >= 0, elsewhere[found.ids], -1)
            scores[here] = found.scores
        return Neighbours(ids, scores)
    found = lexical_neighbours(wording, wording, k + 1)
    others = np.argsort(found.ids == np.arange(n)[:, None], axis=1, kind="stable")[:, :k]
    return Neighbours(
        np.take_along_axis(found.ids, others, axis=1), np.take_along_axis(found.scores, others, axis=1)
    )
