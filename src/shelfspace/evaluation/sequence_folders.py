"""Benchmark folders of what came next: sequences without their last items, or sessions and prefixes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.data.interactions import Interactions
from shelfspace.errors import FeedError
from shelfspace.tasks.recommend.continuations import Continuations, every_prefix

Int64 = npt.NDArray[np.int64]

_SESSIONS, _PREFIXES = "train_sessions.txt", "test.txt"
_VALID_SHARE = 20  # one session in so many, the last ones, is validation
_MOST_VALIDATION = 10_000  # questions: enough to choose by, and few enough to ask often


@dataclass(frozen=True)
class SequenceFolder:
    """Sequences in time order, and what followed them.

    `train` may be learned from while choosing by `valid`; `whole` is all that may be learned from before
    `test` is looked at. For sequences with the last items set aside both are the same, as is usual there: the
    validation items are part of what a test user has taken, not of what is learned from. `ids` [n_items] are
    the items as the folder names them, `attributes` a CSR matrix [n_items, n_attributes] of 0 and 1, or None.
    """

    name: str
    kind: str
    train: Interactions
    whole: Interactions
    valid: Continuations
    test: Continuations
    ids: npt.NDArray[Any]
    attributes: Any = None

    @property
    def sessions(self) -> bool:
        """Whether these are sessions, in which an item may well come again."""
        return self.kind == "sessions"


def read_sequence_folder(folder: str | Path, *, seed: int = 0) -> SequenceFolder:
    """The benchmark in `folder`, of one of two layouts.

    `train_sessions.txt` (a session a line) with `test.txt` (a prefix, a tab, the item that came next): every
    proper prefix of a session is followed by its next item; the last twentieth of the sessions in the file is
    set aside for validation, of which some 10,000 prefixes are drawn by `seed`.

    `NAME.txt` (a user and the items in time order): the last item is for testing, the one before it for
    validation; users with fewer than three items are learned from only. `NAME_item2attributes.json`, where it
    is there, names each item's attributes.

    Raises `FeedError` where neither is there, or holds too little.
    """
    folder = Path(folder)
    if (folder / _SESSIONS).is_file():
        return _read_sessions(folder, seed)
    return _read_left_out(folder)


def _read_sessions(folder: Path, seed: int) -> SequenceFolder:
    sessions = _lines(folder / _SESSIONS)
    asked = [line.split("\t") for line in (folder / _PREFIXES).read_text(encoding="utf-8").splitlines()]
    if len(sessions) < 2 or not asked or any(len(parts) != 2 for parts in asked):
        raise _refusal(folder, f"{_SESSIONS} has {len(sessions)} sessions and {_PREFIXES} {len(asked)} lines")
    prefixes = [prefix.split() for prefix, _ in asked]
    ids, rows = _numbered([*sessions, *prefixes, [target.strip() for _, target in asked]])
    n = len(ids)
    whole = _interactions(rows[: len(sessions)], n)
    histories = _interactions(rows[len(sessions) : -1], n)
    held = max(1, len(sessions) // _VALID_SHARE)
    users = np.arange(whole.n_users)
    valid = every_prefix(whole.take(users[-held:])).sample(_MOST_VALIDATION, seed=seed)
    return SequenceFolder(
        folder.resolve().name,
        "sessions",
        whole.take(users[:-held]),
        whole,
        valid,
        Continuations(histories, rows[-1]),
        ids,
    )


def _read_left_out(folder: Path) -> SequenceFolder:
    path = _sequence_file(folder)
    users = [items for _, *items in _lines(path) if items]
    ids, rows = _numbered(users)
    taken = _interactions(rows, len(ids))
    long = np.flatnonzero(taken.lengths >= 3)
    if not len(long):
        raise _refusal(folder, f"no user of {path.name} has three items")
    asked = taken.take(long)
    last = asked.last(1).items
    before, before_last = asked.before_last(1), asked.before_last(2)
    kept = np.where(taken.lengths >= 3, taken.lengths - 2, taken.lengths)
    train = taken.where(np.arange(len(taken)) - taken.starts[taken.users] < kept[taken.users])
    return SequenceFolder(
        path.stem,
        "sequences",
        train,
        train,
        Continuations(before_last, before.last(1).items),
        Continuations(before, last),
        ids,
        _attributes(folder / f"{path.stem}_item2attributes.json", ids),
    )


def _sequence_file(folder: Path) -> Path:
    named = folder / f"{folder.resolve().name}.txt"
    found = sorted(folder.glob("*.txt")) if folder.is_dir() else []
    alike = [path for path in found if path.name.lower() == named.name.lower()] or found
    if len(alike) != 1:
        raise _refusal(folder, f"it has {len(found)} text files" if found else "it has no text file")
    return alike[0]


def _lines(path: Path) -> list[list[str]]:
    return [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _numbered(lists: Sequence[Sequence[str]]) -> tuple[npt.NDArray[Any], list[Int64]]:
    """All ids that occur, in order, and the lists as rows of them; ids are numbers where all look like it."""
    flat: npt.NDArray[Any] = np.array([one for items in lists for one in items])
    with suppress(ValueError):
        flat = flat.astype(np.int64)
    ids, rows = np.unique(flat, return_inverse=True)
    ends = np.cumsum([len(items) for items in lists])
    return ids, np.split(rows.astype(np.int64), ends[:-1])


def _interactions(rows: Sequence[Int64], n_items: int) -> Interactions:
    starts = np.append(0, np.cumsum([len(items) for items in rows])).astype(np.int64)
    return Interactions(n_items, starts, np.concatenate(rows) if rows else np.zeros(0, np.int64))


def _attributes(path: Path, ids: npt.NDArray[Any]) -> Any:
    """Which item has which attribute, a CSR matrix of 0 and 1; None without a file."""
    from scipy import sparse

    if not path.is_file():
        return None
    try:
        named = {
            str(item): [str(one) for one in owned] for item, owned in json.loads(path.read_text()).items()
        }
    except (ValueError, AttributeError, TypeError) as error:
        raise _refusal(path.parent, f"{path.name} cannot be read ({str(error)[:100]})") from None
    pairs = [(row, one) for row, item in enumerate(ids.tolist()) for one in named.get(str(item), ())]
    if not pairs:
        return None
    names, columns = np.unique([one for _, one in pairs], return_inverse=True)
    cells = (np.ones(len(pairs), np.float32), ([row for row, _ in pairs], columns))
    matrix = sparse.csr_array(cells, shape=(len(ids), len(names)))
    matrix.data[:] = 1
    return matrix


def _refusal(folder: Path, reason: str) -> FeedError:
    return FeedError(
        f"{folder.name or folder}: {reason}.",
        f"A benchmark of what comes next is NAME.txt, a user and the items in time order on each line, or "
        f"{_SESSIONS} and {_PREFIXES} (a prefix, a tab, the next item).",
        "Pass a folder that has one of them.",
    )
