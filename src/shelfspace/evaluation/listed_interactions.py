"""LightGCN's lists: a user and what they took in every line."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import polars as pl

from shelfspace.data.interactions import Interactions
from shelfspace.data.readers.chunk import DROPPED_ROW, DROPPED_VALUE, Reject, rejects_table
from shelfspace.data.readers.encoding import encoding_of

_SAMPLE = 1 << 20


class Listed(NamedTuple):
    """Both parts over the same users and items, whose ids are the numbers in the files, in their order."""

    train: Interactions
    test: Interactions
    user_ids: list[str]
    item_ids: list[str]
    rejects: pl.DataFrame


def read_listed(train: Path, test: Path) -> Listed:
    """The users and items of two files with lines `user item item …`, all of them whole numbers.

    Users and items of either file count for both, so that items which only the test has can be asked for.
    An item that is no number is dropped, and so is a line without a user: each is a reject with its reason.
    """
    parts = [_read_part(path) for path in (train, test)]
    users = pl.concat([part.users for part in parts]).unique().sort()
    items = pl.concat([part.events["item"] for part in parts]).unique().sort()
    first, second = (_interactions(part.events, users, items) for part in parts)
    rejects = pl.concat([part.rejects for part in parts])
    return Listed(first, second, users.cast(pl.String).to_list(), items.cast(pl.String).to_list(), rejects)


class _Part(NamedTuple):
    users: pl.Series  # those who took nothing included
    events: pl.DataFrame  # user, item
    rejects: pl.DataFrame


def text_lines(path: Path) -> pl.DataFrame:
    """The `line`s of a text that are not blank, with their numbers from 1 as `row`."""
    data = path.read_bytes()
    text = data.decode(encoding_of(data[:_SAMPLE]), "replace").removeprefix("\ufeff")
    lines = pl.Series("line", text.splitlines(), dtype=pl.String)
    table = pl.DataFrame(
        {"row": pl.int_range(1, len(lines) + 1, eager=True), "line": lines.str.strip_chars()}
    )
    return table.filter(pl.col("line") != "")


def _read_part(path: Path) -> _Part:
    lines = text_lines(path).with_columns(
        pl.col("line").str.replace_all(r"[\s,]+", " ").str.split(" ").alias("words")
    )
    lines = lines.with_columns(_number(pl.col("words").list.first()).alias("user"))
    nobody = lines.filter(pl.col("user").is_null())
    events = (
        lines.drop_nulls("user")
        .select("row", "user", pl.col("words").list.slice(1).alias("word"))
        .explode("word")
        .with_columns(_number(pl.col("word")).alias("item"))
    )
    wrong = events.filter(pl.col("word").is_not_null() & pl.col("item").is_null())
    rejects = [
        *(Reject(r, "user", line, "not a whole number", DROPPED_ROW) for r, line in _both(nobody, "line")),
        *(Reject(r, "item", word, "not a whole number", DROPPED_VALUE) for r, word in _both(wrong, "word")),
    ]
    return _Part(
        lines["user"].drop_nulls(),
        events.drop_nulls("item").select("user", "item"),
        rejects_table(rejects, path.name),
    )


def _number(word: pl.Expr) -> pl.Expr:
    return pl.when(word.str.contains(r"^\d{1,18}$")).then(word).cast(pl.Int64, strict=False)


def _both(table: pl.DataFrame, name: str) -> list[tuple[int, str]]:
    return table.select("row", name).rows()


def _interactions(events: pl.DataFrame, users: pl.Series, items: pl.Series) -> Interactions:
    return Interactions.of_rows(
        users.search_sorted(events["user"]).to_numpy(),
        items.search_sorted(events["item"]).to_numpy(),
        n_users=len(users),
        n_items=len(items),
    )
