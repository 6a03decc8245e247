"""What analysts found out, kept in a file that grows, for the next fit to learn from."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from shelfspace.data.accounts import UNKNOWN, Accounts
from shelfspace.data.readers.read_accounts import labels_of
from shelfspace.data.readers.text_table import read_text_table
from shelfspace.errors import FeedError


def keep_answers(answers: str | Path, path: str | Path, *, at: datetime | None = None) -> int:
    """How many answers of the table `answers` were added to the file `path`, JSON lines.

    The table has the columns account and label (1 or fraud, 0 or honest): a table of alerts with its label
    filled in, say. Rows without a label are passed over. Earlier answers stay in the file.

    Raises `FeedError` where a column is missing.
    """
    table = read_text_table(answers)
    if not {"account", "label"} <= set(table.columns):
        raise FeedError(
            f"The answers have the columns {', '.join(table.columns)}.",
            "They have account and label.",
            "Fill in the label of a table of alerts.",
        )
    labels = labels_of(table["label"].to_list())
    stamp = (at or datetime.now(UTC)).isoformat(timespec="seconds")
    given = [
        {"account": account, "label": int(label), "at": stamp}
        for account, label in zip(table["account"].to_list(), labels, strict=True)
        if account and label != UNKNOWN
    ]
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("a", encoding="utf-8") as kept:
        kept.writelines(json.dumps(answer, ensure_ascii=False) + "\n" for answer in given)
    return len(given)


def with_feedback(accounts: Accounts, path: str | Path) -> Accounts:
    """The accounts with the labels that the file `path` keeps; the last answer on an account counts.

    Answers on accounts that are not there are passed over, as is a file that is not there yet. Raises
    `FeedError` for a line that is no answer.
    """
    source = Path(path)
    if not source.is_file():
        return accounts
    labels = accounts.labels.copy()
    rows = {name: row for row, name in enumerate(accounts.ids)}
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            answer = json.loads(line)
            account, label = str(answer["account"]), int(answer["label"])
        except (ValueError, KeyError, TypeError) as error:
            raise FeedError(
                f"Line {number} of {source} is no answer.",
                'A line is {"account": …, "label": 0 or 1}.',
                "Mend or delete it.",
            ) from error
        if account in rows:
            labels[rows[account]] = label
    return replace(accounts, labels=labels)
