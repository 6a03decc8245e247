"""A pretrained text model, its tokenizer and its way of pooling, from the Hugging Face hub or a folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from shelfspace.errors import MissingExtraError, ShelfspaceError

Pooling = Literal["mean", "cls", "last"]

#: What sentence-transformers calls its poolings; a mean divided by another number has the same direction.
_POOLINGS: dict[str, Pooling] = {
    "mean": "mean",
    "mean_tokens": "mean",
    "mean_sqrt_len_tokens": "mean",
    "cls": "cls",
    "cls_token": "cls",
    "lasttoken": "last",
}
_HARMLESS = ("pooler.",)  # weights that checkpoints often lack and no pooling here reads


def read_pretrained(name: str | Path, subfolder: str, *, local: bool = False) -> tuple[Any, Any]:
    """A text model and its tokenizer, see `read_model`."""

    def tokenizer(transformers: Any, places: dict[str, Any]) -> Any:
        return transformers.AutoTokenizer.from_pretrained(str(name), trust_remote_code=False, **places)

    return read_model(name, "text", ("a tokenizer", tokenizer), subfolder=subfolder, local=local)


def read_model(
    name: str | Path,
    kind: str,
    beside: tuple[str, Callable[[Any, dict[str, Any]], Any]],
    *,
    harmless: tuple[str, ...] = _HARMLESS,
    subfolder: str = "",
    local: bool = False,
) -> tuple[Any, Any]:
    """Model (float32, on the GPU if there is one, ready to encode) and what belongs beside it.

    `kind` is what the model reads, in words; `beside` names the file that belongs to it and reads it with the
    package transformers from the same place. Weights whose names start with one of `harmless` may be missing.
    `local` keeps it from asking the network. Raises `MissingExtraError` without the package transformers and
    `ShelfspaceError` for what cannot be loaded or is not complete.
    """
    import torch

    transformers = import_transformers()
    from safetensors import SafetensorError

    called, read_beside = beside
    places = {"subfolder": subfolder, "local_files_only": local}
    try:
        with without_bars():
            model, report = transformers.AutoModel.from_pretrained(
                str(name), output_loading_info=True, use_safetensors=True, trust_remote_code=False, **places
            )
            other = read_beside(transformers, places)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
        raise ShelfspaceError(
            f"The {kind} model {str(name)!r} cannot be loaded: {first_line(error)}.",
            "A model is a name that the Hugging Face hub or its local cache can give, or a folder with "
            f"config.json, model.safetensors and {called}; pickled weights and a model's own code are not "
            "run.",
            "Without a network give the path of a local folder.",
        ) from error
    lost = [key for key in sorted(report["missing_keys"]) if not key.startswith(harmless)]
    if lost:
        raise ShelfspaceError(
            f"The weights of the {kind} model {str(name)!r} lack {len(lost)} tensors, {lost[0]} for one.",
            "With random weights in their place its vectors would mean nothing.",
            "Give a complete checkpoint of the architecture that its config.json names.",
        )
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return model.float().to(device).eval(), other


@contextmanager
def without_bars() -> Iterator[None]:
    """Keep transformers from drawing progress bars where standard error is no terminal, as ours do."""
    logging = import_transformers().utils.logging
    if sys.stderr.isatty() or not logging.is_progress_bar_enabled():
        yield
        return
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.enable_progress_bar()


def import_transformers() -> Any:
    """The package transformers; `MissingExtraError` where it is not installed."""
    try:
        import transformers
    except ImportError as error:
        raise MissingExtraError(
            "A Hugging Face model was asked for, and the package transformers is not installed.",
            "It comes with an extra.",
            'Run: pip install "shelfspace[transformers]"',
        ) from error
    return transformers


def modules_of(name: str | Path) -> dict[str, str]:
    """The parts of a sentence-transformers model and their folders; none where it is a bare model."""
    modules = {
        str(module["type"]).rpartition(".")[2]: str(module["path"])
        for module in _optional_json(name, "modules.json") or ()
    }
    strange = sorted(modules.keys() - {"Transformer", "Pooling", "Normalize"})
    if strange:
        raise ShelfspaceError(
            f"The model {str(name)!r} has a part of the kind {strange[0]}.",
            "This encoder runs a transformer, a pooling and a normalisation.",
            "Give a model made of these.",
        )
    return modules


def pooling_of(name: str | Path, modules: dict[str, str]) -> Pooling:
    """How a sentence-transformers model says that it pools; the mean for a bare model."""
    settings = _optional_json(name, f"{modules['Pooling']}/config.json") if "Pooling" in modules else None
    if settings is None:
        return "mean"
    named = settings.get("pooling_mode")  # since version 6; before it a flag for each mode
    prefix = "pooling_mode_"
    flags = [key.removeprefix(prefix) for key, value in settings.items() if key.startswith(prefix) and value]
    modes = flags if named is None else [named] if isinstance(named, str) else list(named)
    known = [_POOLINGS[mode] for mode in modes if mode in _POOLINGS]
    if len(known) != 1 or len(modes) != 1:
        raise ShelfspaceError(
            f"The model {str(name)!r} pools by {', '.join(map(str, modes)) or 'nothing'}.",
            f"This encoder pools by one of {', '.join(_POOLINGS)}.",
            'Give another model, or say pooling="mean" against its advice.',
        )
    return known[0]


def _optional_json(name: str | Path, file: str) -> Any:
    """The content of a file of the model; None where there is none or the hub is out of reach."""
    found: str | Path | None = Path(name) / file
    if not Path(name).is_dir():
        try:
            found = import_transformers().utils.cached_file(str(name), file)
        except (OSError, ValueError):
            return None
    if found is None or not Path(found).is_file():
        return None
    try:
        return json.loads(Path(found).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ShelfspaceError(
            f"The file {file} of the model {str(name)!r} is no JSON.", "It is.", "Get the model again."
        ) from error


def first_line(error: Exception) -> str:
    """The first line of what an error says, without its full stop."""
    lines = str(error).strip().splitlines()
    return lines[0].strip().rstrip(".") if lines else type(error).__name__
