"""Benchmark folders of fraud: accounts with a network and published lists, or an .npz graph without."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.data.accounts import UNKNOWN, Accounts
from shelfspace.errors import FeedError
from shelfspace.evaluation.fraud_lists import FraudFolder, PublishedList
from shelfspace.evaluation.timed_accounts import ACCOUNTS, read_timed_accounts

Int64 = npt.NDArray[np.int64]

_TRAIN = re.compile(r"train_(.+)\.csv")


def read_fraud_folder(folder: str | Path) -> FraudFolder:
    """The accounts of a folder: `UserFeature.txt UserLabel.txt *Network.txt splits/*/{train,test}_*.csv`, or
    an .npz file with x, edge_index and y, named itself or the only one of its folder, or `accounts.csv` with
    times, see `read_timed_accounts`.

    Accounts labelled −10 in `UserLabel.txt` stand in the network and in no list. Raises `FeedError` for
    anything else, and for tables that do not fit each other.
    """
    root = Path(folder)
    graphs = [root] if root.suffix == ".npz" else sorted(root.glob("*.npz"))
    if len(graphs) == 1:
        return _graph(graphs[0], root.resolve().name if root.is_dir() else root.stem)
    if (root / ACCOUNTS).is_file():
        return read_timed_accounts(root)
    networks = sorted(root.glob("*Network.txt"))
    if not networks or not (root / "UserFeature.txt").is_file() or not (root / "UserLabel.txt").is_file():
        raise FeedError(
            f"{root} is no folder of accounts.",
            "It holds UserFeature.txt, UserLabel.txt, a *Network.txt and splits/NAME/train_*.csv with "
            "test_*.csv; or one .npz file with x, edge_index and y; or accounts.csv with labels and times.",
            "Pass such a folder.",
        )
    features = _numbers(root / "UserFeature.txt")
    rows = _numbers(root / "UserLabel.txt", skip=1).astype(np.int64)
    if len(features) != len(rows):
        raise FeedError(
            f"{root} has {len(features)} rows of features and {len(rows)} of labels.",
            "Both have a row for each account.",
            "Mend the files.",
        )
    places = {int(number): place for place, number in enumerate(rows[:, 1])}
    edges = _numbers(networks[0]).astype(np.int64)
    accounts = Accounts(
        tuple(str(number) for number in rows[:, 0]),
        tuple(f"feature {place + 1}" for place in range(features.shape[1])),
        features,
        _rows_of(edges[:, :2], places, networks[0]),
        np.full(len(rows), UNKNOWN),
    )
    lists = tuple(_list(path, places) for path in sorted(root.glob("splits/*/train_*.csv"), key=_share_of))
    if not lists:
        raise FeedError(f"{root} has no splits/NAME/train_*.csv.", "It has one at least.", "Add lists.")
    return FraudFolder(root.resolve().name, accounts, rows[:, 2], lists)


def _list(path: Path, places: dict[int, int]) -> PublishedList:
    parts: list[Int64] = []
    for each in (path, path.with_name(path.name.replace("train_", "test_", 1))):
        numbers = _numbers(each).astype(np.int64)
        parts += [_rows_of(numbers[:, 0], places, each), numbers[:, 1]]
        if not np.isin(numbers[:, 1], (0, 1)).all():
            raise FeedError(f"{each} has labels other than 0 and 1.", "These are all.", "Mend the file.")
    if shared := np.intersect1d(parts[0], parts[2]).size:
        raise FeedError(
            f"{shared} accounts of {path} are in its test list too.", "Lists share none.", "Part them."
        )
    return PublishedList(_share_name(path), *parts)


def _share_of(path: Path) -> tuple[float, str]:
    number = re.match(r"[\d.]+", path.parent.name)
    return (float(number[0]) if number else np.inf, str(path))


def _share_name(path: Path) -> str:
    return path.parent.name.replace("percent", "%")


def _rows_of(numbers: Int64, places: dict[int, int], path: Path) -> Int64:
    unknown = set(np.unique(numbers).tolist()) - places.keys()
    if unknown:
        raise FeedError(
            f"{path} names account {min(unknown)}.", "UserLabel.txt names all accounts.", "Drop the others."
        )
    return np.array([places[int(number)] for number in numbers.ravel()], np.int64).reshape(numbers.shape)


def _numbers(path: Path, skip: int = 0) -> npt.NDArray[np.float64]:
    try:
        table = np.loadtxt(path, skiprows=skip, ndmin=2)
    except (OSError, ValueError) as error:
        raise FeedError(
            f"{path} cannot be read ({error}).", "It holds numbers parted by spaces.", "Mend it."
        ) from error
    if table.shape[1] < 2:
        raise FeedError(f"{path} has {table.shape[1]} column.", "It has two at least.", "Mend the file.")
    return np.asarray(table, np.float64)


def _graph(path: Path, name: str) -> FraudFolder:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            x, edges, y = (np.asarray(arrays[key]) for key in ("x", "edge_index", "y"))
    except (OSError, ValueError, KeyError) as error:
        raise FeedError(
            f"{path} cannot be read as a graph of accounts.",
            "It is an .npz file with x [n, d], edge_index [2, m] and y [n].",
            "Save it so.",
        ) from error
    if x.ndim != 2 or edges.ndim != 2 or edges.shape[0] != 2 or y.shape != (len(x),) or not (y > 0).any():
        raise FeedError(
            f"{path} has x {x.shape}, edge_index {edges.shape} and y {y.shape}.",
            "x is [n, d], edge_index [2, m] and y [n], above 0 for some.",
            "Mend the file.",
        )
    accounts = Accounts(
        tuple(map(str, range(len(x)))),
        tuple(f"feature {place + 1}" for place in range(x.shape[1])),
        x.astype(np.float64),
        edges.T.astype(np.int64),
        np.full(len(x), UNKNOWN),
    )
    return FraudFolder(name, accounts, y.astype(np.int64), ())
