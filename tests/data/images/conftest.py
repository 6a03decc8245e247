"""Photos made for the tests."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image


def _scene(seed, width=120, height=90):
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def _saved(image, kind="JPEG", **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.fixture
def photo_file(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(_saved(_scene(0)))
    return path


@pytest.fixture(scope="session")
def scene():
    """A function of a seed (and a width and height) that makes a photo unlike any other seed's."""
    return _scene


@pytest.fixture(scope="session")
def saved():
    """A function of a photo, a format and its options that gives the bytes of a file."""
    return _saved
