"""Learn the product encoder: its parts in closed form, and how much each counts where others are missing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shelfspace.data.images import Photos
from shelfspace.encoders.encoder import Encoder, Vectors
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.product import (
    CommonSpace,
    Facts,
    Gates,
    ProductEncoder,
    WordPhotoPairs,
    evidence_of,
    squeeze_of,
)
from shelfspace.training.common_space import EPOCHS, CommonStudy, ranks_of, study_common
from shelfspace.training.gate import Verdict, gate

Int64 = npt.NDArray[np.int64]

#: What the parts may weigh; price and categories say little alone, and cannot be asked for.
WEIGHTS: dict[str, dict[str, float]] = {
    "even": {"text": 1, "photo": 1, "common": 1, "facts": 0.1},
    "more text": {"text": 2, "photo": 1, "common": 1, "facts": 0.1},
    "more photo": {"text": 1, "photo": 2, "common": 1, "facts": 0.1},
    "more common": {"text": 1, "photo": 1, "common": 3, "facts": 0.1},
    "mostly common": {"text": 0.5, "photo": 0.5, "common": 4, "facts": 0.1},
}
_MOST_HELD = 1_000
_FEWEST_HELD = 20
_FEWEST_OF_A_CATEGORY = 5
_WORD_SHARE = 0.6  # of a name that a look at it keeps


@dataclass(frozen=True)
class ProductStudy:
    """A product encoder, how it was chosen, and what was measured."""

    encoder: ProductEncoder
    verdict: Verdict | None
    figures: dict[str, float | str]


def study_product(
    listings: Listings,
    text: Encoder,
    photo: Encoder,
    vectors: Vectors,
    *,
    epochs: int = EPOCHS,
    seed: int = 0,
) -> ProductStudy:
    """The product encoder over a text encoder and a photo encoder, learned from listings with photos.

    `vectors` are what the photo encoder makes of the listings; `epochs` how long the common space learns on
    top of its closed form. Categories, where listings have some, are told by a head beside.

    The common space of words and photos comes first. Then the parts are weighed, by how often a held-out
    product is found again when either side shows its words only, its photo only, or both, the words thinned
    and the photo recropped.

    Where hardly any listing has both words and a photo there is no common space, and all weigh the same.
    """
    figures: dict[str, float | str] = {"photos": float(vectors.any(axis=1).sum())}
    size = 96 if listings.photos is None else listings.photos.size
    nothing, even = CommonSpace.empty(photo.dim), Gates.fixed(WEIGHTS["even"])
    encoder = ProductEncoder(text, photo, squeeze_of(vectors), nothing, Facts.fit(listings), even, size)
    pairs = WordPhotoPairs.of(listings, vectors, seed=seed)
    if pairs is None:
        return ProductStudy(encoder, None, figures)
    categories = _categories(listings, pairs.rows)
    common = study_common(pairs, epochs=epochs, categories=categories, seed=seed)
    encoder = replace(encoder, common=common.common)
    if common.verdict is not None:
        figures["held_out_photo_title_mrr"] = round(common.verdict.score, 4)
    order = np.random.default_rng(seed).permutation(len(pairs))
    held, rest = np.split(order, [min(_MOST_HELD, len(pairs) // 5)])
    if len(held) < _FEWEST_HELD:
        return ProductStudy(encoder, None, figures)
    # Products that the common space was learned from would speak for it too well.
    blind = replace(encoder, common=_blind(common, pairs, np.sort(rest), categories))
    verdict = _weigh(blind, listings.take(np.sort(pairs.rows[held])), seed)
    figures |= {"product_weights": verdict.name, "held_out_product_mrr": round(verdict.score, 4)}
    return ProductStudy(replace(encoder, gates=Gates.fixed(WEIGHTS[verdict.name])), verdict, figures)


def _blind(common: CommonStudy, pairs: WordPhotoPairs, rest: Int64, categories: Int64 | None) -> CommonSpace:
    """The common space of some of the pairs."""
    return common.refitted(pairs.take(rest), None if categories is None else categories[rest])


def _categories(listings: Listings, rows: Int64) -> Int64 | None:
    """The number of each listing's path of categories `[m]`, -1 for a rare one; None where all are rare."""
    if listings.categories is None:
        return None
    paths = np.array([listings.categories[row] for row in rows.tolist()])
    names, numbers, counts = np.unique(paths, return_inverse=True, return_counts=True)
    common = (counts >= _FEWEST_OF_A_CATEGORY) & (names != "")
    if common.sum() < 2:
        return None
    return np.where(common, np.cumsum(common) - 1, -1)[numbers].astype(np.int64)


def _weigh(encoder: ProductEncoder, whole: Listings, seed: int) -> Verdict:
    """Which weights find most products again."""
    rng = np.random.default_rng(seed)
    _, groups = np.unique(list(whole.names), return_inverse=True)
    sides = [dropped(looked_at(whole, rng), rng), dropped(whole, rng)]
    parts = [(encoder.parts(side), evidence_of(side)) for side in sides]
    tried = {}
    for name, weights in WEIGHTS.items():
        weighed = replace(encoder, gates=Gates.fixed(weights))
        queries, items = (weighed.fused(*part) for part in parts)
        tried[name] = queries @ items.T
    return gate(tried, lambda scores: 1 / (1 + ranks_of(scores, groups)), closed="even", steps=1)


def looked_at(listings: Listings, rng: np.random.Generator) -> Listings:
    """Another look at each: some words of its name, no details, and its photo cut closer."""
    names = [_thinned(name, rng) for name in listings.names]
    photos = None if listings.photos is None else _recropped(listings.photos, rng)
    return replace(listings, names=names, details=[""] * len(names), photos=photos)


def dropped(listings: Listings, rng: np.random.Generator) -> Listings:
    """A third of the listings without words, a third without a photo, a third whole."""
    fate = rng.integers(0, 3, len(listings))
    names = ["" if gone == 0 else name for gone, name in zip(fate, listings.names, strict=True)]
    details = ["" if gone == 0 else text for gone, text in zip(fate, listings.details, strict=True)]
    photos = listings.photos
    if photos is not None:
        photos = replace(photos, found=photos.found & (fate != 1))
    return replace(listings, names=names, details=details, photos=photos)


def _thinned(name: str, rng: np.random.Generator) -> str:
    words = name.split()
    kept = [word for word in words if rng.random() < _WORD_SHARE]
    return " ".join(kept or words[:1])


def _recropped(photos: Photos, rng: np.random.Generator) -> Photos:
    """The photos cut to a window of 80 to 100 % of each side and brought back to their size."""
    from PIL import Image

    size = photos.size
    pixels = np.zeros_like(photos.pixels)
    for row in np.flatnonzero(photos.found):
        side = round(size * rng.uniform(0.8, 1.0))
        top, left = rng.integers(0, size - side + 1, 2)
        window = Image.fromarray(photos.pixels[row][top : top + side, left : left + side])
        pixels[row] = np.asarray(window.resize((size, size)))
    return replace(photos, pixels=pixels)
