"""What a recommender has learned, as files: arrays as safetensors, settings as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.errors import SpaceError

Arrays = dict[str, npt.NDArray[Any]]

_SETTINGS = "recommender.json"
_ARRAYS = "recommender.safetensors"


def keep(folder: Path, kind: str, arrays: Arrays, **settings: Any) -> None:
    """Write the arrays and settings of a recommender of this kind into `folder`, made where missing."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / _ARRAYS)
    (folder / _SETTINGS).write_text(json.dumps({"kind": kind, **settings}), encoding="utf-8")


def kept_kind(folder: Path) -> str:
    """The kind of the recommender in `folder`; `SpaceError` where there is none."""
    return str(_settings(folder)["kind"])


def kept(folder: Path, kind: str) -> tuple[Arrays, dict[str, Any]]:
    """The arrays and settings that `keep` wrote; `SpaceError` where they are missing or of another kind."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    settings = _settings(folder)
    try:
        arrays = load_file(folder / _ARRAYS)
    except (OSError, SafetensorError) as error:
        raise _unreadable(folder) from error
    if settings.pop("kind") != kind:
        raise _unreadable(folder)
    return arrays, settings


def arrays_of(name: str, matrix: Any) -> Arrays:
    """The parts of a CSR matrix by name, for a file."""
    from scipy import sparse

    rows = sparse.csr_array(matrix)
    starts, columns = rows.indptr.astype(np.int64), rows.indices.astype(np.int32)
    return {f"{name}_starts": starts, f"{name}_columns": columns, f"{name}_values": rows.data}


def matrix_of(name: str, arrays: Arrays, shape: tuple[int, int]) -> Any:
    """The CSR matrix whose `arrays_of` these are."""
    from scipy import sparse

    values, columns, starts = (arrays[f"{name}_{part}"] for part in ("values", "columns", "starts"))
    return sparse.csr_array((values, columns, starts), shape=shape)


def _settings(folder: Path) -> dict[str, Any]:
    try:
        settings = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))
        if "kind" in settings:
            return dict(settings)
    except (OSError, ValueError, TypeError) as error:
        raise _unreadable(folder) from error
    raise _unreadable(folder)


def _unreadable(folder: Path) -> SpaceError:
    return SpaceError(
        f"{folder} holds no recommender that can be read.",
        f"It has {_SETTINGS} and {_ARRAYS} as save wrote them.",
        "Fit it again, or restore the files.",
    )
