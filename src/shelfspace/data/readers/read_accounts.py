"""Tables of accounts and of their connections as `Accounts`."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from shelfspace.data.accounts import FRAUD, HONEST, UNKNOWN, Accounts
from shelfspace.data.readers.named import found_columns
from shelfspace.data.readers.text_table import read_text_table
from shelfspace.errors import FeedError

_IDS = {"account": "account id, user id, user, userid, customer id, customer, seller id, uid, id, 用户id"}
_LABELS = {"label": "fraud, is fraud, isfraud, class, target"}
_ENDS = {
    "source": "from, left, account, user, src, user a, account a, id1",
    "target": "to, right, other, dst, user b, account b, id2",
}
_FRAUD = {"1", "1.0", "true", "yes", "y", "fraud", "spam", "spammer"}
_HONEST = {"0", "0.0", "false", "no", "n", "honest", "legit", "legitimate", "ok"}
_NUMERIC = 0.9  # of the values of a column, the share that are numbers where it is a feature


def read_accounts(source: Any, network: Any = None) -> Accounts:
    """The accounts of a table, a row each, with the connections of another.

    `source` is the path of a table in any format of feeds, with a column of ids ("account", "user_id"…), a
    column "label" or "fraud" where some are known (1 or yes, 0 or no, else unknown), and features: each
    column of which nine values of ten are numbers; missing ones become the median. `network` has a connection
    a row, "source" and "target" or its first two columns; connections of others are left out.

    Raises `FeedError` where a table cannot be read, has no ids, or repeats one.
    """
    table = read_text_table(source)
    ids = _column(table, _IDS, "account")
    if ids is None:
        raise FeedError(
            f"The accounts have the columns {', '.join(table.columns) or 'none'}.",
            "One holds the ids, such as account or user_id.",
            "Rename it.",
        )
    label = _column(table, _LABELS, "label")
    rest = [name for name in table.columns if name not in (ids, label)]
    numbers = {name: table[name].str.strip_chars().cast(pl.Float64, strict=False) for name in rest}
    features = {name: values for name, values in numbers.items() if _is_numeric(values, table[name])}
    names = tuple(table[ids].fill_null("").to_list())
    rows = {name: row for row, name in enumerate(names)}
    matrix = [_filled(values) for values in features.values()]
    return Accounts(
        names,
        tuple(features),
        np.column_stack(matrix) if matrix else np.zeros((len(names), 0)),
        _edges(network, rows),
        labels_of(table[label].to_list()) if label else np.full(len(names), UNKNOWN),
    )


def labels_of(texts: list[str | None]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Labels [n] from their usual spellings; everything else is unknown."""
    words = [(text or "").strip().lower() for text in texts]
    found = [FRAUD if word in _FRAUD else HONEST if word in _HONEST else UNKNOWN for word in words]
    return np.array(found, np.int64)


def _edges(network: Any, rows: dict[str, int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    if network is None:
        return np.zeros((0, 2), np.int64)
    table = read_text_table(network)
    if table.width < 2:
        raise FeedError(
            f"The network has {table.width} columns.", "A row connects two accounts.", "Name both of them."
        )
    known = {name: column for column, name in found_columns(table.columns, _ENDS).items()}
    ends = (known.get("source", table.columns[0]), known.get("target", table.columns[1]))
    pairs = [(rows.get(a), rows.get(b)) for a, b in table.select(*ends).rows()]
    found = [pair for pair in pairs if None not in pair]
    return np.array(found, np.int64).reshape(-1, 2)


def _column(table: pl.DataFrame, names: dict[str, str], name: str) -> str | None:
    found = {known: column for column, known in found_columns(table.columns, names).items()}
    return found.get(name)


def _is_numeric(values: pl.Series, texts: pl.Series) -> bool:
    there = int((texts.str.strip_chars() != "").sum() or 0)
    return there > 0 and int(values.is_finite().sum() or 0) >= _NUMERIC * there


def _filled(values: pl.Series) -> np.ndarray[Any, np.dtype[np.float64]]:
    numbers = values.set(~values.is_finite().fill_null(False), None)
    median = numbers.median()
    return numbers.fill_null(median if isinstance(median, float) else 0.0).to_numpy()
