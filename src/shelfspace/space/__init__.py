"""The artifact: products, vectors, index and manifest, written whole or not at all, in versions."""

from __future__ import annotations

from shelfspace.space.opening import check, load
from shelfspace.space.space import Space

__all__ = ["Space", "check", "load"]
