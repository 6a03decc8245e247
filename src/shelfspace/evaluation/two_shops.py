"""Two shops made of one: the second rewrites every title and takes every photo anew."""

from __future__ import annotations

import io
from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt
import polars as pl
from PIL import Image, ImageEnhance

from shelfspace.data.catalog import Catalog
from shelfspace.data.images import Photos
from shelfspace.data.synthetic.noise import mistype
from shelfspace.encoders.bags import bags_of, fit_vocabulary
from shelfspace.encoders.lexical import lexical_matrix, lexical_neighbours
from shelfspace.encoders.listing import Listings
from shelfspace.evaluation.crossmodal_folders import CrossmodalFolder
from shelfspace.evaluation.folders import PairFolder
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.labelled import LabelledPairs

Int64 = npt.NDArray[np.int64]
Pixels = npt.NDArray[np.uint8]

_MOST_PRODUCTS = 2_000
_SHARED = 0.8  # of the products, those that the second shop sells too
_NEAR, _FAR = 4, 2  # pairs of different products for each: those of the nearest titles, and any
_PARTS = (0.6, 0.2)  # of the products, to train and to validate on; the rest is tested
_LOST, _SHORT, _SLIP, _TURNED = 0.3, 0.1, 0.15, 0.5  # chances of what happens to a title


@dataclass(frozen=True)
class TwoShops:
    """Labelled pairs between the shops "left" and "right", and a photo for each row of their catalogue."""

    pairs: PairFolder
    photos: Photos


def two_shops(folder: CrossmodalFolder, seed: int = 0) -> TwoShops:
    """Two shops of at most 2,000 of the folder's products, four fifths of which both sell.

    The right shop loses words, shortens, turns round and mistypes titles, and cuts, lights, tints, mirrors
    and compresses photos. Each product gives one pair that matches and six that do not, four of them with the
    nearest titles. Products are dealt to training, validation and test.
    """
    rng = np.random.default_rng(seed)
    n = min(len(folder.listings), _MOST_PRODUCTS)
    left = np.sort(rng.permutation(len(folder.listings))[:n])
    sold = np.sort(rng.permutation(n)[: int(_SHARED * n)])
    titles = [folder.listings.names[row] for row in left.tolist()]
    again = [rewritten(titles[place], Random(f"{seed} {place}")) for place in sold.tolist()]
    pixels = folder.photos.pixels[left]
    retakes = [retaken(pixels[place], Random(f"{seed} {place}")) for place in sold.tolist()]
    every = np.concatenate([pixels, np.array(retakes, np.uint8).reshape(-1, *pixels.shape[1:])])
    table = pl.DataFrame(
        {
            "shop": ["left"] * n + ["right"] * len(sold),
            "id": [str(place) for place in [*range(n), *rng.permutation(len(sold)).tolist()]],
            "title": titles + again,
        }
    )
    pairs = _pairs(titles, again, sold, rng)
    part = rng.choice(3, n, p=[*_PARTS, 1 - sum(_PARTS)])
    split = [pairs.take(np.flatnonzero(part[pairs.pairs.left] == number)) for number in range(3)]
    train, valid, test = split
    made = PairFolder(f"{folder.name}, two shops", Catalog.from_table(table), train, valid, test, 0)
    return TwoShops(made, Photos(every, np.ones(len(every), np.bool_)))


def rewritten(title: str, rng: Random) -> str:
    """The title as another shop writes it; one word at least remains.

    >>> rewritten("Puma Men White Running Shoes", Random(2)) != "Puma Men White Running Shoes"
    True
    """
    words = title.split()
    kept = [word for word in words if rng.random() >= _LOST] or words[:1]
    kept = [f"{word[:3]}." if len(word) > 4 and rng.random() < _SHORT else word for word in kept]
    if rng.random() < _TURNED:
        at = int(rng.random() * len(kept))
        kept = kept[at:] + kept[:at]
    told = " ".join(kept)
    return mistype(rng, told) if rng.random() < _SLIP else told


def retaken(pixels: Pixels, rng: Random) -> Pixels:
    """The photo as another shop shows it: cut closer, lit and tinted otherwise, perhaps mirrored, as JPEG."""
    size = len(pixels)
    side = round(size * rng.uniform(0.75, 0.95))
    left, top = (int(rng.random() * (size - side + 1)) for _ in range(2))
    photo = Image.fromarray(pixels).crop((left, top, left + side, top + side)).resize((size, size))
    for change in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        photo = change(photo).enhance(rng.uniform(0.75, 1.25))
    tint = np.array([rng.uniform(0.92, 1.08) for _ in range(3)])
    photo = Image.fromarray(np.clip(np.asarray(photo) * tint, 0, 255).astype(np.uint8))
    if rng.random() < 0.3:
        photo = photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    written = io.BytesIO()
    photo.save(written, "JPEG", quality=60)
    return np.asarray(Image.open(written).convert("RGB"))


def _pairs(titles: list[str], again: list[str], sold: Int64, rng: np.random.Generator) -> LabelledPairs:
    """One match for each product that both sell, and pairs with its nearest and with any other titles."""
    n, m = len(titles), len(sold)
    listings = Listings.of_texts([*titles, *again])
    vocabulary = fit_vocabulary(listings)
    bags = bags_of(listings, vocabulary)
    weights = np.asarray(vocabulary.idf[bags.token] * bags.tf, np.float32)
    rows = lexical_matrix(bags, vocabulary, weights)
    near = lexical_neighbours(rows[:n][sold], rows[n:], min(_NEAR + 1, m)).ids
    far = rng.integers(0, m, (m, _FAR))
    others = np.hstack([near, far])
    mine = np.arange(m)[:, None]
    wrong = (others >= 0) & (others != mine)
    left = np.concatenate([sold, np.broadcast_to(sold[:, None], others.shape)[wrong]])
    right = n + np.concatenate([np.arange(m), others[wrong]])
    labels = np.concatenate([np.ones(m, np.int64), np.zeros(int(wrong.sum()), np.int64)])
    keys, first = np.unique(left * (n + m) + right, return_index=True)
    return LabelledPairs(PairRows(keys // (n + m), keys % (n + m)), labels[first])
