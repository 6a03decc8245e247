"""What a benchmark of fraud consists of: accounts, lists whose labels teach or judge, and the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.data.accounts import Accounts

Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PublishedList:
    """Rows whose labels may be learned and rows to judge, both with labels; `share` is its folder."""

    share: str
    train: Int64
    train_labels: Int64
    test: Int64
    test_labels: Int64


@dataclass(frozen=True)
class FraudFolder:
    """Accounts without labels, the published `lists`, and `truth` [n]: kinds of outliers of an .npz graph.

    A folder has either lists or, where it is an .npz, none; its truth then is 0 for ordinary accounts and
    else a number whose bits are kinds (1 contextual, 2 structural).
    """

    name: str
    accounts: Accounts
    truth: Int64
    lists: tuple[PublishedList, ...]
