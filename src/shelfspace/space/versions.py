"""The versions of a space folder: written whole or not at all, kept side by side, one of them current.

    ROOT/CURRENT             the name of the version that readers open
    ROOT/LOCK                held by the one writer
    ROOT/versions/000001/    a version, its manifest.json written last
    ROOT/versions/.new-…     a version being written; left by a writer that died, it is swept by the next

A version is filled in a hidden folder, flushed to the disk, renamed to its number, and only then named in
CURRENT, which is replaced by a rename too. Whenever the writer dies, CURRENT names a complete version.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from shelfspace.errors import OptionError, SpaceError
from shelfspace.space.hashes import hash_of_file
from shelfspace.space.lock import exclusive
from shelfspace.space.manifest import MANIFEST_NAME, Manifest, read_manifest

_OURS = {"CURRENT", "LOCK", "versions"}
_PASSING = (".new-", ".old-", ".CURRENT-")
_WAIT_SECONDS = 600.0


def versions(root: Path) -> list[str]:
    """The names of all complete versions, oldest first; `SpaceError` where `root` is no space."""
    folder = _versions_folder(root)
    names = (path.name for path in folder.iterdir() if (path / MANIFEST_NAME).is_file())
    return sorted((name for name in names if re.fullmatch(r"\d{6,12}", name)), key=int)


def current(root: Path) -> str:
    """The name of the version that readers open; `SpaceError` where there is none."""
    present = versions(root)
    try:
        name = (root / "CURRENT").read_bytes()[:32].decode("ascii", "replace").strip()
    except OSError:
        name = ""
    if name in present:
        return name
    if not present:
        raise SpaceError(
            f"The space {root} holds no complete version.",
            "A space that can be read has one.",
            "Its first save was broken off: fit and save again.",
        )
    raise SpaceError(
        f"The file {root / 'CURRENT'} names {name or 'nothing'!r}.",
        f"It names one of the versions {', '.join(present)}.",
        f"Choose one, for example rollback to {present[-1]}.",
    )


def version_folder(root: Path, version: str | None = None) -> Path:
    """The folder of a version, by default the current one; `SpaceError` where it is not there."""
    name = current(root) if version is None else _known(root, version)
    return root / "versions" / name


def write_version(
    root: Path, write: Callable[[Path], Manifest], *, wait_seconds: float = _WAIT_SECONDS
) -> str:
    """The name of the new version that `write` filled; from now on it is the current one.

    `write` gets an empty folder, fills it and returns the manifest, whose `parent` and `files` are set here.
    When it raises, nothing changes. Raises `SpaceError` where `root` is a file or a folder of something
    else, or another writer holds it for longer than `wait_seconds`.
    """
    _prepare(root)
    with exclusive(root / "LOCK", wait_seconds):
        _sweep(root)
        folder = Path(tempfile.mkdtemp(prefix=".new-", dir=root / "versions"))
        try:
            parent = _current_or_none(root)
            manifest = replace(write(folder), parent=parent, files=list_files(folder))
            _flush_tree(folder)
            manifest.write(folder / MANIFEST_NAME)
            _flush(folder / MANIFEST_NAME)
            _flush(folder)
            folder.chmod(0o755)  # mkdtemp shuts everyone else out
            name = _next_name(root)
            folder.rename(root / "versions" / name)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        _flush(root / "versions")
        _point(root, name)
    return name


def rollback(root: Path, version: str, *, wait_seconds: float = _WAIT_SECONDS) -> None:
    """Make `version` the current one; `SpaceError` where it is missing or its manifest is damaged."""
    name = _known(root, version)
    with exclusive(root / "LOCK", wait_seconds):
        read_manifest(root / "versions" / name / MANIFEST_NAME)
        _point(root, name)


def prune(root: Path, keep: int, *, wait_seconds: float = _WAIT_SECONDS) -> list[str]:
    """The versions removed: all but the newest `keep` and the current one. `OptionError` for `keep` < 1."""
    if keep < 1:
        raise OptionError(f"keep is {keep}.", "At least one version is kept.", "Give 1 or more.")
    _versions_folder(root)
    with exclusive(root / "LOCK", wait_seconds):
        removed = [name for name in versions(root)[:-keep] if name != current(root)]
        for name in removed:
            # A half-deleted folder must not look like a version, so it loses its name first.
            doomed = root / "versions" / f".old-{name}"
            (root / "versions" / name).rename(doomed)
            shutil.rmtree(doomed)
        _sweep(root)
    return removed


def list_files(folder: Path) -> dict[str, dict[str, str | int]]:
    """Size and hash of every file below `folder` except its manifest, by relative path."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): {"sha256": hash_of_file(path), "bytes": path.stat().st_size}
        for path in paths
        if path != folder / MANIFEST_NAME
    }


def _versions_folder(root: Path) -> Path:
    folder = root / "versions"
    if folder.is_dir():
        return folder
    if not root.exists():
        given = f"There is no folder {root}."
    elif root.is_dir():
        given = f"The folder {root} is not a space: it has no versions in it."
    else:
        given = f"{root} is a file."
    raise SpaceError(
        given, "A space is the folder that fit or save wrote.", "Check the path, or make a space with fit."
    )


def _known(root: Path, version: str) -> str:
    present = versions(root)
    if version in present:
        return version
    raise SpaceError(
        f"The space {root} has no version {version!r}.",
        f"It has {', '.join(present) or 'none'}.",
        "Choose one of these.",
    )


def _prepare(root: Path) -> None:
    """Make the folder of a space, but never in the middle of something else."""
    if root.exists() and not root.is_dir():
        raise SpaceError(f"{root} is a file.", "A space is a folder.", "Choose another path.")
    foreign = sorted(path.name for path in root.iterdir()) if root.is_dir() else []
    if foreign and not _OURS & set(foreign):
        raise SpaceError(
            f"The folder {root} holds other things ({', '.join(foreign[:3])}).",
            "A space is saved into a new or empty folder, or over an earlier version of itself.",
            "Choose another folder.",
        )
    (root / "versions").mkdir(parents=True, exist_ok=True)


def _sweep(root: Path) -> None:
    """Remove what dead writers left. Whoever holds the lock knows that they are dead."""
    for folder in (root, root / "versions"):
        for path in folder.iterdir():
            if path.name.startswith(_PASSING):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _current_or_none(root: Path) -> str | None:
    try:
        return current(root)
    except SpaceError:
        return None  # the first version has no parent, nor has one that mends a lost CURRENT


def _next_name(root: Path) -> str:
    taken = [int(path.name) for path in (root / "versions").iterdir() if path.name.isdigit()]
    return f"{max(taken, default=0) + 1:06d}"


def _point(root: Path, name: str) -> None:
    """Let CURRENT name a version: readers see the old name or the new one, never a part."""
    passing = root / f".CURRENT-{os.getpid()}"
    passing.write_text(f"{name}\n", encoding="ascii")
    _flush(passing)
    passing.replace(root / "CURRENT")
    _flush(root)


def _flush_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        _flush(path)


def _flush(path: Path) -> None:
    """Wait until a file or folder is on the disk, so that a power cut cannot reorder the writes."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
