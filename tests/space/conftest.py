from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from shelfspace import encoders
from shelfspace.data.catalog import Catalog
from shelfspace.encoders.listing import Listings
from shelfspace.space.space import Space

PRODUCTS = pl.DataFrame(
    {
        "shop": ["east", "east", "east", "west", "west"],
        "id": ["1", "2", "a/b", "1", "9"],
        "title": ["Bose QC45 headphones", "Sony WH-1000XM4", "", "Bose QuietComfort 45", "ソニー ヘッドホン"],
        "brand": ["bose", "sony", None, "bose", "it's"],
        "price": [329.0, 279.5, None, 310.0, 20.0],
        "Feed Column.1": ["x", None, "y", "z", "x"],
        "_row": ["p", "q", "r", "s", None],
    }
)


@dataclass(frozen=True)
class CountingEncoder:
    """Characters counted into a few places: no training, no weights, the same vector for the same text."""

    dim: int = 16
    kind: str = "counting"
    preprocessing_hash: str = "a" * 64

    def encode(self, listings: Listings) -> npt.NDArray[np.float32]:
        vectors = np.zeros((len(listings), self.dim), np.float32)
        for row, name in enumerate(listings.names):
            for character in name:
                vectors[row, hash(ord(character) * 7919) % self.dim] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, lengths, out=vectors, where=lengths > 0)

    def save(self, folder: Path) -> None:
        (folder / "encoder.json").write_text(json.dumps({"kind": self.kind, "dim": self.dim}))


@pytest.fixture
def catalog() -> Catalog:
    return Catalog.from_table(PRODUCTS)


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def space(catalog: Catalog, encoder: CountingEncoder) -> Space:
    vectors = encoder.encode(Listings.of_catalog(catalog))
    return Space(catalog, encoder, vectors, seed=7, figures={"f1": 0.5, "gate": "learned"})


@pytest.fixture
def counting_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let load find the encoder of these tests."""

    def load_encoder(folder: Path) -> CountingEncoder:
        return CountingEncoder(dim=json.loads((folder / "encoder.json").read_text())["dim"])

    monkeypatch.setattr(encoders, "load_encoder", load_encoder)
