"""Two modalities in one space, with a learnt sharpness: CLIP and SigLIP."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.objectives.infonce import infonce
from shelfspace.objectives.similarity import check_pair, check_shape, cosines, nothing

#: Where the learnable parameters start, as published: 1 / 0.07 for CLIP, 10 and −10 for SigLIP.
CLIP_LOG_SCALE = math.log(1 / 0.07)
SIGLIP_LOG_SCALE, SIGLIP_BIAS = math.log(10.0), -10.0

_SHARPEST = math.log(100.0)


def clip(photos: Tensor, texts: Tensor, log_scale: Tensor, *, mask: Tensor | None = None) -> Tensor:
    """The scalar symmetric InfoNCE of photos and texts at the temperature exp(−`log_scale`), learnt too.

    Radford et al. 2021 (CLIP), figure 3 and section 2.5: the scale starts at 1/0.07 (`CLIP_LOG_SCALE`) and
    is held at or below 100. Differs from the paper: known false negatives can be masked.

    `photos` and `texts` are [n, d], row i of both shows one thing, normalised here; `log_scale` is a scalar
    parameter; `mask` as in `infonce`, which see for degenerate batches. Raises `OptionError` for other
    shapes.
    """
    check_shape("log_scale", log_scale, ())
    scale = log_scale.clamp(max=_SHARPEST)
    return infonce(photos, texts, temperature=torch.exp(-scale), mask=mask)


def siglip(
    photos: Tensor, texts: Tensor, log_scale: Tensor, bias: Tensor, *, mask: Tensor | None = None
) -> Tensor:
    """The scalar −1/n Σᵢ Σⱼ log σ(zᵢⱼ (exp(t) s(pᵢ, tⱼ) + b)), z 1 for i = j and −1 otherwise, s the cosine.

    Zhai et al. 2023 (SigLIP), section 3.2 and algorithm 1: every pair is a question of its own, so small
    batches do well. t is `log_scale` and b is `bias`, learnt, starting at log 10 and −10
    (`SIGLIP_LOG_SCALE`, `SIGLIP_BIAS`). Differs from the paper: known false negatives can be masked, and the
    scale is held at or below 100 as in CLIP.

    `photos` and `texts` are [n, d], row i of both shows one thing, normalised here; `mask` [n, n] is true
    where j is known not to be a negative of i, its diagonal is ignored. No pair: 0 with gradient zero.
    Raises `OptionError` for other shapes.
    """
    check_pair(photos, texts)
    n = len(photos)
    check_shape("log_scale", log_scale, ())
    check_shape("bias", bias, ())
    check_shape("mask", mask, (n, n))
    if n == 0:
        return nothing(photos, texts)
    logits = cosines(photos, texts) * torch.exp(log_scale.clamp(max=_SHARPEST)) + bias
    same = torch.eye(n, dtype=torch.bool, device=photos.device)
    losses = functional.softplus(torch.where(same, -logits, logits))
    if mask is not None:
        losses = losses.masked_fill(mask & ~same, 0.0)
    return losses.sum() / n
