from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from shelfspace.data.catalog import Catalog
from shelfspace.data.pairs import Pairs
from shelfspace.errors import SpaceError
from shelfspace.space.hashes import hash_of_file
from shelfspace.space.manifest import read_manifest
from shelfspace.space.opening import check, load
from shelfspace.space.space import Space
from shelfspace.space.versions import rollback

pytestmark = pytest.mark.usefixtures("counting_loader")


@pytest.fixture
def root(space: Space, tmp_path: Path) -> Path:
    space.artifacts["match.txt"] = b"trees"
    space.figures["calibration"] = float("nan")
    key = {"left_shop": ["east"], "left_id": ["1"], "right_shop": ["west"], "right_id": ["1"]}
    space.pairs = Pairs.from_table(pl.DataFrame(key))
    space.save(tmp_path / "space")
    return tmp_path / "space"


def folder(root: Path) -> Path:
    return root / "versions" / "000001"


def sign(root: Path, name: str) -> None:
    """Let the manifest agree with a file that was changed."""
    path = folder(root) / "manifest.json"
    record = json.loads(path.read_text())
    changed = folder(root) / name
    record["files"][name] = {"sha256": hash_of_file(changed), "bytes": changed.stat().st_size}
    path.write_text(json.dumps(record))


def test_gives_back_what_was_saved(root, space):
    loaded = load(root)
    assert_frame_equal(loaded.catalog.table, space.catalog.table)
    np.testing.assert_array_equal(loaded.vectors, space.vectors)
    assert_frame_equal(loaded.pairs.table, space.pairs.table)
    assert loaded.artifacts == {"match.txt": b"trees"}
    assert loaded.figures == {"f1": 0.5, "gate": "learned", "calibration": "nan"}
    assert (loaded.seed, loaded.encoder) == (7, space.encoder)
    np.testing.assert_array_equal(
        loaded.neighbours(space.vectors, 3).ids, space.neighbours(space.vectors, 3).ids
    )


def test_the_manifest_tells_what_made_it(root):
    manifest = read_manifest(folder(root) / "manifest.json")
    assert manifest.preprocessing_hash == "a" * 64
    assert (manifest.encoder_kind, manifest.dim, manifest.n_products) == ("counting", 16, 5)
    assert manifest.shops == ["east", "west"]
    assert {"encoder/encoder.json", "pairs.parquet", "index.safetensors"} <= manifest.files.keys()


def test_the_same_data_has_the_same_hash_in_every_version(root, space):
    space.save(root)
    first, second = (
        read_manifest(root / "versions" / name / "manifest.json") for name in ("000001", "000002")
    )
    assert first.data_hash == second.data_hash
    assert first.encoder_hash == second.encoder_hash
    assert second.parent == "000001"


def test_versions_are_opened_by_name_and_after_rollback(root, space):
    space.figures["f1"] = 0.9
    assert space.save(root) == "000002"
    assert load(root).figures["f1"] == 0.9
    assert load(root, "000001").figures["f1"] == 0.5
    rollback(root, "000001")
    assert load(root).figures["f1"] == 0.5
    with pytest.raises(SpaceError, match="It has 000001, 000002"):
        load(root, "000003")


def test_an_empty_space_is_saved_and_opened(encoder, tmp_path):
    Space(Catalog.concat([]), encoder, np.zeros((0, encoder.dim), np.float32)).save(tmp_path / "empty")
    assert len(load(tmp_path / "empty")) == 0


def test_every_file_cut_short_changed_or_gone_is_refused(root):
    names = sorted(read_manifest(folder(root) / "manifest.json").files)
    assert len(names) >= 8
    for name in names:
        path = folder(root) / name
        good = path.read_bytes()
        damages = {
            good[:-1]: "bytes instead of",
            bytes([good[0] ^ 1]) + good[1:]: "was changed after it was written",
        }
        for content, reason in damages.items():
            path.write_bytes(content)
            with pytest.raises(SpaceError, match=reason) as refusal:
                load(root)
            assert name in str(refusal.value)
            assert "\n" not in str(refusal.value)
        path.unlink()
        with pytest.raises(SpaceError, match="is missing"):
            load(root)
        path.write_bytes(good)
    load(root)


def test_a_stranger_in_the_folder_is_refused(root):
    (folder(root) / "store" / "products.lance" / "_versions" / "9.manifest").write_bytes(b"x")
    with pytest.raises(SpaceError, match="does not belong"):
        load(root)


def test_a_manifest_that_tells_of_another_space_is_refused(root):
    path = folder(root) / "manifest.json"
    good = json.loads(path.read_text())
    for change, reason in [
        ({"dim": 17}, "17 dimensions"),
        ({"n_products": 6}, "6 products"),
        ({"shops": ["east"]}, "east"),
        ({"encoder_kind": "static"}, "kind 'counting', the manifest says 'static'"),
        ({"preprocessing_hash": "b" * 64}, "reads texts otherwise"),
        ({"format_version": 99}, "Upgrade"),
    ]:
        path.write_text(json.dumps(good | change))
        with pytest.raises(SpaceError, match=reason):
            load(root)


@pytest.mark.parametrize(
    "name", ["encoder/encoder.json", "pairs.parquet", "index.safetensors", "store/mapping.json"]
)
def test_rubbish_is_refused_even_where_its_hash_agrees(root, name):
    (folder(root) / name).write_bytes(b"rubbish")
    sign(root, name)
    with pytest.raises(SpaceError, match=r"version|index|store"):
        load(root)


def test_check_finds_what_is_damaged_where(root, space):
    space.save(root)
    assert set(check(root)["finding"]) == {"ok"}
    (folder(root) / "pairs.parquet").unlink()
    (folder(root) / "artifacts" / "match.txt").write_bytes(b"TREES")
    (folder(root) / "stranger").write_bytes(b"")
    found = check(root).filter(pl.col("finding") != "ok")
    assert found.select("version", "file", "finding").rows() == [
        ("000001", "artifacts/match.txt", "damaged"),
        ("000001", "pairs.parquet", "missing"),
        ("000001", "stranger", "unknown"),
    ]
    (folder(root) / "manifest.json").write_text("{}")
    (root / "CURRENT").write_text("")
    found = check(root).filter(pl.col("finding") != "ok")
    assert found["file"].to_list() == ["CURRENT", "manifest.json"]


def test_what_is_no_space_is_refused_in_one_paragraph(root, tmp_path):
    (tmp_path / "ordinary").mkdir()
    (tmp_path / "file.csv").write_text("id,title\n")
    for path in (tmp_path / "nowhere", tmp_path / "ordinary", tmp_path / "file.csv"):
        for question in (load, check):
            with pytest.raises(SpaceError) as refusal:
                question(path)
            assert "\n" not in str(refusal.value)
    shutil.rmtree(folder(root))
    with pytest.raises(SpaceError, match="no complete version"):
        load(root)


def test_opening_a_large_space_is_quick(encoder, tmp_path):
    n = 30_000
    table = pl.DataFrame({"shop": ["s"] * n, "id": [f"{i}" for i in range(n)], "title": ["some title"] * n})
    vectors = np.random.default_rng(0).standard_normal((n, encoder.dim)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    Space(Catalog.from_table(table), encoder, vectors).save(tmp_path / "large")
    started = time.perf_counter()
    load(tmp_path / "large")
    assert time.perf_counter() - started < 2
