"""Looks at photos, batched on tensors: framing, colour, blur, cut-outs, backgrounds; corruptions."""

from shelfspace.views.image.corruptions import CORRUPTIONS, corrupted
from shelfspace.views.image.normalised import MEAN, STD, as_tensor, normalised
from shelfspace.views.image.photo_looks import PhotoLooks

__all__ = ["CORRUPTIONS", "MEAN", "STD", "PhotoLooks", "as_tensor", "corrupted", "normalised"]
