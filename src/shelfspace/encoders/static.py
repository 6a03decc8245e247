"""The static text encoder: a weighted sum of token vectors, closed-form first, then learned.

v = Σ_t w_t · tf_t · e_t / ‖·‖ over the tokens t of a listing, where w_t is what the token is worth and e_t
its vector. Untrained, w is IDF times a weight of the kind and e a random direction, so that v·v′ equals the
IDF-weighted lexical cosine up to the projection's noise of about 1/√dim (Johnson and Lindenstrauss 1984).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.bags import Bags, bags_of, chunks
from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.tokens import normalise, tokenize
from shelfspace.encoders.vocabulary import N_KINDS, N_SHARED_VECTORS, Float32, Vocabulary
from shelfspace.errors import SpaceError

DIM = 256
_PROBE = "Sony WH-1000XM4 Kopfhörer, 0,5 kg ５００ＧＢ 无线耳机 ヘッドホン หูฟัง naïve 12/24"
DETAIL_WEIGHT = 0.2  # of a token that stands in the details only, beside the same token in the name


@dataclass(frozen=True)
class StaticTextEncoder:
    """Token weights and vectors of a vocabulary.

    `log_weights` float32 `[V + kinds]`, `vectors` float32 `[own + shared, dim]`, `detail_weight` scalar > 0.
    """

    vocabulary: Vocabulary
    log_weights: Float32
    vectors: Vectors
    detail_weight: float
    kind: str = "static"

    @classmethod
    def closed_form(cls, vocabulary: Vocabulary, *, dim: int = DIM, seed: int = 0) -> StaticTextEncoder:
        """The untrained encoder: IDF weights and random directions of expected length 1."""
        from shelfspace.objectives.spectral import lexical_token_vectors

        n_vectors = vocabulary.n_own_vectors + N_SHARED_VECTORS
        vectors = lexical_token_vectors(n_vectors, dim, seed=seed)
        return cls(vocabulary, vocabulary.closed_form_weights(), vectors, DETAIL_WEIGHT)

    @property
    def preprocessing_hash(self) -> str:
        """A digest of the tokens of a fixed text: a space made with other tokens is refused."""
        tokens = tokenize([normalise(_PROBE)])
        return hashlib.sha256(tokens.hash.tobytes() + tokens.kind.tobytes()).hexdigest()

    @property
    def dim(self) -> int:
        """The length of a vector."""
        return int(self.vectors.shape[1])

    def encode(self, listings: Listings) -> Vectors:
        """Unit vectors `[n, dim]`, float32; a listing without tokens becomes the zero vector."""
        parts = [self.encode_bags(bags_of(part, self.vocabulary)) for part in chunks(listings)]
        return np.concatenate(parts) if parts else np.zeros((0, self.dim), np.float32)

    def encode_bags(self, bags: Bags) -> Vectors:
        """Unit vectors of listings already tokenised with this encoder's vocabulary."""
        import torch

        with torch.inference_mode():
            sums = torch.nn.functional.embedding_bag(
                torch.from_numpy(bags.vector),
                torch.from_numpy(self.vectors),
                torch.from_numpy(bags.offsets[:-1].astype(np.int32)),
                mode="sum",
                per_sample_weights=torch.from_numpy(self.entry_weights(bags)),
            )
            return np.asarray(torch.nn.functional.normalize(sums, dim=1).numpy(), np.float32)

    def entry_weights(self, bags: Bags) -> Float32:
        """What each entry of the bags is worth `[m]`, term frequency and place included."""
        place = np.where(bags.detail, np.float32(self.detail_weight), np.float32(1))
        return np.asarray(np.exp(self.log_weights[bags.token]) * bags.tf * place, np.float32)

    def untrained(self) -> StaticTextEncoder:
        """The closed form's weights over the same vocabulary; the vectors stay, and are not to be used."""
        weights = self.vocabulary.closed_form_weights()
        return StaticTextEncoder(self.vocabulary, weights, self.vectors, DETAIL_WEIGHT)

    def blended(self, other: StaticTextEncoder, share: float) -> StaticTextEncoder:
        """This encoder with `share` (0…1) of the way to `other` gone, weights and vectors alike.

        Interpolation in weight space keeps one vector a thing (Wortsman et al. 2022, WiSE-FT, equation 1).
        Both must have the same vocabulary. A share of 0 is this one and 1 is `other`, whatever NaN is in the
        far one.
        """
        if share in (0, 1):
            return other if share else self

        def between(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
            return np.asarray((1 - share) * a + share * b, np.float32)

        return StaticTextEncoder(
            self.vocabulary,
            between(self.log_weights, other.log_weights),
            between(self.vectors, other.vectors),
            float(self.detail_weight ** (1 - share) * other.detail_weight**share),
        )

    def save(self, folder: Path) -> None:
        """Write `static.safetensors` and `encoder.json` into `folder`."""
        from safetensors.numpy import save_file

        tensors = {
            "hash": self.vocabulary.hash.view(np.int64),
            "kind": self.vocabulary.kind,
            "count": self.vocabulary.count,
            "log_weights": self.log_weights,
            "vectors": self.vectors,
        }
        save_file(
            {name: np.ascontiguousarray(t) for name, t in tensors.items()}, folder / "static.safetensors"
        )
        settings = {
            "kind": self.kind,
            "dim": self.dim,
            "n_texts": self.vocabulary.n_texts,
            "detail_weight": self.detail_weight,
        }
        (folder / "encoder.json").write_text(json.dumps(settings, indent=2), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> StaticTextEncoder:
        """The encoder that `save` wrote; `SpaceError` where a file is damaged or does not fit the others."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            settings = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
            tensors = load_file(folder / "static.safetensors")
            vocabulary = Vocabulary(
                tensors["hash"].view(np.uint64), tensors["kind"], tensors["count"], int(settings["n_texts"])
            )
            weight = float(settings["detail_weight"])
            encoder = cls(vocabulary, tensors["log_weights"], tensors["vectors"], weight)
            _check(encoder, int(settings["dim"]))
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as damage:
            raise SpaceError(
                f"The text encoder in {folder} cannot be read: {damage}.",
                "It needs encoder.json and static.safetensors as they were saved.",
                "The space is damaged: roll back to an earlier version or fit again.",
            ) from damage
        return encoder


def _check(encoder: StaticTextEncoder, dim: int) -> None:
    """Raise `ValueError` unless the parts are of the types and lengths that their vocabulary asks for."""
    vocabulary = encoder.vocabulary
    n = len(vocabulary)
    wanted: dict[str, tuple[npt.NDArray[Any], type[np.generic], tuple[int, ...]]] = {
        "kind": (vocabulary.kind, np.int8, (n,)),
        "count": (vocabulary.count, np.int32, (n,)),
        "log_weights": (encoder.log_weights, np.float32, (n + N_KINDS,)),
        "vectors": (encoder.vectors, np.float32, (vocabulary.n_own_vectors + N_SHARED_VECTORS, dim)),
    }
    for name, (array, dtype, shape) in wanted.items():
        if array.dtype != dtype or array.shape != shape:
            raise ValueError(
                f"{name} is {array.dtype} {array.shape} where {n} tokens need {dtype.__name__} {shape}"
            )
