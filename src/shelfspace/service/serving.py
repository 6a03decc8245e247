"""The version that answers: opened whole, checked, and swapped in one step."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from shelfspace.errors import ServiceError, ShelfspaceError, SpaceError
from shelfspace.service.canary import check_answers
from shelfspace.space import Space, load, versions
from shelfspace.space.manifest import MANIFEST_NAME, Manifest, read_manifest

_AGAIN_SECONDS = 30.0  # after which a version that was refused is looked at again: it may have been mended

#: What a version is on disk: its name, and when and as which file its manifest was written.
Signature = tuple[str, int, int]


@dataclass(frozen=True, eq=False)
class Opened:
    """A version of a space in memory; nothing in it ever changes."""

    version: str
    space: Space
    manifest: Manifest
    signature: Signature


@dataclass(frozen=True)
class Refused:
    """A version that could not be served, and why."""

    version: str
    signature: Signature | None
    error: ShelfspaceError
    at: float


class Serving:
    """The versions of the space folder `root`, one of them `opened`.

    `opened` is replaced as a whole: who took it answers from it to the end. One change happens at a time. A
    version that cannot be opened, or does not pass `check`, is `refused` and changes nothing. The version
    that answered before is kept in memory, so that going back to it takes no time.

    Raises `SpaceError` where the current version cannot be served.
    """

    def __init__(self, root: Path, *, check: Callable[[Space], None] = check_answers) -> None:
        self.root = root
        self.refused: Refused | None = None
        self.swaps = 0
        self._check = check
        self._changing = Lock()
        self._before: Opened | None = None
        self.opened = self._open(versions.current(root))

    def look(self) -> bool:
        """Whether another version became the current one and answers from now on."""
        with self._changing:
            try:
                version = versions.current(self.root)
                signature = self._signature(version)
            except SpaceError as error:
                self.refused = Refused("", None, self._told(error), time.monotonic())
                return False
            if signature == self.opened.signature:
                self.refused = None
                return False
            if self._refused_lately(signature):
                return False
            try:
                self._swap(self._held(version) or self._open(version))
            except SpaceError as error:
                self.refused = Refused(version, signature, error, time.monotonic())
                return False
            return True

    def activate(self, version: str) -> Opened:
        """The version, which is now the current one and answers.

        It is opened and checked first, so where `SpaceError` is raised nothing has changed.
        """
        with self._changing:
            opened = self._held(version) or self._open(version)
            try:
                versions.rollback(self.root, version)
            except SpaceError as error:
                raise self._told(error) from None
            self._swap(opened)
            return opened

    def rollback(self) -> Opened:
        """The version that was current before the one that answers was written, which now answers instead.

        Raises `ServiceError` 409 where there was none, `SpaceError` where it cannot be served any more.
        """
        parent = self.opened.manifest.parent
        if parent is None:
            raise ServiceError(
                f"Before version {self.opened.version} there was none.",
                "One goes back to the version that was current when this one was written.",
                "Name a version and activate it.",
                409,
            )
        return self.activate(parent)

    def _swap(self, opened: Opened) -> None:
        self.refused = None
        if opened.signature != self.opened.signature:
            self._before, self.opened = self.opened, opened
            self.swaps += 1

    def _held(self, version: str) -> Opened | None:
        """The version, if it is in memory and on disk it is still the same."""
        for opened in (self.opened, self._before):
            if opened is not None and opened.version == version:
                try:
                    return opened if self._signature(version) == opened.signature else None
                except SpaceError:
                    return None
        return None

    def _open(self, version: str) -> Opened:
        try:
            signature = self._signature(version)
            manifest = read_manifest(versions.version_folder(self.root, version) / MANIFEST_NAME)
            space = load(self.root, version)
            self._check(space)
        except SpaceError as error:
            raise self._told(error) from error
        return Opened(version, space, manifest, signature)

    def _signature(self, version: str) -> Signature:
        path = versions.version_folder(self.root, version) / MANIFEST_NAME
        try:
            facts = path.stat()
        except OSError as error:
            raise SpaceError(
                f"{path} cannot be read ({error}).", "A version has one.", "Choose another."
            ) from None
        return version, facts.st_mtime_ns, facts.st_ino

    def _refused_lately(self, signature: Signature) -> bool:
        refused = self.refused
        if refused is None or refused.signature != signature:
            return False
        return time.monotonic() - refused.at < _AGAIN_SECONDS

    def _told(self, error: SpaceError) -> SpaceError:
        """The error without where on this machine the space lies, which is nobody's business."""
        parts = (error.given, error.needed, error.remedy)
        return SpaceError(*(part.replace(str(self.root), self.root.name) for part in parts))
