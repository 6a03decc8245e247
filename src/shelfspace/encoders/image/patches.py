"""Features learned in closed form: a dictionary of whitened patches, and how near each place is to its words.

Coates, Lee & Ng 2011: one layer, no gradient. Patches are brought to one contrast, whitened (ZCA) and
clustered; a patch then is worth, to each of the k words, how much nearer than on average it lies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.encoders.image.handmade import Float32, Pixels
from shelfspace.errors import OptionError
from shelfspace.views.image.normalised import normalised

_PATCH = 6  # pixels along a side, as in the paper
_CONTRAST = 10 / 255**2  # added to a patch's variance: flat ones are not blown up to noise
_WHITEN = 0.1  # added to the variances that the whitening divides by, in units of contrast
_ROUNDS = 12
_EACH = 120  # patches for each word
_PLACES = 3  # the words are summed in 3 × 3 parts of the photo
_CHUNK = 16


@dataclass(frozen=True)
class PatchDictionary:
    """`words` float32 `[k, 108]` of whitened patches, and the whitening: minus `mean` `[108]`, times `zca`.

    `size` is the side in pixels that photos are brought to first.
    """

    words: Float32
    mean: Float32
    zca: Float32
    size: int = 40

    @property
    def dim(self) -> int:
        """The length of a photo's features."""
        return len(self.words) * _PLACES**2

    def features(self, pixels: Pixels) -> Float32:
        """How much each word is there in each ninth of a photo, float32 `[n, 9 · k]` of length 1 or 0.

        `pixels` are uint8 `[n, s, s, 3]`. The square root is taken of each, so that what covers much of a
        photo doesn't drown the rest.
        """
        found = np.empty((len(pixels), self.dim), np.float32)
        with torch.inference_mode():
            for start in range(0, len(pixels), _CHUNK):
                photos = _photos(pixels[start : start + _CHUNK], self.size)
                found[start : start + _CHUNK] = self._features(photos).numpy()
        return found

    def _features(self, photos: Tensor) -> Tensor:
        n, side = len(photos), self.size - _PATCH + 1
        patches = _whitened(_patches(photos), torch.from_numpy(self.mean), torch.from_numpy(self.zca))
        words = torch.from_numpy(self.words)
        squares = patches.square().sum(1, keepdim=True) + words.square().sum(1)
        away = torch.addmm(squares, patches, words.T, alpha=-2).clamp_(min=0).sqrt_()
        near = (away.mean(1, keepdim=True) - away).clamp_(min=0)
        maps = near.view(n, side, side, -1).permute(0, 3, 1, 2)
        pooled = functional.adaptive_avg_pool2d(maps, _PLACES).flatten(1)
        return functional.normalize(pooled.sqrt())


def fit_patches(pixels: Pixels, *, k: int = 512, size: int = 40, seed: int = 0) -> PatchDictionary:
    """The dictionary of `k` words of photos uint8 `[n, s, s, 3]`, learned from 120 of their patches a word.

    Raises `OptionError` where there is no photo, `k` is below 1, or `size` leaves no ninth a patch.
    """
    if not len(pixels) or k < 1 or size < _PATCH + _PLACES - 1:
        raise OptionError(
            f"{k} words of patches of {len(pixels)} photos in the size {size} were asked for.",
            f"One word and one photo are the least, and {_PATCH + _PLACES - 1} pixels.",
            "Give more, or leave the patches out.",
        )
    rng = np.random.default_rng(seed)
    patches = _some_patches(pixels, size, k * _EACH, rng)
    mean = patches.mean(0)
    centred = (patches - mean).double()
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(centred))
    zca = ((vectors * (values.clamp(min=0) + _WHITEN).rsqrt()) @ vectors.T).float()
    white = (patches - mean) @ zca
    words = _spherical_means(white, min(k, len(white)), rng)
    return PatchDictionary(words.numpy(), mean.numpy(), zca.numpy(), size)


def _some_patches(pixels: Pixels, size: int, n: int, rng: np.random.Generator) -> Tensor:
    """Patches at random places of random photos, of one contrast, `[m, 108]`."""
    chosen = rng.permutation(len(pixels))[: min(n, 4000)]
    each = max(1, n // len(chosen))
    found = []
    for start in range(0, len(chosen), 128):
        photos = _photos(pixels[np.sort(chosen[start : start + 128])], size)
        patches = _patches(photos).view(len(photos), -1, 3 * _PATCH**2)
        places = torch.from_numpy(rng.integers(0, patches.shape[1], (len(photos), each)))
        found.append(patches.gather(1, places[:, :, None].expand(-1, -1, patches.shape[2])).flatten(0, 1))
    return _of_one_contrast(torch.cat(found))


def _spherical_means(white: Tensor, k: int, rng: np.random.Generator) -> Tensor:
    """k-means on the direction of patches (Coates & Ng 2012, section 2): words `[k, d]` of length 1."""
    start = torch.from_numpy(rng.permutation(len(white))[:k])
    words = functional.normalize(white[start])
    for _ in range(_ROUNDS):
        strength, nearest = (white @ words.T).max(dim=1)
        sums = torch.zeros_like(words).index_add_(0, nearest, white * strength[:, None])
        words = functional.normalize(sums + words)  # damped: a word without patches stays
    return words


def _photos(pixels: Pixels, size: int) -> Tensor:
    """Floats from 0 to 1, `[n, 3, size, size]`."""
    return normalised(pixels, size, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))


def _patches(photos: Tensor) -> Tensor:
    """All patches of all photos, `[n · places, 108]`."""
    return functional.unfold(photos, _PATCH).transpose(1, 2).flatten(0, 1)


def _whitened(patches: Tensor, mean: Tensor, zca: Tensor) -> Tensor:
    return (_of_one_contrast(patches) - mean) @ zca


def _of_one_contrast(patches: Tensor) -> Tensor:
    centred = patches - patches.mean(1, keepdim=True)
    result: Tensor = centred / (centred.var(1, keepdim=True) + _CONTRAST).sqrt()
    return result
