"""Users in logs: the same name for the same user of one space, which tells nobody who it is."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path

SALT_NAME = "SALT"
_BYTES = 32


def pseudonyms(root: Path) -> Callable[[str], str]:
    """What gives a user's pseudonym, keyed by a secret of the space `root`, which is made when it is missing.

    Where the folder cannot be written to, the secret lasts as long as the process.
    """
    salt = _salt(root / SALT_NAME)

    def pseudonym(user: str) -> str:
        return hmac.new(salt, user.encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:16]

    return pseudonym


def _salt(path: Path) -> bytes:
    made = secrets.token_bytes(_BYTES)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_bytes()
        return kept if len(kept) == _BYTES else made
    except OSError:
        return made
    with os.fdopen(handle, "wb") as file:
        file.write(made)
    return made
