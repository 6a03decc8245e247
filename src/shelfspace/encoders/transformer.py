"""Any Hugging Face text model behind the encoders' face, by name or from a folder.

Texts are tokenised and batched by their exact number of tokens. No batch holds padding, so a listing's vector
cannot depend on what stands beside it, no model needs a padding token, and nothing is spent on padding.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.pretrained import (
    Pooling,
    first_line,
    modules_of,
    pooling_of,
    read_pretrained,
    without_bars,
)
from shelfspace.errors import MissingExtraError, OptionError, ShelfspaceError, SpaceError
from shelfspace.progress import Advance, progress

Precision = Literal["auto", "float32", "bfloat16"]

_WINDOW = 16_384  # listings tokenised and sorted by length at once, some tens of megabytes
_LETTERS_A_TOKEN = 100  # WordPiece gives up on longer words, and others cut them to pieces


@dataclass(frozen=True)
class TransformerTextEncoder:
    """A Hugging Face `model` and its `tokenizer`; a vector is the pooled last hidden state at length 1.

    A listing's text is its name, a space and its details, cut to `max_tokens`. `pooling` is "mean" over all
    tokens, "cls" for the first or "last" for the last one. `precision` "auto" computes in bfloat16 where the
    device multiplies it faster; vectors are float32 always.
    """

    model: Any
    tokenizer: Any
    dim: int
    max_tokens: int
    batch_size: int
    pooling: Pooling
    precision: Precision
    kind: str = "transformer"

    @classmethod
    def from_pretrained(
        cls,
        name_or_path: str | Path,
        *,
        max_tokens: int = 64,
        batch_size: int = 64,
        pooling: Literal["auto"] | Pooling = "auto",
        precision: Precision = "auto",
    ) -> TransformerTextEncoder:
        """The encoder of a model's name on the Hugging Face hub, or of a folder.

        With `pooling` "auto" a model of sentence-transformers pools as it says and any other by the mean.
        `max_tokens` is cut to what the model takes. Only safetensors are read, never pickled weights, and no
        code that comes with a model is run.

        Raises `MissingExtraError` without the package transformers, `OptionError` for a parameter out of
        range, and `ShelfspaceError` for what cannot be loaded, is no text model, or pools in another way.
        """
        _check_options(max_tokens, batch_size, pooling, precision)
        modules = modules_of(name_or_path)
        model, tokenizer = read_pretrained(name_or_path, modules.get("Transformer", ""))
        pooled = pooling_of(name_or_path, modules) if pooling == "auto" else pooling
        return cls._of(model, tokenizer, max_tokens, batch_size, pooled, precision, str(name_or_path))

    @classmethod
    def load(cls, folder: Path) -> TransformerTextEncoder:
        """The encoder that `save` wrote, without any network; `SpaceError` where its files are damaged."""
        try:
            settings = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
            max_tokens, batch_size = int(settings["max_tokens"]), int(settings["batch_size"])
            pooling, precision = settings["pooling"], settings["precision"]
            _check_options(max_tokens, batch_size, pooling, precision)
            model, tokenizer = read_pretrained(folder, "", local=True)
            encoder = cls._of(model, tokenizer, max_tokens, batch_size, pooling, precision, str(folder))
            if encoder.dim != settings["dim"]:
                raise ValueError(f"vectors have {encoder.dim} numbers instead of {settings['dim']}")
        except MissingExtraError:
            raise
        except (ShelfspaceError, OSError, ValueError, KeyError, TypeError) as damage:
            raise SpaceError(
                f"The text encoder in {folder} cannot be read: {first_line(damage)}.",
                "It needs encoder.json and the model and tokenizer that were saved with it.",
                "The space is damaged: roll back to an earlier version or fit again.",
            ) from damage
        return encoder

    @classmethod
    def _of(
        cls,
        model: Any,
        tokenizer: Any,
        max_tokens: int,
        batch_size: int,
        pooling: Pooling,
        precision: Precision,
        name: str,
    ) -> TransformerTextEncoder:
        encoder = cls(model, tokenizer, 0, max_tokens, batch_size, pooling, precision)
        encoder = replace(encoder, max_tokens=min(max_tokens, encoder.longest))
        try:
            dim = encoder._forward([tokenizer("a")["input_ids"] or [0]]).shape[1]
        except (TypeError, ValueError, AttributeError, RuntimeError, IndexError) as error:
            raise ShelfspaceError(
                f"The model {name} cannot encode a text: {first_line(error)}.",
                "A text model makes one hidden state a token from token numbers alone.",
                "Give a text encoder such as a BERT, or the text tower of a larger model.",
            ) from error
        return replace(encoder, dim=dim)

    @property
    def longest(self) -> int:
        """How many tokens the model can read."""
        positions = getattr(self.model.config, "max_position_embeddings", None)
        return int(min(limit for limit in (positions, self.tokenizer.model_max_length) if limit))

    def encode(self, listings: Listings) -> Vectors:
        """Unit vectors `[n, dim]`, float32; a listing without any token becomes the zero vector."""
        import torch

        vectors = np.zeros((len(listings), self.dim), np.float32)
        bfloat16 = in_bfloat16(self.model.device.type, self.precision)
        # One autocast around all batches converts each weight once.
        with (
            _watched(len(listings), self.batch_size) as advance,
            torch.autocast(self.model.device.type, dtype=torch.bfloat16, enabled=bfloat16),
        ):
            for start in range(0, len(listings), _WINDOW):
                window = slice(start, start + _WINDOW)
                part = Listings(listings.names[window], listings.details[window])
                for rows, tokens in self._batches(part):
                    vectors[start + rows] = self._forward(tokens)
                    advance(len(rows))
        return vectors

    def save(self, folder: Path) -> None:
        """Write the model (safetensors), the tokenizer and `encoder.json` into `folder`."""
        with without_bars():
            self.model.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)
        names = ("kind", "dim", "max_tokens", "batch_size", "pooling", "precision")
        settings = {name: getattr(self, name) for name in names}
        (folder / "encoder.json").write_text(json.dumps(settings, indent=2), encoding="utf-8")

    def tokens(self, listings: Listings) -> list[list[int]]:
        """The token numbers of each listing, the model's marks included, `max_tokens` at most."""
        texts = texts_of(listings, _LETTERS_A_TOKEN * self.max_tokens)
        if not texts:
            return []
        tokens: list[list[int]] = self.tokenizer(texts, truncation=True, max_length=self.max_tokens)[
            "input_ids"
        ]
        return tokens

    def _batches(self, listings: Listings) -> Iterator[tuple[npt.NDArray[np.int64], list[list[int]]]]:
        """Rows and token numbers of texts that are equally long; those without any token are left out."""
        tokens = self.tokens(listings)
        lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
        order = np.argsort(lengths, kind="stable")
        order = order[lengths[order] > self.tokenizer.num_special_tokens_to_add()]
        for group in np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1):
            for start in range(0, len(group), self.batch_size):
                rows = group[start : start + self.batch_size]
                yield rows, [tokens[row] for row in rows]

    def _forward(self, tokens: list[list[int]]) -> Vectors:
        import torch

        from shelfspace.encoders.tower import TextTower
        from shelfspace.objectives.similarity import unit

        reader = self.model.get_encoder() if self.model.config.is_encoder_decoder else self.model
        with torch.no_grad():
            return np.asarray(unit(TextTower(reader, self.pooling)(tokens)).cpu().numpy(), np.float32)


