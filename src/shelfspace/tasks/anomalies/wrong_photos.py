"""Photos that do not fit their titles: the two disagree more than right pairs do."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.errors import OptionError
from shelfspace.objectives.spectral.correlation import canonical_correlation

Matrix = npt.NDArray[np.floating]
Float64 = npt.NDArray[np.float64]

FEWEST = 20
_FOLDS = 5
_DIM = 64
_TIE = 1e-6  # what rounding may tell apart


def wrong_photos(photos: Matrix, texts: Matrix, *, folds: int = _FOLDS, seed: int = 0) -> pl.DataFrame:
    """How badly each thing's photo and text fit: `row`, `disagreement`, `p_value`, `probability`, `why`.

    `photos` [n, p] and `texts` [n, q] are features of n things (of any two encoders). Canonical correlation
    brings both into one space, fitted without the fold that it is asked about, so that no thing vouches for
    itself. `disagreement` in 0…1 is the mean share of other texts that fit the photo better and of other
    photos that fit the text better: near 0 for right pairs, anywhere for wrong ones. Where there are other
    things of the very same text, they count as fitting alike, not better.

    Wrong pairs being spread evenly, how many disagree by more than a half tells how many there are (Storey
    2002). `p_value` is how likely a right pair disagrees so much, `probability` how likely the pair is wrong;
    the most likely come first. Raises `OptionError` for fewer than 20 things or unequal numbers.
    """
    if len(photos) != len(texts) or len(photos) < FEWEST or not 2 <= folds <= len(photos) // 2:
        raise OptionError(
            f"There are {len(photos)} photos, {len(texts)} texts and {folds} folds.",
            f"{FEWEST} things at least, each with both, and 2 or more folds are needed.",
            "Pass more things that have a photo and a title.",
        )
    disagreement = _disagreements(photos, texts, folds, seed)
    p_values, probabilities = _judged(disagreement)
    table = pl.DataFrame(
        {
            "row": np.arange(len(photos)),
            "disagreement": disagreement,
            "p_value": p_values,
            "probability": probabilities,
        }
    )
    why = pl.format(
        "{} % of other titles or photos fit better than its own",
        (100 * pl.col("disagreement")).round(1),
    )
    return table.with_columns(why.alias("why")).sort(
        "probability", "disagreement", descending=True, maintain_order=True
    )


def _disagreements(photos: Matrix, texts: Matrix, folds: int, seed: int) -> Float64:
    order = np.random.default_rng(seed).permutation(len(photos))
    disagreement = np.zeros(len(photos))
    for fold in np.array_split(order, folds):
        others = np.setdiff1d(order, fold)
        k = min(_DIM, photos.shape[1], texts.shape[1], len(others) - 1)
        common = canonical_correlation(photos[others], texts[others], k, regularisation=0.1)
        left = _unit(common.left(photos[fold]) * common.correlations)
        right = _unit(common.right(texts[fold]) * common.correlations)
        fits = left @ right.T
        own = np.diag(fits)[:, None]
        n = max(1, len(fold) - 1)
        better = (fits - own > _TIE).sum(axis=1) + (fits.T - own > _TIE).sum(axis=1)
        disagreement[fold] = better / (2 * n)
    return disagreement


def _judged(disagreement: Float64) -> tuple[Float64, Float64]:
    """P-values among right pairs, and the probability of being wrong, by the share of wrong ones."""
    n = len(disagreement)
    wrong = min(0.5, 2 * float((disagreement > 0.5).mean()))
    ordered = np.sort(disagreement)
    as_bad = (n - np.searchsorted(ordered, disagreement, side="left")) / n
    right = np.maximum(as_bad - wrong * (1 - disagreement), 0) / (1 - wrong)
    p_values = np.clip(right, 1 / (n + 1), 1)
    # Density near each disagreement, from the share within a window that mirrors at the ends.
    width = max(0.02, 20 / n)
    low, high = np.maximum(disagreement - width, 0), np.minimum(disagreement + width, 1)
    inside = np.searchsorted(ordered, high, side="right") - np.searchsorted(ordered, low, side="left")
    density = inside / n / (high - low)
    probability = np.minimum(1, wrong / np.maximum(density, 1e-12))
    # A pair that disagrees more is not less likely wrong.
    climbing = np.empty(n)
    rows = np.argsort(disagreement, kind="stable")
    climbing[rows] = np.maximum.accumulate(probability[rows])
    return p_values, climbing


def _unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
