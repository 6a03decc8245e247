"""Products to vectors: words, photo, price and categories fused."""

from __future__ import annotations

from shelfspace.encoders.product.common_space import CommonSpace, WordPhotoPairs
from shelfspace.encoders.product.facts import Facts
from shelfspace.encoders.product.product import (
    PARTS,
    Gates,
    ProductEncoder,
    evidence_of,
    squeeze_of,
    text_encoder_of,
)

__all__ = [
    "PARTS",
    "CommonSpace",
    "Facts",
    "Gates",
    "ProductEncoder",
    "WordPhotoPairs",
    "evidence_of",
    "squeeze_of",
    "text_encoder_of",
]