def texts_of(listings: Listings, length: int = 64 * _LETTERS_A_TOKEN) -> list[str]:
    """What a text model reads of each listing, `length` characters at most."""
    return [_text(name, more, length) for name, more in zip(listings.names, listings.details, strict=True)]


def _text(name: str, details: str, length: int) -> str:
    """Name and details as one text; a lone surrogate, which no tokenizer takes, becomes a question mark."""
    # A cell of megabytes is cut before it is tokenised; the spaces go first, since they make no tokens.
    words = " ".join(f"{name} {details}".split())[:length]
    return words.encode("utf-8", "replace").decode()


def _watched(n: int, batch_size: int) -> AbstractContextManager[Advance]:
    """A progress bar, but none for the single query of a search."""
    return progress("Encoding texts", n) if n > batch_size else nullcontext(lambda steps=1, note="": None)


def in_bfloat16(device: str, precision: Precision) -> bool:
    """Whether to compute in bfloat16: when told to, or where the device has instructions for it."""
    if precision != "auto":
        return precision == "bfloat16"
    import torch

    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    supported = (getattr(torch.cpu, f"_is_{name}_supported", None) for name in ("avx512_bf16", "amx_tile"))
    return device == "cpu" and any(ask() for ask in supported if ask)


def _check_options(max_tokens: int, batch_size: int, pooling: str, precision: str) -> None:
    known = {"pooling": ("auto", *get_args(Pooling)), "precision": get_args(Precision)}
    for name, given in (("pooling", pooling), ("precision", precision)):
        if given not in known[name]:
            raise OptionError(
                f"{name} is {given!r}.", f"It is one of {', '.join(known[name])}.", "Choose one."
            )
    if max_tokens < 4 or batch_size < 1:
        raise OptionError(
            f"max_tokens is {max_tokens} and batch_size {batch_size}.",
            "A text needs 4 tokens or more, two of which the model spends on marks, and a batch a text.",
            "64 is usual for both.",
        )
