"""Checkpoints that survive a crash: one safetensors file an epoch, with JSON inside, no pickle."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

_PATTERN = "checkpoint-*.safetensors"
_KEPT = 2  # were the newest damaged, the one before still serves


@dataclass(frozen=True)
class Checkpoint:
    """The state after an epoch: named `tensors` and a JSON-able `state`."""

    tensors: dict[str, Tensor]
    state: dict[str, Any]


def save_checkpoint(folder: Path, epoch: int, checkpoint: Checkpoint) -> Path:
    """Write the checkpoint of `epoch` into `folder`, whole or not at all, and give its path.

    The file is flushed to disk under another name and then renamed. Older ones but the last are removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tensors = _separate(checkpoint.tensors)
    metadata = {"state": json.dumps(checkpoint.state), "hash": _hash(tensors, checkpoint.state)}
    path = folder / f"checkpoint-{epoch:06d}.safetensors"
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        file.write(save(tensors, metadata=metadata))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    _flush_folder(folder)
    for old in sorted(folder.glob(_PATTERN))[:-_KEPT]:
        old.unlink()
    return path


def load_checkpoint(folder: Path) -> tuple[Checkpoint | None, list[str]]:
    """The newest sound checkpoint of `folder`, or None, and a note for each damaged one passed over."""
    notes: list[str] = []
    for path in sorted(folder.glob(_PATTERN), reverse=True):
        try:
            return _read(path), notes
        except (SafetensorError, ValueError, KeyError, TypeError, OSError) as damage:
            notes.append(f"The checkpoint {path.name} is damaged ({damage}) and was passed over.")
    return None, notes


def clear_checkpoints(folder: Path) -> None:
    """Remove all checkpoints of `folder`, so that a new run doesn't mix with an old one."""
    for path in folder.glob(_PATTERN):
        path.unlink()


def _read(path: Path) -> Checkpoint:
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata() or {}
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    state = json.loads(metadata["state"])
    if _hash(tensors, state) != metadata["hash"]:
        raise ValueError("its content does not fit its hash")
    return Checkpoint(tensors, state)


def _separate(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors on the CPU, each with memory of its own: the format refuses tied weights."""
    separate: dict[str, Tensor] = {}
    seen: set[int] = set()
    for name, tensor in sorted(tensors.items()):
        plain = tensor.detach().cpu().contiguous()
        place = plain.untyped_storage().data_ptr()
        separate[name] = plain.clone() if place in seen else plain
        seen.add(place)
    return separate


def _hash(tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> str:
    digest = hashlib.blake2b(json.dumps(state).encode(), digest_size=16)
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        if tensor.numel():
            digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _flush_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system lets a folder be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
