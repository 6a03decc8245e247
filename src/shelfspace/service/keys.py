"""API keys: who may ask, and what. The file holds hashes, so whoever reads it can ask nothing.

A key is 256 random bits. A plain SHA-256 keeps it safe: slow, salted hashes are for what people think up and
others may guess, and nobody guesses one of 2²⁵⁶; and it must be computed for every request.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from shelfspace.errors import OptionError
from shelfspace.space.lock import exclusive

SCOPES = ("read", "write", "admin")  # each may do what those before it may
_PREFIX = "shelf_"
_WAIT_SECONDS = 10.0


@dataclass(frozen=True)
class Key:
    """One key: a public `id`, whose it is, what it may do, when it was made, and the hash of its secret."""

    id: str
    name: str
    scope: str
    created: str
    sha256: str

    def may(self, scope: str) -> bool:
        """Whether the key reaches as far as `scope`."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


class Keys:
    """The keys in a file, read again whenever it changes, so that a revoked key is refused at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, ...] | None = None
        self._keys: list[Key] = []

    def of_token(self, token: str) -> Key | None:
        """The key whose secret this is; None for nobody's.

        All hashes are compared, each in constant time: how long it takes tells nothing of any of them. A file
        that is gone or damaged opens to nobody.
        """
        given = _hash(token)
        found = None
        for key in self._current():
            if hmac.compare_digest(key.sha256, given):
                found = key
        return found

    def __len__(self) -> int:
        return len(self._current())

    def _current(self) -> list[Key]:
        try:
            facts = self.path.stat()
            seen = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
            if seen != self._seen:
                self._keys, self._seen = read_keys(self.path), seen
        except (OSError, OptionError):
            self._keys, self._seen = [], None
        return self._keys


def read_keys(path: Path) -> list[Key]:
    """The keys in a file, none where it is not there; `OptionError` where it is something else."""
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))["keys"]
        return [_checked(entry) for entry in listed]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError):
        raise OptionError(
            f"{path} cannot be read as a file of keys.",
            "It is what shelfspace keys add wrote.",
            "Restore it, or remove it and add keys anew.",
        ) from None


def add_key(path: Path, name: str, scope: str) -> tuple[Key, str]:
    """The new key and its secret, which is nowhere kept; `OptionError` for a scope that is none."""
    if scope not in SCOPES:
        raise OptionError(f"The scope is {scope!r}.", f"A scope is one of {', '.join(SCOPES)}.", "Name one.")
    token = _PREFIX + secrets.token_urlsafe(32)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    key = Key(secrets.token_hex(4), name, scope, made, _hash(token))
    with exclusive(_lock(path), _WAIT_SECONDS):
        _write(path, [*read_keys(path), key])
    return key, token


def revoke_key(path: Path, identifier: str) -> Key:
    """The key of that id, which is refused from now on; `OptionError` where there is none."""
    with exclusive(_lock(path), _WAIT_SECONDS):
        keys = read_keys(path)
        for key in keys:
            if key.id == identifier:
                _write(path, [each for each in keys if each is not key])
                return key
    raise OptionError(
        f"There is no key {identifier!r} in {path}.",
        f"Its keys are {', '.join(key.id for key in keys) or 'none'}.",
        "Look at them with shelfspace keys list.",
    )


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _checked(entry: Any) -> Key:
    key = Key(**entry)
    if key.scope not in SCOPES or not all(isinstance(value, str) for value in entry.values()):
        raise ValueError(key.id)
    return key


def _lock(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.lock")


def _write(path: Path, keys: list[Key]) -> None:
    """Replace the file whole, for its owner's eyes only."""
    passing = path.with_name(f".{path.name}-{os.getpid()}")
    handle = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"keys": [asdict(key) for key in keys]}, file, indent=1, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(path)
