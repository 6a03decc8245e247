"""The image network as an ONNX file, which runs without torch."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from shelfspace.encoders.encoder import Vectors
from shelfspace.encoders.image.handmade import Pixels
from shelfspace.encoders.image.network import ImageNetwork
from shelfspace.errors import MissingExtraError
from shelfspace.views.image.normalised import MEAN, STD

_OPSET = 17
_BATCH = 32


class _FromBytes(nn.Module):
    """Photos uint8 [n, s, s, 3] to unit vectors [n, dim]: the normalisation goes into the file too."""

    def __init__(self, network: ImageNetwork) -> None:
        super().__init__()
        self.network = network
        self.scale: Tensor
        self.offset: Tensor
        self.register_buffer("scale", 1 / (255 * torch.tensor(STD)).view(1, 3, 1, 1))
        self.register_buffer("offset", (torch.tensor(MEAN) / torch.tensor(STD)).view(1, 3, 1, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        photos = pixels.permute(0, 3, 1, 2).float() * self.scale - self.offset
        return nn.functional.normalize(self.network(photos), dim=1)


def export_network(network: ImageNetwork, path: Path, *, size: int = 96) -> None:
    """Write `network` as an ONNX file: "pixels" uint8 `[n, s, s, 3]` in, unit "vectors" `[n, dim]` out.

    Photos have any number and any side; it is traced at `size`. Raises `MissingExtraError` without the
    package onnx.
    """
    _module("onnx")
    module = _FromBytes(network).eval()
    example = torch.zeros(2, size, size, 3, dtype=torch.uint8)
    axes = {"pixels": {0: "n", 1: "height", 2: "width"}, "vectors": {0: "n"}}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # of torch, about the exporter it would rather have used
        torch.onnx.export(
            module,
            (example,),
            str(path),
            input_names=["pixels"],
            output_names=["vectors"],
            dynamic_axes=axes,
            opset_version=_OPSET,
            dynamo=False,
        )


class ExportedNetwork:
    """An exported network, run by onnxruntime on `threads` threads.

    Raises `MissingExtraError` without the package onnxruntime.
    """

    def __init__(self, path: Path, *, threads: int = 2) -> None:
        runtime = _module("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def encode_pixels(self, pixels: Pixels) -> Vectors:
        """Unit vectors `[n, dim]`, float32, of photos uint8 `[n, s, s, 3]`; no photo gives no row."""
        starts: Sequence[int] = range(0, max(len(pixels), 1), _BATCH)
        found = [self._session.run(["vectors"], {"pixels": pixels[i : i + _BATCH]})[0] for i in starts]
        return np.asarray(np.concatenate(found), np.float32)


def _module(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtraError(
            f"A network was to be exported or run, and the package {name} is not installed.",
            "It comes with an extra.",
            'Run: pip install "shelfspace[export]"',
        ) from error
