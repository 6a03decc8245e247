from __future__ import annotations

import json
from pathlib import Path

import pytest

from shelfspace.errors import SpaceError
from shelfspace.space.manifest import FORMAT_VERSION, Manifest, read_manifest

HASH = "0" * 64
MANIFEST = Manifest(
    encoder_kind="static",
    encoder_hash=HASH,
    preprocessing_hash=HASH,
    dim=256,
    data_hash=HASH,
    seed=3,
    n_products=2,
    shops=["east", "west"],
    created="2026-01-01T00:00:00+00:00",
    shelfspace_version="0.1.0",
    figures={"f1": 0.5, "gate": "learned"},
    parent="000001",
    files={"store/a.lance": {"sha256": HASH, "bytes": 4}},
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    MANIFEST.write(tmp_path / "manifest.json")
    return tmp_path / "manifest.json"


def change(path: Path, **fields: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def test_reads_what_it_wrote(path):
    assert read_manifest(path) == MANIFEST


def test_unknown_keys_are_passed_over(path):
    change(path, flavour="vanilla")
    assert read_manifest(path) == MANIFEST


def test_a_newer_format_names_its_maker(path):
    change(path, format_version=FORMAT_VERSION + 1, shelfspace_version="9.9", dim="unheard of")
    with pytest.raises(SpaceError, match=r"made by shelfspace 9\.9 .*Upgrade"):
        read_manifest(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format_version", "1"),
        ("format_version", 0),
        ("format_version", True),
        ("shelfspace_version", ""),
        ("created", None),
        ("encoder_kind", 5),
        ("encoder_hash", "abc"),
        ("preprocessing_hash", None),
        ("dim", 0),
        ("dim", 2.5),
        ("metric", "euclid"),
        ("dtype", "float16"),
        ("data_hash", HASH.upper().replace("0", "G")),
        ("seed", "1"),
        ("n_products", -1),
        ("shops", "east"),
        ("shops", [1]),
        ("figures", {"f1": [1]}),
        ("parent", 7),
        ("files", []),
        ("files", {"../../etc/passwd": {"sha256": HASH, "bytes": 1}}),
        ("files", {"/etc/passwd": {"sha256": HASH, "bytes": 1}}),
        ("files", {"..\\x": {"sha256": HASH, "bytes": 1}}),
        ("files", {"a": {"sha256": HASH}}),
        ("files", {"a": 5}),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(path, field, value):
    change(path, **{field: value})
    with pytest.raises(SpaceError, match=f"'{field}' is"):
        read_manifest(path)


@pytest.mark.parametrize("field", list(vars(MANIFEST)))
def test_a_missing_field_is_named(path, field):
    record = json.loads(path.read_text())
    del record[field]
    path.write_text(json.dumps(record))
    with pytest.raises(SpaceError, match=f"'{field}' is missing"):
        read_manifest(path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"5", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_manifest_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(SpaceError, match="damaged"):
        read_manifest(path)


def test_a_missing_manifest_is_refused(tmp_path):
    with pytest.raises(SpaceError, match=r"has no manifest\.json"):
        read_manifest(tmp_path / "manifest.json")
