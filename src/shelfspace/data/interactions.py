"""Interactions: who took what, in rows of users and items rather than in ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError

Int64 = npt.NDArray[np.int64]
Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Interactions:
    """Who took what, each user's in time order: items of user u are `items[starts[u]:starts[u + 1]]`.

    `starts` int64 [n_users + 1] begins with 0 and ends with the number of events m; `items` int64 [m] are
    rows of `n_items` items; a user may have none, or one item several times. `times` float64 [m] are seconds
    since 1970, `weights` float32 [m] say how much an event counts (by its kind, say); None counts each once.

    Raises `OptionError` where these do not fit together.

    >>> taken = Interactions.of_rows([1, 0, 1], [2, 0, 1], n_users=3, n_items=3)
    >>> taken.of(1).tolist(), len(taken), taken.n_users
    ([2, 1], 3, 3)
    """

    n_items: int
    starts: Int64
    items: Int64
    times: Float64 | None = None
    weights: Float32 | None = None

    def __post_init__(self) -> None:
        m = len(self.items)
        along = all(part is None or len(part) == m for part in (self.times, self.weights))
        whole = len(self.starts) >= 1 and self.starts[0] == 0 and self.starts[-1] == m
        if not along or not whole or (np.diff(self.starts) < 0).any():
            raise OptionError(
                f"There are {m} items and {len(self.starts)} starts.",
                "Starts rise from 0 to the number of items; times and weights have one entry for each item.",
                "Make them with Interactions.of_rows.",
            )
        if m and not 0 <= int(self.items.min()) <= int(self.items.max()) < self.n_items:
            raise OptionError(
                f"Items go from {self.items.min()} to {self.items.max()}.",
                f"They are rows from 0 to {self.n_items - 1}.",
                "Number the items by their row, or raise n_items.",
            )

    @classmethod
    def of_rows(
        cls,
        users: npt.ArrayLike,
        items: npt.ArrayLike,
        *,
        n_users: int,
        n_items: int,
        times: npt.ArrayLike | None = None,
        weights: npt.ArrayLike | None = None,
    ) -> Interactions:
        """Interactions of events in any order: `users` and `items` [m] are rows.

        They are sorted by user and then by time; events of one time, and all where there are no times, keep
        their order. Raises `OptionError` where a row is out of range or a length differs.
        """
        who, what = np.asarray(users, np.int64), np.asarray(items, np.int64)
        when = None if times is None else np.asarray(times, np.float64)
        weight = None if weights is None else np.asarray(weights, np.float32)
        _check_users(who, len(what), n_users)
        if not all(part is None or len(part) == len(what) for part in (when, weight)):
            raise OptionError(
                f"There are {len(what)} items with another number of times or weights.",
                "Times and weights have one entry for each item.",
                "Leave them out, or give all.",
            )
        order = np.argsort(who, kind="stable") if when is None else np.lexsort((when, who))
        return cls(
            n_items,
            np.append(0, np.bincount(who, minlength=n_users).cumsum()).astype(np.int64),
            what[order],
            None if when is None else when[order],
            None if weight is None else weight[order],
        )

    @classmethod
    def empty(cls, n_users: int, n_items: int) -> Interactions:
        """Users who have taken nothing."""
        return cls(n_items, np.zeros(n_users + 1, np.int64), np.zeros(0, np.int64))

    def __len__(self) -> int:
        """The number of events."""
        return len(self.items)

    @property
    def n_users(self) -> int:
        """The number of users, those without events included."""
        return len(self.starts) - 1

    @property
    def lengths(self) -> Int64:
        """How many events each user has, [n_users]."""
        return np.diff(self.starts)

    @property
    def users(self) -> Int64:
        """The user row of each event, [m], in order."""
        return np.repeat(np.arange(self.n_users), self.lengths)

    def of(self, user: int) -> Int64:
        """The items of one user in time order."""
        return self.items[self.starts[user] : self.starts[user + 1]]

    def popularity(self) -> Int64:
        """How many events each item has, [n_items]."""
        return np.bincount(self.items, minlength=self.n_items)

    def matrix(self) -> Any:
        """A `scipy.sparse.csr_array` float32 [n_users, n_items]: 1 where a user took an item, however often.

        With weights an entry is the greatest weight of that user's events with that item. Columns are in
        order within a row.
        """
        from scipy import sparse

        cells = self.users * self.n_items + self.items
        if self.weights is None:
            cells = np.unique(cells)
            values = np.ones(len(cells), np.float32)
        else:
            order = np.lexsort((-self.weights, cells))
            first = np.append(True, np.diff(cells[order]) != 0)[: len(cells)]
            cells, values = cells[order][first], self.weights[order][first]
        rows, columns = np.divmod(cells, max(self.n_items, 1))
        starts = np.append(0, np.bincount(rows, minlength=self.n_users).cumsum())
        return sparse.csr_array((values, columns, starts), shape=(self.n_users, self.n_items))

    def where(self, kept: npt.NDArray[np.bool_]) -> Interactions:
        """The events that `kept` [m] marks; the users stay, some perhaps without any."""
        starts = np.append(0, kept.cumsum())[self.starts].astype(np.int64)
        return Interactions(
            self.n_items,
            starts,
            self.items[kept],
            None if self.times is None else self.times[kept],
            None if self.weights is None else self.weights[kept],
        )

    def take(self, users: npt.ArrayLike) -> Interactions:
        """These users' interactions, in the order given; a user may be named twice."""
        rows = np.asarray(users, np.int64)
        return self.runs(self.starts[rows], self.lengths[rows])

    def runs(self, begins: Int64, lengths: Int64) -> Interactions:
        """Runs of events as histories: the i-th has `lengths[i]` events from the event `begins[i]` on."""
        starts = np.append(0, lengths.cumsum()).astype(np.int64)
        events = np.repeat(begins - starts[:-1], lengths) + np.arange(starts[-1])
        return Interactions(
            self.n_items,
            starts,
            self.items[events],
            None if self.times is None else self.times[events],
            None if self.weights is None else self.weights[events],
        )

    def last(self, n: int) -> Interactions:
        """Each user's last n events, all of them where there are fewer."""
        return self.where(self._from_the_end() <= n)

    def before_last(self, n: int) -> Interactions:
        """Each user's events without the last n, none where there are no more than n."""
        return self.where(self._from_the_end() > n)

    def is_first(self) -> npt.NDArray[np.bool_]:
        """Whether an event is the first of its user with its item, [m]."""
        first = np.zeros(len(self), np.bool_)
        first[np.unique(self.users * self.n_items + self.items, return_index=True)[1]] = True
        return first

    def first_takes(self) -> Interactions:
        """Each user's items once each, at the first time they were taken."""
        return self.where(self.is_first())

    def _from_the_end(self) -> Int64:
        """1 for each user's last event, 2 for the one before it, …, [m]."""
        return np.repeat(self.starts[1:], self.lengths) - np.arange(len(self))


def _check_users(users: Int64, n_events: int, n_users: int) -> None:
    if len(users) != n_events or (len(users) and not 0 <= int(users.min()) <= int(users.max()) < n_users):
        raise OptionError(
            f"There are {len(users)} users for {n_events} items"
            + (f", from {users.min()} to {users.max()}." if len(users) else "."),
            f"Each event has one user row from 0 to {n_users - 1}.",
            "Number the users by their row, or raise n_users.",
        )
