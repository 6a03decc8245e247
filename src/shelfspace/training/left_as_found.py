"""The caller's random states and the module's modes, kept through a training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def left_as_found(module: nn.Module) -> Iterator[None]:
    """Keep torch's random states, and the mode of every part of the module."""
    modes = {part: part.training for part in module.modules()}
    with torch.random.fork_rng(devices=graphics_of(module)):
        try:
            yield
        finally:
            for part, mode in modes.items():
                part.training = mode


def graphics_of(module: nn.Module) -> list[int]:
    """The numbers of the CUDA devices that the module lies on; none for the CPU."""
    devices = {weight.device for weight in module.parameters() if weight.device.type == "cuda"}
    return sorted(device.index or 0 for device in devices)
