"""Benchmark folders of who took what: goods, movies and music, in the layouts people already have."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from shelfspace.data.catalog import no_rejects
from shelfspace.data.events import Events
from shelfspace.data.interactions import Interactions
from shelfspace.errors import FeedError
from shelfspace.evaluation.item_tables import read_item_table
from shelfspace.evaluation.listed_interactions import read_listed
from shelfspace.evaluation.plain_logs import read_log

#: Logs by the names under which they are handed out, the surest first.
LOGS = ("u.data", "ratings.csv", "ratings.dat", "user_artists.dat", "events.csv", "interactions.csv")
_TABLES = (
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".parquet",
    ".csv.gz",
    ".tsv.gz",
    ".json.gz",
    ".jsonl.gz",
    ".dat",
)
_NO_LOGS = ("movies", "artists", "items", "products", "meta", "tags", "links", "users", "README")


@dataclass(frozen=True)
class InteractionFolder:
    """Events as rows, the ids behind the rows, and what is known of the items.

    `log` holds all events, or those of the training part where the folder brings its own `test`. `items` has
    a row for each item in order: `id`, `title` and further columns, null where nothing is known. `rejects`
    tells which lines and values were dropped, and why.
    """

    name: str
    log: Interactions
    test: Interactions | None
    user_ids: list[str]
    item_ids: list[str]
    items: pl.DataFrame
    rejects: pl.DataFrame = field(default_factory=no_rejects)


def read_interaction_folder(folder: str | Path, *, least_value: float | None = None) -> InteractionFolder:
    """The benchmark in `folder`: LightGCN's `train.txt` and `test.txt`, or a log of events.

    Logs are MovieLens' `u.data`, `ratings.csv` and `ratings.dat`, Last.fm's `user_artists.dat` or plays by
    line, Amazon's reviews as CSV (user, item, rating, time) or JSON lines, or any table that `read_events`
    knows. Each event counts once, whatever its value; `least_value` leaves out those with a lower one.
    Titles come from `u.item`, `movies.csv`, `movies.dat`, `artists.dat` or a table of items beside the log.

    Lines that cannot be read become rejects. Raises `FeedError` where the folder has no such file, or no
    event is left.
    """
    folder = Path(folder)
    name = folder.resolve().name
    lists = [folder / f"{part}.txt" for part in ("train", "test")]
    if all(path.is_file() for path in lists):
        listed = read_listed(*lists)
        _check(name, len(listed.train))
        items = read_item_table(folder, listed.item_ids)
        return InteractionFolder(
            name, listed.train, listed.test, listed.user_ids, listed.item_ids, items, listed.rejects
        )
    events = read_log(find_log(folder))
    table = events.table
    if least_value is not None:
        table = table.filter(pl.col("value").fill_null(least_value) >= least_value)
    _check(name, len(table))
    log, user_ids, item_ids = interactions_of(Events(table))
    return InteractionFolder(
        name, log, None, user_ids, item_ids, read_item_table(folder, item_ids), events.rejects
    )


def interactions_of(events: Events) -> tuple[Interactions, list[str], list[str]]:
    """The events as rows, and the ids of users and of items in the order of their first event.

    Shops are not told apart: an id names one item. Where any event has no time, none has.
    """
    users = events.table["user_id"].unique(maintain_order=True)
    items = events.table["id"].unique(maintain_order=True)
    rows = events.table.select(
        pl.col("user_id").replace_strict(users, pl.int_range(len(users), eager=True), return_dtype=pl.Int64),
        pl.col("id").replace_strict(items, pl.int_range(len(items), eager=True), return_dtype=pl.Int64),
        (pl.col("timestamp").dt.epoch("us") / 1e6).alias("time"),
    )
    timed = rows["time"].null_count() == 0
    log = Interactions.of_rows(
        rows["user_id"].to_numpy(),
        rows["id"].to_numpy(),
        n_users=len(users),
        n_items=len(items),
        times=rows["time"].to_numpy() if timed else None,
    )
    return log, users.to_list(), items.to_list()


def find_log(folder: Path) -> Path:
    """The file of events in `folder`: one of `LOGS`, or its only table beside tables of items.

    Raises `FeedError` where there is none, or no telling which.
    """
    for name in LOGS:
        if (folder / name).is_file():
            return folder / name
    found = [
        path
        for path in sorted(folder.iterdir() if folder.is_dir() else [])
        if path.name.endswith(_TABLES) and not path.name.startswith(_NO_LOGS)
    ]
    if len(found) == 1:
        return found[0]
    raise FeedError(
        f"{folder.name or folder} holds "
        f"{', '.join(path.name for path in found) or 'neither train.txt and test.txt nor a log'}.",
        "A benchmark of recommendation has LightGCN's train.txt and test.txt (user item item …), or one log "
        f"of events: {', '.join(LOGS)}, or a single table with a user and an item column.",
        "Pass such a folder, or give the log one of these names.",
    )


def _check(name: str, n_events: int) -> None:
    if not n_events:
        raise FeedError(
            f"No event of {name} could be read.",
            "A benchmark needs users who took items.",
            "See that the columns are separated as their layout has it.",
        )
