"""A cross-encoder: a text model that reads two listings at once and says whether they are one product."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from shelfspace.encoders.pretrained import Pooling, first_line
from shelfspace.encoders.tower import TextTower, Tokens, batches_by_length
from shelfspace.encoders.transformer import Precision, in_bfloat16
from shelfspace.errors import SpaceError
from shelfspace.progress import progress

Float32 = npt.NDArray[np.float32]
_FORMAT = "shelfspace-cross-encoder-1"


class CrossTower(nn.Module):
    """A tower over joined texts, and a linear head: a log-odds a pair. The head starts at nothing."""

    def __init__(self, tower: TextTower, dim: int) -> None:
        super().__init__()
        self.tower = tower
        self.head = nn.Linear(dim, 1)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self.head.to(next(tower.parameters()).device)

    def forward(self, tokens: Tokens) -> Tensor:
        """The log-odds of each joined pair of texts, float32 `[n]`."""
        pooled = nn.functional.dropout(self.tower(tokens), 0.1, self.training)
        logits: Tensor = self.head(pooled).squeeze(1)
        return logits.float()


@dataclass(frozen=True)
class CrossEncoder:
    """A trained `module` and the `tokenizer` that joins texts for it, `max_tokens` a pair at most."""

    module: CrossTower
    tokenizer: Any
    max_tokens: int
    precision: Precision = "auto"
    batch_size: int = 64

    def log_odds(self, left: Sequence[str], right: Sequence[str]) -> Float32:
        """The log-odds that each pair of texts is one product, float32 `[m]`, whichever comes first.

        The mean of both orders. A pair takes about 20 ms for a model of six layers on one core.
        """
        found = np.zeros(len(left), np.float32)
        with progress("Reading pairs", 2 * len(left)) as advance:
            for first, second in ((left, right), (right, left)):
                found += self._one_way(joined(self.tokenizer, first, second, self.max_tokens), advance) / 2
        return found

    @torch.no_grad()
    def _one_way(self, tokens: Tokens, advance: Any) -> Float32:
        self.module.eval()
        device = self.module.head.weight.device.type
        found = np.zeros(len(tokens), np.float32)
        lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
        bfloat16 = in_bfloat16(device, self.precision)
        with torch.autocast(device, dtype=torch.bfloat16, enabled=bfloat16):
            for part in batches_by_length(
                lengths, self.batch_size, np.random.default_rng(0), window=len(tokens) or 1
            ):
                found[part] = self.module([tokens[place] for place in part]).cpu().numpy()
                advance(len(part))
        return found

    def to_bytes(self) -> bytes:
        """The cross-encoder whole: weights in bfloat16, configuration and tokenizer, as safetensors."""
        from safetensors.torch import save

        model = self.module.tower.model
        state = self.module.state_dict()
        about = {
            "format": _FORMAT,
            "config": model.config.to_json_string(use_diff=False),  # type: ignore[operator, union-attr]
            "tokenizer": self.tokenizer.backend_tokenizer.to_str(),
            "settings": json.dumps(
                {
                    "max_tokens": self.max_tokens,
                    "precision": self.precision,
                    "pooling": self.module.tower.pooling,
                    "padding": self.module.tower.padding,
                }
            ),
        }
        halved = {
            name: (tensor.bfloat16() if tensor.is_floating_point() else tensor).contiguous().cpu()
            for name, tensor in state.items()
        }
        return bytes(save(halved, metadata=about))

    @classmethod
    def from_bytes(cls, written: bytes) -> CrossEncoder:
        """The cross-encoder that `to_bytes` wrote, without any network; `SpaceError` for anything else."""
        from safetensors import SafetensorError
        from safetensors.torch import load

        try:
            about = _metadata(written)
            if about.get("format") != _FORMAT:
                raise ValueError(f"the format is {about.get('format')!r}")
            settings = json.loads(about["settings"])
            pooling: Pooling = settings["pooling"]
            tower = TextTower(_model_of(json.loads(about["config"])), pooling, int(settings["padding"]))
            weights = load(written)
            module = CrossTower(tower, weights["head.weight"].shape[1])
            module.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
            tokenizer = _tokenizer_of(about["tokenizer"])
            return cls(module.eval(), tokenizer, int(settings["max_tokens"]), settings["precision"])
        except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError, OSError) as damage:
            raise SpaceError(
                f"The stored cross-encoder cannot be read: {first_line(damage)}.",
                "It is the safetensors file that fit wrote.",
                "Roll back to an earlier version of the space, or fit again.",
            ) from damage


def joined(tokenizer: Any, first: Sequence[str], second: Sequence[str], max_tokens: int) -> list[list[int]]:
    """The token numbers of pairs of texts, each pair as one sequence; the longer text is cut first."""
    if not len(first):
        return []
    pairs = tokenizer(list(first), list(second), truncation=True, max_length=max_tokens)
    found: list[list[int]] = pairs["input_ids"]
    return found


def _metadata(written: bytes) -> dict[str, str]:
    """The texts that stand in the head of a safetensors file."""
    length = int.from_bytes(written[:8], "little")
    if not 0 < length < len(written):
        raise ValueError("it has no head")
    found = json.loads(written[8 : 8 + length]).get("__metadata__", {})
    return {str(name): str(text) for name, text in found.items()}


def _model_of(config: dict[str, Any]) -> nn.Module:
    """A model without weights, of a configuration that transformers knows."""
    import transformers

    kind = transformers.AutoConfig.for_model(config.pop("model_type"), **config)
    model: nn.Module = transformers.AutoModel.from_config(kind).float()
    return model.to("cuda" if torch.cuda.is_available() else "cpu")


def _tokenizer_of(text: str) -> Any:
    import tokenizers
    import transformers

    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizers.Tokenizer.from_str(text))
