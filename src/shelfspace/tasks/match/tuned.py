"""What a pretrained text model adds to a match: fine-tuned vectors, and a reader of the open pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.bundled import bundled_model
from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.tokens import Int64
from shelfspace.encoders.transformer import TransformerTextEncoder, texts_of
from shelfspace.errors import SpaceError
from shelfspace.tasks.match.desk import Columns, Desk
from shelfspace.tasks.match.labelled import (
    Fold,
    LabelledPairs,
    out_of_fold_columns,
    taught_targets,
)
from shelfspace.tasks.match.reader import BAND, Reader
from shelfspace.tasks.match.trees import TreeScorer
from shelfspace.training.cross import TextPairs, tune_cross
from shelfspace.training.text import TextLesson
from shelfspace.training.tuning import Tuning, tune_meaning

Float64 = npt.NDArray[np.float64]

#: Of a listing: its name, and where that is short the beginning of its details. Cost grows with it.
MAX_TOKENS = 32
#: Open pairs that a cross-encoder learns from at most; three epochs of them take some three minutes.
MOST_READ = 3_000
#: Under which name the fine-tuned vectors are kept.
VECTORS = "meaning.safetensors"
#: The signal's name: cosines of the fine-tuned vectors.
MEANING = "learned tuned meaning"


@dataclass(frozen=True)
class TextModel:
    """A pretrained model, how it is fine-tuned, and the seed of it."""

    encoder: TransformerTextEncoder
    tuning: Tuning
    seed: int = 0

    @classmethod
    def named(cls, encoder: str, tuning: Tuning | None = None, seed: int = 0) -> TextModel:
        """The text model of this name or path; "auto" is the one that the extra `best` brings along.

        Raises what `bundled_model` and `TransformerTextEncoder.from_pretrained` raise.
        """
        source = bundled_model() if encoder == "auto" else encoder
        read = TransformerTextEncoder.from_pretrained(source, max_tokens=MAX_TOKENS)
        return cls(read, tuning or Tuning(), seed)

    def tuned(
        self, desk: Desk, folds: Sequence[Fold], train: LabelledPairs, lesson: TextLesson
    ) -> tuple[Desk, list[Fold]]:
        """The desk and the folds, each with fine-tuned vectors and a reader beside what they have.

        One bi-encoder and one cross-encoder a fold, which have not seen its labels. A pair that nobody has
        labelled is new to all of them: their mean decides, so that no further one need be trained.
        """
        desk, folds = self._with_meaning(desk, folds, train, lesson)
        return self._with_reader(desk, folds, train)

    def _with_meaning(
        self, desk: Desk, folds: Sequence[Fold], train: LabelledPairs, lesson: TextLesson
    ) -> tuple[Desk, list[Fold]]:
        parts, tuning = [], self.tuning
        for number, fold in enumerate(folds, 1):
            pairs = train.pairs.take(fold.held_out)
            unseen = lesson.without(np.column_stack([pairs.left, pairs.right]))
            tuned, tuning = tune_meaning(  # whose rate, found once, serves the other folds too
                self.encoder,
                desk.listings,
                unseen,
                tuning,
                seed=self.seed,
                label=f"Tuning the text model (fold {number} of {len(folds)})",
            )
            parts.append(tuned.encode(desk.listings))
        found = [
            replace(fold, signals={**fold.signals, MEANING: part})
            for fold, part in zip(folds, parts, strict=True)
        ]
        return desk.with_learned({**desk.learned_signals, MEANING: side_by_side(parts)}), found

    def _with_reader(
        self, desk: Desk, folds: Sequence[Fold], train: LabelledPairs
    ) -> tuple[Desk, list[Fold]]:
        columns = out_of_fold_columns(desk, train, folds, "pair")
        targets = taught_targets(desk, train, folds, seed=self.seed)
        texts = texts_of(desk.listings)
        trees = [
            self._trees(columns, targets, np.setdiff1d(np.arange(len(targets)), f.held_out)) for f in folds
        ]
        open_ = np.zeros(len(targets), bool)
        for fold, one in zip(folds, trees, strict=True):
            # Only trees that have not seen the labels can say which pairs are open.
            open_[fold.held_out] = np.abs(one.log_odds(_at(columns, fold.held_out))) < BAND
        judges, tuning = [], self.tuning
        for number, fold in enumerate(folds, 1):
            others = self._some(np.setdiff1d(np.flatnonzero(open_), fold.held_out))
            pairs = train.pairs.take(others)
            left, right = ([texts[row] for row in side] for side in (pairs.left, pairs.right))
            judge, tuning = tune_cross(
                self.encoder,
                TextPairs(left, right, targets[others]),
                tuning,
                seed=self.seed,
                label=f"Tuning the cross-encoder (fold {number} of {len(folds)})",
            )
            judges.append(judge)
        found = [
            replace(fold, reader=Reader(one, (judge,), texts))
            for fold, one, judge in zip(folds, trees, judges, strict=True)
        ]
        whole = self._trees(columns, targets, np.arange(len(targets)))
        return desk.with_reader(Reader(whole, tuple(judges), texts)), found

    def _some(self, places: Int64) -> Int64:
        """As many of the places as a cross-encoder can be taught on in minutes, chosen at random."""
        if len(places) <= MOST_READ:
            return places
        rng = np.random.default_rng(self.seed)
        return np.sort(rng.choice(places, MOST_READ, replace=False)).astype(np.int64)

    def _trees(self, columns: Columns, targets: Float64, places: Int64) -> TreeScorer:
        return TreeScorer.fit(_at(columns, places), targets[places], seed=self.seed)


def side_by_side(parts: Sequence[Vectors]) -> Vectors:
    """Vectors whose cosines are the mean cosines of `parts`, each `[n, d]`: float32 `[n, parts · d]`."""
    return np.hstack(parts).astype(np.float32) / np.float32(np.sqrt(len(parts)))


def _at(columns: Columns, places: Int64) -> Columns:
    return {name: column[places] for name, column in columns.items()}


def kept(desk: Desk) -> dict[str, bytes]:
    """The fine-tuned part of a desk as named blobs; none where there is no such part."""
    from safetensors.numpy import save

    blobs: dict[str, bytes] = {}
    if MEANING in desk.learned_signals:
        vectors = np.asarray(desk.learned_signals[MEANING], np.float16)
        blobs[VECTORS] = bytes(save({"vectors": vectors}))
    if desk.reader is not None:
        blobs["reader.json"] = desk.reader.trees.to_json().encode()
        for number, judge in enumerate(desk.reader.judges):
            blobs[f"judge-{number}.safetensors"] = judge.to_bytes()
    return blobs


def restored(desk: Desk, blobs: Mapping[str, bytes]) -> Desk:
    """The desk with what `kept` gave of it; `SpaceError` for blobs that are anything else."""
    if VECTORS in blobs:
        vectors = _vectors(blobs[VECTORS], len(desk.listings))
        desk = desk.with_learned({**desk.learned_signals, MEANING: vectors})
    if "reader.json" not in blobs:
        return desk
    from shelfspace.encoders.cross import CrossEncoder

    judges = [
        CrossEncoder.from_bytes(blob) for name, blob in sorted(blobs.items()) if name.startswith("judge-")
    ]
    trees = TreeScorer.from_json(blobs["reader.json"].decode())
    return desk.with_reader(Reader(trees, tuple(judges), texts_of(desk.listings)))


def _vectors(blob: bytes, n: int) -> Vectors:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        vectors = np.asarray(load(blob)["vectors"], np.float32)
        if vectors.ndim != 2 or len(vectors) != n:
            raise ValueError(f"their shape is {vectors.shape}")
    except (SafetensorError, KeyError, ValueError) as damage:
        raise SpaceError(
            f"The fine-tuned vectors of the space cannot be read ({damage}).",
            f"There is one for each of its {n} products.",
            "Roll back to an earlier version of the space, or fit again.",
        ) from damage
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), np.float32)  # halves are a little off
