"""A table of accounts with times as a benchmark: labels known before a day teach, those after it judge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from shelfspace.data.accounts import FRAUD, HONEST, UNKNOWN
from shelfspace.data.cleaning.times import times
from shelfspace.data.readers.named import found_columns
from shelfspace.data.readers.read_accounts import read_accounts
from shelfspace.data.readers.text_table import read_text_table
from shelfspace.errors import FeedError
from shelfspace.evaluation.fraud_lists import FraudFolder, PublishedList

ACCOUNTS, NETWORK = "accounts.csv", "network.csv"
_TIMES = {"time": "timestamp, created at, created, registered at, registered, date, first seen, joined"}
_BEFORE = 0.7  # of the labelled accounts


def read_timed_accounts(folder: str | Path) -> FraudFolder:
    """The accounts of `accounts.csv`, connected by `network.csv` where there is one, parted by their times.

    The earlier seven tenths of the labelled accounts are the one list's training, the later ones its test; of
    equal times none is parted. Features and connections are those of the whole table, as they are on the day
    of the test; labels alone are hidden. The column of times is no feature.

    Raises `FeedError` where there is no column of times, or a part lacks frauds or honest accounts.
    """
    root = Path(folder)
    path, network = root / ACCOUNTS, root / NETWORK
    table = read_text_table(path)
    column = {name: own for own, name in found_columns(table.columns, _TIMES).items()}.get("time")
    if column is None:
        raise FeedError(
            f"{path} has the columns {', '.join(table.columns)}.",
            "One holds times, such as created or timestamp, by which train and test are parted.",
            "Name it so.",
        )
    accounts = read_accounts(path, network if network.is_file() else None)
    kept = [place for place, name in enumerate(accounts.columns) if name != column]
    accounts = replace(
        accounts,
        columns=tuple(accounts.columns[place] for place in kept),
        features=accounts.features[:, kept],
    )
    at = times(table[column].str.strip_chars()).dt.epoch("us").to_numpy().astype(np.float64)
    labelled = np.flatnonzero((accounts.labels != UNKNOWN) & np.isfinite(at))
    day = np.quantile(at[labelled], _BEFORE, method="lower") if len(labelled) else 0.0
    train, test = labelled[at[labelled] <= day], labelled[at[labelled] > day]
    for name, rows in (("before", train), ("after", test)):
        counts = [int((accounts.labels[rows] == label).sum()) for label in (FRAUD, HONEST)]
        if min(counts) < 3:
            raise FeedError(
                f"{path} has {counts[0]} frauds and {counts[1]} honest accounts {name} the day of parting.",
                "Three of each are needed on either side.",
                "Label more.",
            )
    truth = accounts.labels
    parted = PublishedList("after", train, truth[train], test, truth[test])
    hidden = replace(accounts, labels=np.full(len(accounts), UNKNOWN))
    return FraudFolder(root.resolve().name, hidden, truth, (parted,))
