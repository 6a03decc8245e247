"""The manifest of a space: what it is, what made it, and the hash of every file of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path, PurePosixPath
from typing import Any

from shelfspace.errors import SpaceError

FORMAT_VERSION = 1
MANIFEST_NAME = "manifest.json"
Figure = float | int | str


@dataclass(frozen=True)
class Manifest:
    """What one version of a space says about itself.

    `created` is UTC in ISO 8601; hashes are SHA-256 in hexadecimal; `data_hash` is over the catalogue's
    values; `parent` is the version that was current before; `files` gives `{"sha256": …, "bytes": …}` for
    each relative path.
    """

    encoder_kind: str
    encoder_hash: str
    preprocessing_hash: str
    dim: int
    data_hash: str
    seed: int
    n_products: int
    shops: list[str]
    created: str
    shelfspace_version: str
    figures: dict[str, Figure] = field(default_factory=dict)
    parent: str | None = None
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    metric: str = "cosine"
    dtype: str = "float32"
    format_version: int = FORMAT_VERSION

    def write(self, path: Path) -> None:
        """Write the manifest as JSON to `path`."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False, sort_keys=True, allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8")


def read_manifest(path: Path) -> Manifest:
    """The manifest in the file `path`; keys that this version does not know are passed over.

    Raises `SpaceError` where the file is missing, is not JSON, misses a field, holds a field of the wrong
    kind, or was made by a newer format.
    """
    record = _read_json(path)
    _refuse_newer(record, path)
    for name, (needed, holds) in _FIELDS.items():
        if name not in record or not holds(record[name]):
            shown = repr(record[name])[:80] if name in record else "missing"
            raise _damaged(path, f"{name!r} is {shown}", f"It should be {needed}.")
    return Manifest(**{each.name: record[each.name] for each in fields(Manifest)})


def _read_json(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SpaceError(
            f"{path.parent} has no {path.name}.",
            "Every version of a space has one.",
            "Give the folder that fit or save wrote, or go back to a good version with rollback.",
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path, f"it cannot be read as JSON ({error})", "It is a JSON object.") from None
    if not isinstance(record, dict):
        raise _damaged(path, f"it holds a {type(record).__name__}", "It is a JSON object.")
    return record


def _refuse_newer(record: Mapping[str, Any], path: Path) -> None:
    found = record.get("format_version")
    if isinstance(found, int) and found > FORMAT_VERSION:
        raise SpaceError(
            f"{path.parent} was made by shelfspace {record.get('shelfspace_version', '(version unknown)')} "
            f"in format {found}.",
            f"This version reads formats up to {FORMAT_VERSION}.",
            "Upgrade shelfspace with pip install --upgrade shelfspace.",
        )


def _damaged(path: Path, what: str, needed: str) -> SpaceError:
    return SpaceError(
        f"The manifest {path} is damaged: {what}.",
        needed,
        "Restore the file from a backup, or go back to a good version with rollback.",
    )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_count(value: object) -> bool:
    return _is_whole(value) and isinstance(value, int) and value >= 0


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_figures(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(figure, int | float | str) for figure in value.values())


def _is_files(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    return all(_is_inside(path) and _is_entry(entry) for path, entry in value.items())


def _is_inside(path: str) -> bool:
    """Whether a relative path stays inside its folder: a manifest must not point at other people's files."""
    parts = PurePosixPath(path)
    return path != "" and not parts.is_absolute() and ".." not in parts.parts and "\\" not in path


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and _is_hash(entry.get("sha256")) and _is_count(entry.get("bytes"))


#: Every field with what it should be, in words and as a check.
_FIELDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "format_version": (
        "a whole number from 1",
        lambda value: _is_whole(value) and 1 <= value <= FORMAT_VERSION,
    ),
    "shelfspace_version": ("a version such as 0.1.0", _is_text),
    "created": ("a UTC time in ISO 8601", _is_text),
    "encoder_kind": ("the name of an encoder", _is_text),
    "encoder_hash": ("a SHA-256", _is_hash),
    "preprocessing_hash": ("a SHA-256", _is_hash),
    "dim": ("a whole number from 1", lambda value: _is_count(value) and value >= 1),
    "metric": ("'cosine'", lambda value: value == "cosine"),
    "dtype": ("'float32'", lambda value: value == "float32"),
    "data_hash": ("a SHA-256", _is_hash),
    "seed": ("a whole number", _is_whole),
    "n_products": ("a whole number from 0", _is_count),
    "shops": (
        "a list of names",
        lambda value: isinstance(value, list) and all(isinstance(shop, str) for shop in value),
    ),
    "figures": ("an object of numbers and texts", _is_figures),
    "parent": ("a version or null", lambda value: value is None or _is_text(value)),
    "files": ("an object {relative path: {sha256, bytes}}", _is_files),
}
