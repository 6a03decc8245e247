"""The plan of the house, held by reading its source: imports run downwards, files stay short."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "shelfspace"
FILES = sorted(SOURCE.rglob("*.py"))

#: Who may import from the rooms of lower levels, and from rooms of the same level that are named.
LEVELS = {
    **dict.fromkeys(("errors", "progress"), 0),
    **dict.fromkeys(("report", "data"), 1),
    "views": 2,
    **dict.fromkeys(("encoders", "objectives"), 3),
    "training": 4,
    "space": 5,
    **dict.fromkeys(("tasks", "evaluation"), 6),
    **dict.fromkeys(("service", "scale", "cli", "__init__", "__main__"), 7),
}
BESIDE = {
    ("encoders", "objectives"),
    ("evaluation", "tasks"),
    *(("__init__", name) for name in ("cli", "scale")),
}
BESIDE |= {("cli", "service"), ("cli", "scale"), ("__main__", "cli")}
#: One measures a match against the truth that it planted, one how far groups of other draws agree, with the
#: plain figures of the room beside them.
MEASURED = {
    "tasks/planted.py": {"evaluation.floors", "evaluation.metrics"},
    "tasks/groups/granularity.py": {"evaluation.clusterings"},
}
#: A user asks the space and tasks answer, so this file alone looks up; it imports a task when it is called.
HAND_OVER = SOURCE / "space" / "questions.py"

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def room_of(path):
    """errors.py is the room errors, space/store.py the room space."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(tree):
    """Every module of the package that is imported anywhere, as parts behind `shelfspace`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            parts = (node.module or "").split(".")
            if parts == ["shelfspace"]:
                yield from ([alias.name] for alias in node.names)
            elif parts[0] == "shelfspace":
                yield parts[1:]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("shelfspace."):
                    yield alias.name.split(".")[1:]


def may_import(importer, room):
    if room == importer or room == "__version__":
        return True
    if importer == "report":
        return room == "errors"
    return LEVELS[room] < LEVELS[importer] or (importer, room) in BESIDE


@each_file
def test_imports_run_downwards(path):
    if path == HAND_OVER:
        return
    room = room_of(path)
    assert room in LEVELS, f"{room} is a room that the plan does not know"
    upwards = {".".join(parts) for parts in imported(tree_of(path)) if not may_import(room, parts[0])}
    upwards -= MEASURED.get(path.relative_to(SOURCE).as_posix(), set())
    assert not upwards, f"{room} stands below {upwards}"


def test_no_file_needs_itself():
    """Imports between files have no cycle, lazy ones included; each file can be read after what it needs."""
    names = {path.relative_to(SOURCE).with_suffix("").parts: path for path in FILES if path != HAND_OVER}
    needs = {path: set() for path in names.values()}
    for path in needs:
        for parts in imported(tree_of(path)):
            found = names.get(tuple(parts)) or names.get((*parts, "__init__"))
            needs[path] |= {found} - {None, path}
    while needs:
        ready = [path for path, needed in needs.items() if not needed & needs.keys()]
        assert ready, f"a cycle among {sorted(str(path.relative_to(SOURCE)) for path in needs)}"
        needs = {path: needed for path, needed in needs.items() if path not in ready}


def test_the_hand_over_to_tasks_is_lazy_and_goes_nowhere_else():
    tree = tree_of(HAND_OVER)
    assert {parts[0] for parts in imported(tree)} <= {"space", "tasks"}
    at_import = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not list(imported(ast.Module(at_import, []))), "tasks are imported when they are called"


def test_the_bare_package_is_imported_for_its_version_only():
    for path in FILES:
        names = {
            node.attr
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "shelfspace"
        }
        assert room_of(path) in ("cli", "__init__", "__main__") or names <= {"__version__"}, path


def test_a_wrong_import_would_be_seen():
    wrong = ast.parse("def f():\n    from shelfspace.tasks.match import match\n")
    assert [parts[0] for parts in imported(wrong)] == ["tasks"]
    assert not may_import("space", "tasks")
    assert not may_import("objectives", "encoders")
    assert not may_import("report", "data")
    assert not may_import("data", "report")
    assert may_import("encoders", "objectives")
    assert may_import("tasks", "space")


@each_file
def test_files_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@each_file
def test_files_bear_the_name_of_what_they_define(path):
    vague = {"util", "utils", "helper", "helpers", "manager", "managers", "base", "common", "misc", "impl"}
    assert not vague & set(path.relative_to(SOURCE).with_suffix("").parts)


@each_file
def test_nothing_is_unpickled(path):
    tree = tree_of(path)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name.split(".")[0] for alias in node.names} | {getattr(node, "module", "") or ""}
            assert not names & {"pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) not in {("torch", "load"), ("joblib", "load")}
        if isinstance(node, ast.keyword):
            granted = isinstance(node.value, ast.Constant) and node.value.value is True
            assert not (granted and node.arg in ("allow_pickle", "trust_remote_code"))


HEAVY = ("torch", "lightgbm", "lancedb", "faiss", "transformers", "sklearn", "scipy")


def test_importing_the_package_is_quick():
    code = f"""
import sys, time
began = time.process_time()
import shelfspace
seconds = time.process_time() - began
heavy = [name for name in {HEAVY!r} if name in sys.modules]
print(seconds, *heavy)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, *heavy = run.stdout.split()
    assert not heavy
    assert float(seconds) < 1
