"""Two looks at each photo of a batch, as two shops might show it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from shelfspace.errors import OptionError
from shelfspace.views.image.backgrounds import with_backgrounds
from shelfspace.views.image.colours import Tints, tinted
from shelfspace.views.image.framing import blurs, framed, placements
from shelfspace.views.image.normalised import MEAN, STD, Pixels, Triple, as_tensor


@dataclass(frozen=True)
class PhotoLooks:
    """How far a look may depart from the photo. The defaults are mild in colour: colour is evidence.

    `size` is the side of a look in pixels (None: the photo's). `area` is the least and greatest share of the
    photo that is kept, `aspect` how much wider or taller than the photo the kept part may be. `flip`,
    `tint`, `blur`, `cutout` and `background` are the shares of photos that are mirrored, tinted, blurred,
    partly covered, and given another background where theirs is plain. `brightness`, `contrast` and
    `saturation` bound the factors, within 1 ± x; `hue` bounds the turn, in turns of the circle; `blur_sigma`
    is the greatest, in pixels of the look; `cutout_area` the greatest share covered; `noise` is the standard
    deviation of grain, in normalised units. `mean` and `std` normalise.

    Raises `OptionError` for a figure out of range.
    """

    size: int | None = None
    area: tuple[float, float] = (0.35, 1.0)
    aspect: float = 4 / 3
    flip: float = 0.5
    tint: float = 0.8
    brightness: float = 0.25
    contrast: float = 0.25
    saturation: float = 0.2
    hue: float = 0.02
    blur: float = 0.2
    blur_sigma: float = 1.5
    cutout: float = 0.0
    cutout_area: float = 0.2
    background: float = 0.0
    noise: float = 0.0
    mean: Triple = MEAN
    std: Triple = STD

    def __post_init__(self) -> None:
        shares = ("flip", "tint", "blur", "cutout", "background", "brightness", "contrast", "saturation")
        sound = {
            "size": self.size is None or self.size >= 1,
            "area": 0 < self.area[0] <= self.area[1] <= 1,
            "aspect": 1 <= self.aspect < 10,
            "hue": 0 <= self.hue <= 0.5,
            "blur_sigma": 0 <= self.blur_sigma < math.inf,
            "cutout_area": 0 <= self.cutout_area <= 1,
            "noise": 0 <= self.noise < math.inf,
            **{name: 0 <= getattr(self, name) <= 1 for name in shares},
        }
        for name, holds in sound.items():
            if not holds:
                raise OptionError(
                    f"{name} is {getattr(self, name)!r}.",
                    "That is out of range.",
                    "See the docstring of PhotoLooks for what each figure means.",
                )

    def two_looks(self, pixels: Pixels, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Two independent looks at photos uint8 [n, s, s, 3], each as `look` gives it."""
        given = as_tensor(pixels)
        return self.look(given, generator), self.look(given, generator)

    def look(self, pixels: Pixels, generator: torch.Generator) -> Tensor:
        """A look at each photo uint8 [n, h, w, 3]: float32 [n, 3, size, size], normalised, channels_last.

        A function of the pixels, the options and the generator's state, which moves on. Without `size`, looks
        are as wide as the photos. Raises `OptionError` for pixels of another shape or type. No photo: none.
        """
        given = as_tensor(pixels)
        draw = _Draw(len(given), generator)
        side = self.size or given.shape[2]
        if self.background:
            chosen = draw.chosen(self.background)
            given = given.clone()
            given[chosen] = with_backgrounds(given[chosen], generator)
        down, across = self._frames(given, side, draw)
        values = framed(given, down, across)
        look = tinted(values, self._tints(draw), self.mean, self.std)
        if self.cutout:
            look = look.masked_fill(self._covered(look, draw), 0.0)
        if self.noise:
            look = look + self.noise * torch.randn(look.shape, generator=generator, device=look.device)
        return look.contiguous(memory_format=torch.channels_last)

    def _frames(self, pixels: Tensor, side: int, draw: _Draw) -> tuple[Tensor, Tensor]:
        """What of each photo is kept, as matrices over its rows and columns."""
        height, width = pixels.shape[1:3]
        area = draw.between(*self.area)
        ratio = torch.exp(draw.between(-1, 1) * math.log(self.aspect) / 2)
        tall, wide = ((area.sqrt() * by).clamp(max=1.0) for by in (1 / ratio, ratio))
        top, left = ((1 - part) * draw.between(0, 1) for part in (tall, wide))
        mirrored = draw.chosen(self.flip)
        start, length = torch.where(mirrored, left + wide, left), torch.where(mirrored, -wide, wide)
        down = placements(top * height, tall * height, height, side)
        across = placements(start * width, length * width, width, side)
        blurred = draw.chosen(self.blur)
        sigma = draw.between(0.1 * self.blur_sigma, self.blur_sigma)
        if self.blur and self.blur_sigma:
            soft = blurs(sigma[blurred], side)
            down[blurred], across[blurred] = soft @ down[blurred], soft @ across[blurred]
        return down, across

    def _tints(self, draw: _Draw) -> Tints:
        chosen = draw.chosen(self.tint).float()

        def factor(reach: float) -> Tensor:
            return 1 + chosen * draw.between(-reach, reach)

        hue = chosen * draw.between(-self.hue, self.hue) * (2 * math.pi)
        return Tints(factor(self.brightness), factor(self.contrast), factor(self.saturation), hue)

    def _covered(self, look: Tensor, draw: _Draw) -> Tensor:
        """Which pixels lie under the cut-out: bool [n, 1, s, s]."""
        side = look.shape[-1]
        chosen = draw.chosen(self.cutout).float()
        edge = (self.cutout_area * draw.between(0.25, 1.0)).sqrt() * side * chosen
        places = torch.arange(side, device=look.device) + 0.5
        spans = [
            (places - start[:, None] >= 0) & (places - start[:, None] < edge[:, None])
            for start in ((side - edge) * draw.between(0, 1), (side - edge) * draw.between(0, 1))
        ]
        return (spans[0][:, :, None] & spans[1][:, None, :])[:, None]


class _Draw:
    """Random figures for n photos, one after the other from one generator."""

    def __init__(self, n: int, generator: torch.Generator) -> None:
        self.n, self.generator = n, generator

    def between(self, low: float, high: float) -> Tensor:
        share = torch.rand(self.n, generator=self.generator, device=self.generator.device)
        return low + (high - low) * share

    def chosen(self, share: float) -> Tensor:
        return self.between(0, 1) < share
