"""Accounts from the files that a shop has: a table, a network, an event log."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from shelfspace.data.accounts import Accounts
from shelfspace.data.readers.read_accounts import read_accounts
from shelfspace.data.readers.read_events import read_events
from shelfspace.tasks.fraud.rings import connections


def accounts_of(
    accounts: str | Path,
    *,
    network: str | Path | None = None,
    events: str | Path | None = None,
    days: float = 3.0,
) -> Accounts:
    """The accounts of a table, connected as `network` says and where they meet in the log `events`.

    Raises `FeedError` for files that cannot be read, see `read_accounts` and `read_events`.
    """
    read = read_accounts(accounts, network)
    if events is None:
        return read
    met = connections(read_events(events), read.ids, days=days)
    return replace(read, edges=np.concatenate([read.edges, met]))
