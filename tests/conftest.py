from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing in these tests may ask a network

Pixels = npt.NDArray[np.uint8]
Classes = npt.NDArray[np.int64]

MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-layer BERT with random weights and its WordPiece tokenizer, as the hub would give them.

    It knows word0 … word299, and spells other words; its states have 24 numbers.
    """
    transformers = pytest.importorskip("transformers")
    import torch

    folder = tmp_path_factory.mktemp("tiny-bert")
    words = [*(f"word{number}" for number in range(300)), *LETTERS, *"é中文"]
    pieces = [f"##{letter}" for letter in LETTERS]
    (folder / "vocab.txt").write_text("\n".join([*MARKS, *words, *pieces]), encoding="utf-8")
    tokenizer = transformers.BertTokenizerFast(vocab=str(folder / "vocab.txt"), do_lower_case=True)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=40,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = transformers.BertModel(config)
        for parameter in model.parameters():  # as far apart as a trained model's; BERT starts at 0.02
            parameter.data.mul_(4) if parameter.ndim > 1 else None
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def planted_photos() -> tuple[Pixels, Classes]:
    """240 photos of 32 pixels, and which of 4 things each shows: a square of red, green or blue, or stripes.

    It stands anywhere before grain, so that only its colour and its edges tell what it is.
    """
    rng = np.random.default_rng(0)
    classes = np.arange(240) % 4
    photos = rng.integers(0, 90, (240, 32, 32, 3), dtype=np.uint8)
    for photo, thing in zip(photos, classes, strict=True):
        top, left = rng.integers(2, 16, 2)
        photo[top : top + 14 : 2 if thing == 3 else 1, left : left + 14, thing % 3] = 225
    return photos, classes
