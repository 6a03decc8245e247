from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from shelfspace.errors import OptionError, SpaceError
from shelfspace.space.hashes import hash_of_file
from shelfspace.space.lock import exclusive
from shelfspace.space.manifest import read_manifest
from shelfspace.space.versions import current, prune, rollback, version_folder, versions, write_version

WRITER = Path(__file__).with_name("killed_writer.py")
fill = runpy.run_path(str(WRITER))["fill"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "space"
    write_version(root, lambda folder: fill(folder, "first"))
    return root


def text(root: Path, version: str | None = None) -> str:
    """What a version holds, after checking that it is whole."""
    folder = version_folder(root, version)
    for name, entry in read_manifest(folder / "manifest.json").files.items():
        assert hash_of_file(folder / name) == entry["sha256"]
    assert (folder / "a").read_text() == (folder / "part" / "b").read_text()
    return (folder / "a").read_text()


def leftovers(root: Path) -> list[str]:
    hidden = [path.name for path in root.rglob(".*")]
    return [name for name in hidden if name.startswith((".new-", ".old-", ".CURRENT-"))]


def test_versions_are_numbered_and_the_last_is_current(root):
    assert write_version(root, lambda folder: fill(folder, "second")) == "000002"
    assert versions(root) == ["000001", "000002"]
    assert current(root) == "000002"
    assert (text(root), text(root, "000001")) == ("second", "first")
    assert read_manifest(version_folder(root) / "manifest.json").parent == "000001"
    assert read_manifest(version_folder(root, "000001") / "manifest.json").parent is None
    assert leftovers(root) == []


def test_a_writer_that_raises_changes_nothing(root):
    def breaks(folder):
        fill(folder, "broken")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_version(root, breaks)
    assert versions(root) == ["000001"]
    assert text(root) == "first"
    assert leftovers(root) == []


@pytest.fixture
def writers(root) -> Iterator[Callable[[int, str], int]]:
    """How a writer in a process of its own ended, given its deadly step and its text."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, str(WRITER), str(root)], text=True, **pipes) as process:

        def write(step: int, text: str) -> int:
            process.stdin.write(f"{step} {text}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield write


def test_killed_at_any_step_the_last_good_version_stays(root, writers):
    seen = set()
    step = 1
    while (ended := writers(step, f"from step {step}")) == -9:
        seen.add(text(root))
        for version in versions(root):
            text(root, version)
        step += 1
    assert ended == 0
    assert step > 20
    assert text(root) == f"from step {step}"
    assert "first" in seen
    assert leftovers(root) == []


def test_concurrent_writers_come_one_after_the_other(root, writers):
    threads = [
        Thread(target=write_version, args=(root, lambda folder, i=i: fill(folder, f"writer {i}")))
        for i in range(6)
    ]
    for thread in threads:
        thread.start()
    assert writers(0, "another process") == 0
    for thread in threads:
        thread.join()
    texts = {text(root, version) for version in versions(root)}
    assert texts == {"first", "another process"} | {f"writer {i}" for i in range(6)}
    assert current(root) == versions(root)[-1]


def test_a_writer_does_not_wait_for_ever(root):
    with exclusive(root / "LOCK", 1), pytest.raises(SpaceError, match=r"Another process \(number \d+\)"):
        write_version(root, lambda folder: fill(folder, "late"), wait_seconds=0.05)


def test_rollback_and_forward(root):
    write_version(root, lambda folder: fill(folder, "second"))
    rollback(root, "000001")
    assert text(root) == "first"
    assert write_version(root, lambda folder: fill(folder, "third")) == "000003"
    rollback(root, "000002")
    assert text(root) == "second"


def test_rollback_refuses_what_cannot_be_read(root):
    for version in ("000009", "../000001", "", "1"):
        with pytest.raises(SpaceError, match="It has 000001"):
            rollback(root, version)
    write_version(root, lambda folder: fill(folder, "second"))
    (root / "versions" / "000001" / "manifest.json").write_text("{")
    with pytest.raises(SpaceError, match="damaged"):
        rollback(root, "000001")
    assert text(root) == "second"


def test_prune_keeps_the_newest_and_the_current(root):
    for i in range(4):
        write_version(root, lambda folder, i=i: fill(folder, f"{i}"))
    rollback(root, "000002")
    assert prune(root, 2) == ["000001", "000003"]
    assert versions(root) == ["000002", "000004", "000005"]
    assert current(root) == "000002"
    with pytest.raises(OptionError, match="keep is 0"):
        prune(root, 0)
    assert write_version(root, lambda folder: fill(folder, "next")) == "000006"


@pytest.mark.parametrize("content", [b"", b"000009", b"../../x", b"\xff\xfe" * 100])
def test_a_damaged_current_names_the_versions_there_are(root, content):
    (root / "CURRENT").write_bytes(content)
    with pytest.raises(SpaceError, match="rollback to 000001"):
        current(root)
    rollback(root, "000001")
    assert text(root) == "first"


def test_a_lost_current_is_mended_by_the_next_write(root):
    (root / "CURRENT").unlink()
    assert write_version(root, lambda folder: fill(folder, "second")) == current(root) == "000002"


def test_what_is_no_space_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thesis.txt").write_text("x")
    (tmp_path / "broken" / "versions").mkdir(parents=True)
    for name, reason in {
        "nothing": "There is no folder",
        "file": "is a file",
        "folder": "is not a space",
        "broken": "no complete version",
    }.items():
        with pytest.raises(SpaceError, match=reason):
            current(tmp_path / name)


def test_a_space_is_not_written_over_other_things(tmp_path):
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(SpaceError, match=r"holds other things \(thesis\.txt\)"):
        write_version(tmp_path, lambda folder: fill(folder, "x"))
    with pytest.raises(SpaceError, match="is a file"):
        write_version(tmp_path / "thesis.txt", lambda folder: fill(folder, "x"))
