"""The product encoder: words, photo, price and categories in one vector, each as far as it can be trusted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.data.images import Photos
from shelfspace.encoders.encoder import Encoder, Vectors
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.product.common_space import CommonSpace, unit
from shelfspace.encoders.product.facts import Facts
from shelfspace.errors import SpaceError

Float32 = npt.NDArray[np.float32]

#: What a product vector is made of, in this order.
PARTS = ("text", "photo", "common", "facts")
#: What the gates look at: the words of the name, those of the details, and whether there is a photo.
EVIDENCE = ("name", "details", "photo")
PHOTO_DIM = 256  # of a photo's part in a product vector
_SQUEEZED_BY = 8_000  # photos that say how
_FILE = "product.safetensors"


@dataclass(frozen=True)
class Gates:
    """How much each part counts: exp(bias + slopes · evidence), `[parts]` and `[parts, evidence]`.

    The share of the squared length of a whole product's vector, up to a common factor.
    """

    bias: Float32
    slopes: Float32

    @classmethod
    def fixed(cls, weights: Mapping[str, float]) -> Gates:
        """Gates that give each part its weight whatever the evidence; 0 shuts a part out."""
        shares = np.array([weights.get(name, 0.0) for name in PARTS])
        bias = np.log(np.maximum(shares, 1e-12)).astype(np.float32)
        return cls(bias, np.zeros((len(PARTS), len(EVIDENCE)), np.float32))

    def weights(self, evidence: Float32) -> Float32:
        """The weight of every part `[n, parts]`, of `evidence` `[n, 3]`."""
        return np.asarray(np.exp(self.bias + evidence @ self.slopes.T), np.float32)


@dataclass(frozen=True)
class ProductEncoder:
    """Listings with photos to unit vectors that hold their parts side by side.

    The parts are the text encoder's vector, the photo encoder's on fewer directions (times `squeeze`
    `[d, fewer]`, which leaves the cosines nearly as they are), the place in the common space of words and
    photos (where a text meets a photo), and price with categories. Each is unit, weighed by the square root
    of its gate, and what is missing is left out, so that the cosine of two products is the weighted mean of
    the cosines of what both have: a bare query is a product that has words and nothing else.
    """

    text: Encoder
    photo: Encoder
    squeeze: Float32
    common: CommonSpace
    facts: Facts
    gates: Gates
    photo_size: int = 96
    kind: str = "product"

    @property
    def widths(self) -> tuple[int, ...]:
        """The length of each of `PARTS`."""
        return self.text.dim, self.squeeze.shape[1], self.common.dim, self.facts.dim

    @property
    def dim(self) -> int:
        """The length of a vector."""
        return sum(self.widths)

    def encode(self, listings: Listings) -> Vectors:
        """Unit vectors `[n, dim]`, float32; a listing without words, photo, price and category is zero."""
        return self.fused(self.parts(listings), evidence_of(listings))

    def parts(self, listings: Listings, photo: Vectors | None = None) -> dict[str, Vectors]:
        """Each part of the vectors, unit or zero rows; `photo` is the photo encoder's where it is known."""
        photo = self.photo.encode(listings) if photo is None else photo
        common = unit(self.common.of_words(listings) + self.common.of_photos(photo))
        text = self.text.encode(listings.without_photos())
        seen = unit(photo @ self.squeeze)
        return {"text": text, "photo": seen, "common": common, "facts": self.facts.encode(listings)}

    def fused(self, parts: Mapping[str, Vectors], evidence: Float32) -> Vectors:
        """The vectors `[n, dim]` of these parts, gated by `evidence` `[n, 3]`."""
        scales = np.sqrt(self.gates.weights(evidence))
        weighed = [parts[name] * scales[:, [place]] for place, name in enumerate(PARTS)]
        return unit(np.hstack(weighed))

    def part(self, vectors: Vectors, name: str) -> Vectors:
        """One part of product vectors, unit or zero rows: what it alone says."""
        ends = np.cumsum(self.widths)
        place = PARTS.index(name)
        found = vectors[:, ends[place] - self.widths[place] : ends[place]]
        return np.ascontiguousarray(unit(found))

    def read(self, sources: Sequence[str | Path | bytes | None]) -> Photos:
        """The photos as this encoder wants them."""
        from shelfspace.data.images import read_photos

        return read_photos(sources, size=self.photo_size)

    def save(self, folder: Path) -> None:
        """Write the encoders of text and photo into folders of their own, and the rest beside them."""
        from safetensors.numpy import save_file

        for name, encoder in (("text", self.text), ("photo", self.photo)):
            (folder / name).mkdir()
            encoder.save(folder / name)
        tensors = {f"common.{name}": np.ascontiguousarray(t) for name, t in self.common.tensors().items()}
        tensors["squeeze"] = np.ascontiguousarray(self.squeeze)
        tensors |= {"gates.bias": self.gates.bias, "gates.slopes": np.ascontiguousarray(self.gates.slopes)}
        save_file(tensors, folder / _FILE)
        facts = {"prices": self.facts.prices, "categories": self.facts.categories, "n": self.facts.n}
        settings = {"kind": self.kind, "dim": self.dim, "photo_size": self.photo_size, "facts": facts}
        text = json.dumps(settings, indent=2, ensure_ascii=False)
        (folder / "encoder.json").write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, load_encoder: Callable[[Path], Encoder]) -> ProductEncoder:
        """The encoder that `save` wrote; `SpaceError` where a file is damaged or does not fit the others.

        `load_encoder` opens the encoders of text and photo that lie in it.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            settings = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
            held = load_file(folder / _FILE)
            within = "common."
            common = CommonSpace.of_tensors(
                {name.removeprefix(within): t for name, t in held.items() if name.startswith(within)}
            )
            told = settings["facts"]
            prices = {name: (float(mean), float(width)) for name, (mean, width) in told["prices"].items()}
            facts = Facts(prices, {str(k): int(n) for k, n in told["categories"].items()}, int(told["n"]))
            gates = Gates(held["gates.bias"], held["gates.slopes"])
            text, photo = load_encoder(folder / "text"), load_encoder(folder / "photo")
            encoder = cls(text, photo, held["squeeze"], common, facts, gates, int(settings["photo_size"]))
            _check(encoder, int(settings["dim"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as damage:
            raise SpaceError(
                f"The product encoder in {folder} cannot be read: {damage}.",
                f"It needs encoder.json, {_FILE} and the folders text and photo as they were saved.",
                "The space is damaged: roll back to an earlier version or fit again.",
            ) from damage
        return encoder


def text_encoder_of(encoder: Encoder) -> Encoder:
    """The encoder of texts that is in a product encoder; any other is one itself."""
    return encoder.text if isinstance(encoder, ProductEncoder) else encoder


def evidence_of(listings: Listings) -> Float32:
    """What the gates look at, float32 `[n, 3]`, each from 0 to about 1; see `EVIDENCE`."""
    names = [len(name.split()) for name in listings.names]
    details = [len(text.split()) for text in listings.details]
    photo = np.zeros(len(listings)) if listings.photos is None else listings.photos.found
    columns = [np.log1p(names) / 3, np.log1p(details) / 6, photo]
    return np.column_stack(columns).astype(np.float32)


def _check(encoder: ProductEncoder, dim: int) -> None:
    parts, evidence = len(PARTS), len(EVIDENCE)
    fits = encoder.dim == dim and encoder.common.photo_map.shape[0] == encoder.photo.dim
    fits = fits and len(encoder.squeeze) == encoder.photo.dim
    fits = fits and encoder.gates.bias.shape == (parts,) and encoder.gates.slopes.shape == (parts, evidence)
    if not fits or len(encoder.common.vocabulary) != len(encoder.common.word_map):
        raise ValueError("its arrays do not fit each other")


def squeeze_of(photos: Vectors, dim: int = PHOTO_DIM) -> Float32:
    """The `dim` directions `[d, dim]` in which photo vectors `[n, d]` are longest, fewer where d is.

    Of all such maps it changes the products of these vectors least (Eckart & Young 1936).
    """
    rows = photos[photos.any(axis=1)][:_SQUEEZED_BY].astype(np.float64)
    _, directions = np.linalg.eigh(rows.T @ rows)
    return np.ascontiguousarray(directions[:, ::-1][:, :dim], np.float32)
