"""Opening a space: everything is checked before anything is answered.

Every load hashes the files it is about to trust (about 1.7 GB a second on one core), so a flipped byte is
found before it becomes a wrong answer. Files above `HASHED_UP_TO_BYTES` are held to their size alone on load;
`check` hashes them too. The hashes protect against damage, not against someone who may write the manifest.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from threading import Thread

import polars as pl

import shelfspace
from shelfspace import encoders
from shelfspace.data.events import EVENTS_SCHEMA, Events
from shelfspace.data.pairs import Pairs
from shelfspace.encoders.encoder import Encoder
from shelfspace.errors import ShelfspaceError, SpaceError
from shelfspace.space.hashes import hash_of_file
from shelfspace.space.index import Index
from shelfspace.space.manifest import MANIFEST_NAME, Manifest, read_manifest
from shelfspace.space.space import EVENTS_NAME, PAIRS_NAME, Space, preprocessing_hash
from shelfspace.space.store import Store
from shelfspace.space.versions import current, version_folder, versions

HASHED_UP_TO_BYTES = 1 << 30

_FINDINGS = {"version": pl.String, "file": pl.String, "finding": pl.String, "detail": pl.String}


def load(root: str | Path, version: str | None = None) -> Space:
    """The space in the folder `root`, its current version or the one named.

    Raises `SpaceError`, with the reason and the remedy, where the folder is missing or is no space, where a
    file is missing, cut short, changed or too many, or where the parts do not belong together.
    """
    folder = version_folder(Path(root), version)
    manifest = read_manifest(folder / MANIFEST_NAME)
    # Importing LanceDB takes a second, in which the files can be hashed: hashing needs no interpreter.
    Thread(target=import_module, args=("lancedb",), daemon=True).start()
    for file, detail in _damages(folder, manifest, HASHED_UP_TO_BYTES):
        raise _refusal(folder, f"{file} {detail}")
    try:
        return _assemble(folder, manifest)
    except SpaceError:
        raise
    except (ShelfspaceError, OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise _refusal(folder, f"it cannot be put together ({error})") from error


def kept_pairs(root: str | Path) -> Pairs:
    """The labelled pairs of the current version of the space `root`, without opening the rest.

    None where there is no space yet. Raises `SpaceError` where the file is damaged.
    """
    root = Path(root)
    if not (root / "versions").is_dir() or not versions(root):
        return Pairs.concat([])
    folder = version_folder(root)
    listed = read_manifest(folder / MANIFEST_NAME).files.get(PAIRS_NAME, {})
    path = folder / PAIRS_NAME
    if not path.is_file() or hash_of_file(path) != listed.get("sha256"):
        raise _refusal(folder, f"{PAIRS_NAME} is missing or was changed after it was written")
    return Pairs(pl.read_parquet(path))


def check(root: str | Path) -> pl.DataFrame:
    """Every file of every version with what was found: "ok", "damaged", "missing" or "unknown".

    The table has the columns version, file, finding and detail; every file is hashed whatever its size.
    Raises `SpaceError` where `root` is no space.
    """
    root = Path(root)
    findings = [_current_finding(root)]
    for version in versions(root):
        findings += list(_findings(root / "versions" / version, version))
    return pl.DataFrame(findings, schema=_FINDINGS, orient="row")


def _assemble(folder: Path, manifest: Manifest) -> Space:
    encoder = _load_encoder(folder, manifest)
    catalog, vectors = Store(folder / "store").read()
    if (len(catalog), encoder.dim, catalog.shops) != (manifest.n_products, manifest.dim, manifest.shops):
        raise _refusal(
            folder,
            f"the manifest tells of {manifest.n_products} products of {manifest.shops} in {manifest.dim} "
            f"dimensions, the files of {len(catalog)} of {catalog.shops} in {encoder.dim}",
        )
    artifacts = {path.name: path.read_bytes() for path in sorted((folder / "artifacts").glob("*"))}
    pairs = Pairs(pl.read_parquet(folder / PAIRS_NAME))
    events = _events(folder / EVENTS_NAME)
    space = Space(catalog, encoder, vectors, pairs, manifest.figures, manifest.seed, artifacts, events)
    index = Index.load(folder / "index.safetensors", vectors)
    space.part("index", lambda: index)
    return space


def _events(path: Path) -> Events:
    """The events of a version; one whose users did nothing has no such file."""
    return Events(pl.read_parquet(path) if path.is_file() else pl.DataFrame(schema=EVENTS_SCHEMA))


def _load_encoder(folder: Path, manifest: Manifest) -> Encoder:
    encoder: Encoder = encoders.load_encoder(folder / "encoder")
    if encoder.kind != manifest.encoder_kind:
        raise _refusal(
            folder, f"its encoder is of kind {encoder.kind!r}, the manifest says {manifest.encoder_kind!r}"
        )
    if preprocessing_hash(encoder, folder / "encoder") != manifest.preprocessing_hash:
        raise SpaceError(
            f"The version {folder} was made by shelfspace {manifest.shelfspace_version}, whose encoder reads "
            f"texts otherwise than this one does.",
            f"Queries and products must be read alike; this is shelfspace {shelfspace.__version__}.",
            f"Install shelfspace {manifest.shelfspace_version}, or fit the space again.",
        )
    return encoder


def _damages(folder: Path, manifest: Manifest, hashed_up_to: float) -> Iterator[tuple[str, str]]:
    """Each listed file that is not as the manifest says, and each file that it does not list."""
    for name, entry in manifest.files.items():
        path, n_bytes = folder / name, entry["bytes"]
        if not path.is_file():
            yield name, "is missing"
        elif path.stat().st_size != n_bytes:
            yield name, f"has {path.stat().st_size} bytes instead of {n_bytes}"
        elif n_bytes <= hashed_up_to and hash_of_file(path) != entry["sha256"]:
            yield name, "was changed after it was written"
    for name in _files(folder):
        # The store takes whatever lies in its folder for its own, so a stranger there is not harmless.
        if name not in manifest.files and name != MANIFEST_NAME and not Path(name).name.startswith("."):
            yield name, "does not belong to it"


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _findings(folder: Path, version: str) -> Iterator[tuple[str, str, str, str]]:
    try:
        manifest = read_manifest(folder / MANIFEST_NAME)
    except SpaceError as error:
        yield version, MANIFEST_NAME, "damaged", str(error)
        return
    yield version, MANIFEST_NAME, "ok", ""
    damages = dict(_damages(folder, manifest, float("inf")))
    words = {"is missing": "missing", "does not belong to it": "unknown"}
    for name in sorted(manifest.files.keys() | damages.keys()):
        detail = damages.get(name, "")
        yield version, name, words.get(detail, "damaged") if detail else "ok", detail


def _current_finding(root: Path) -> tuple[str, str, str, str]:
    try:
        return current(root), "CURRENT", "ok", ""
    except SpaceError as error:
        versions(root)  # which refuses what is no space at all
        return "", "CURRENT", "damaged", str(error)


def _refusal(folder: Path, what: str) -> SpaceError:
    return SpaceError(
        f"The version {folder} is damaged: {what}.",
        "A space is opened only when every file is as it was written.",
        "Restore the file from a backup, or go back to a good version with rollback.",
    )
