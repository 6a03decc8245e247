"""Classify: which category each product of a space belongs to, learned from those that have one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.table_schema import TableSchema, details, own_name, schema_of
from shelfspace.encoders.columns import column_vectors
from shelfspace.encoders.listing import Listings
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.classify.kernel import Float32, Int64
from shelfspace.tasks.classify.known_classes import KnownClasses, labels_of, own_classes
from shelfspace.tasks.classify.mixture import TextClassifier, learn_mixture
from shelfspace.tasks.classify.paths import Paths
from shelfspace.tasks.classify.suggested import suggested
from shelfspace.tasks.classify.things import DIRECTIONS, Lesson, Reading, Things, unit_rows
from shelfspace.tasks.match.study import STEPS, Preset


@dataclass(frozen=True)
class Classification:
    """What was learned of a space's products: probabilities `told` `[n, c]`, by a `classifier` from `known`.

    `threshold` is the least probability that is told, 0 where all are; `vectors` are the products' own.
    """

    catalog: Catalog
    known: KnownClasses
    paths: Paths
    classifier: TextClassifier
    told: Float32
    vectors: Float32
    threshold: float

    @property
    def table(self) -> pl.DataFrame:
        """The products without a class: shop, id, title, category, probability and best.

        `best` is the likeliest class; `category` is it too, or the lowest path above it that is probable
        enough, or null; `probability` is the category's, the best one's where there is none.
        """
        rows = self._unlabelled()
        told = self.told[rows]
        answers = self.paths.answers(told, self.threshold)
        best = told.argmax(axis=1) if len(told) else np.empty(0, np.int64)
        every = self.paths.probabilities(told)
        shown = np.where(answers >= 0, answers, best)
        nodes = self.paths.nodes
        return self.catalog.table[rows].select(
            "shop",
            "id",
            "title",
            pl.Series("category", [nodes[n] if n >= 0 else None for n in answers], dtype=pl.String),
            pl.Series("probability", every[np.arange(len(rows)), shown].astype(np.float64)),
            pl.Series("best", [nodes[n] for n in best], dtype=pl.String),
        )

    def suggestions(self, n: int, *, seed: int = 0) -> pl.DataFrame:
        """At most `n` products whose class would teach most: shop, id, title, category, best.

        `category` is empty; once it is filled in, the table may be given as labels.
        """
        rows = self._unlabelled()
        chosen = rows[suggested(self.told[rows], self.vectors[rows], n, seed=seed)]
        best = [self.known.names[place] for place in self.told[chosen].argmax(axis=1)]
        return self.catalog.table[chosen].select(
            "shop",
            "id",
            "title",
            pl.lit(None, dtype=pl.String).alias("category"),
            pl.Series("best", best, dtype=pl.String),
        )

    def figures(self) -> dict[str, float]:
        """What held-back labels say: how many there were, accuracy, the share told and its accuracy."""
        held = self.classifier.held_out
        right = self.paths.right(self.paths.answers(held.told, self.threshold), held.wanted)
        answered = right[right >= 0]
        return {
            "labels": float((self.known.labels >= 0).sum()),
            "held_out": float(len(held.wanted)),
            "accuracy": held.accuracy,
            "share_told": float(len(answered) / len(right)) if len(right) else 0.0,
            "accuracy_told": float(answered.mean()) if len(answered) else 0.0,
        }

    def _unlabelled(self) -> Int64:
        found: Int64 = np.flatnonzero(self.known.labels < 0)
        return found


def classify(
    space: Space,
    labels: Any = None,
    *,
    column: str | None = None,
    abstain: float | None = None,
    preset: Preset = "balanced",
    seed: int = 0,
) -> Classification:
    """What category each product of the space without one belongs to.

    `labels` are a file or a table with id and category, see `labels_of`; without them the catalogue's own
    `column` teaches, google_product_category or product_type by default, and what it lacks is filled in.
    Categories may be paths ("Home > Lamps"). `abstain` is the accuracy asked for: what would be right less
    often, as held-back labels say, is told as a category above, or not at all. The preset "fast" trains no
    encoder.

    Raises what `labels_of` and `own_classes` raise, and `OptionError` for an accuracy out of (0, 1].
    """
    if abstain is not None and not 0 < abstain <= 1:
        raise OptionError(
            f"An accuracy of {abstain:g} was asked for.", "It is above 0 and at most 1.", "Say 0.95, for one."
        )
    catalog = space.catalog
    known = own_classes(catalog, column) if labels is None else labels_of(catalog, labels)
    reading, things = _read(space, known)
    names = reading.read(Listings.of_texts([name.split(" > ")[-1] for name in known.names])).words
    lesson = Lesson(things, known.labels, len(known.names), names)
    classifier = learn_mixture(lesson, reading.encoder, finetuned=STEPS[preset] > 0, seed=seed)
    told = classifier.probabilities(things)
    paths = Paths.of(known.names)
    held = classifier.held_out
    threshold = 0.0 if abstain is None else paths.threshold(held.told, held.wanted, abstain)
    vectors = things.parts.get(DIRECTIONS, np.zeros((len(things), 1), np.float32))
    return Classification(catalog, known, paths, classifier, told, vectors, threshold)


def _read(space: Space, known: KnownClasses) -> tuple[Reading, Things]:
    """The products as things, with what the space knows of them, and without the column that is asked for."""
    schema = schema_of(space.artifacts) or TableSchema({"title": "text"})
    told = {kind: [own_name(name) for name in schema.of_kind(kind)] for kind in schema.kinds.values()}
    numbers, categories = (
        [name for name in told.get(kind, ()) if name != known.column] for kind in ("number", "category")
    )
    catalog = space.catalog
    if known.column is not None:
        table = catalog.table.with_columns(pl.lit(None, dtype=pl.String).alias(known.column))
        if known.column in told.get("category", ()):
            table = table.with_columns(details(table, categories))
        catalog = replace(catalog, table=table)
    reading, things = Reading.of(Listings.of_catalog(catalog), seed=space.seed)
    parts = dict(things.parts)
    if known.column is None and not _hashed(space):
        parts["meaning"] = unit_rows(space.text_vectors)
    if numbers or categories:
        parts["columns"] = column_vectors(catalog.table, numbers, categories, seed=space.seed)
    if space.photo_vectors is not None:
        parts["photos"] = unit_rows(space.photo_vectors)
    return reading, replace(things, parts=parts)


def _hashed(space: Space) -> bool:
    """Whether the space's vectors say no more than the words do: the closed form, of random directions."""
    return space.figures.get("shipped") == "closed"
