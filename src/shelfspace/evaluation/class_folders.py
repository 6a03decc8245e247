"""Benchmark folders of things with a text and a class: any one table with a column for each."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.aliases import key, mapped
from shelfspace.data.readers.text_table import read_text_table
from shelfspace.encoders.tokens import normalise
from shelfspace.errors import FeedError, OptionError

Int64 = npt.NDArray[np.int64]

_SUFFIXES = (".csv", ".tsv", ".txt", ".jsonl", ".json", ".parquet", ".gz")
#: Parts of a name that speak of classes, and columns that say which offers are one product.
_WORDS = ("label", "class", "category", "type", "genre", "topic", "kind", "kategorie", "categorie")
_CLUSTERS = ("cluster", "clusterid", "itemgroupid", "groupid")
_LEAST_REPEATS = 5  # things a class on average; what repeats less is a name and not a class
_MOST_CLASSES = 1000
_SHARES = (0.2, 0.1)  # of each class for test and for validation
_LEAST_GROUPS = 3  # one for each part


@dataclass(frozen=True)
class ClassFolder:
    """n things: `texts`, `labels` int64 `[n]` in the numbers of `names`, and the rows of each part.

    `text_column` and `label_column` say what was read. `dropped` counts the rows without text or class, and
    those of classes too rare for every part.
    """

    name: str
    texts: list[str]
    labels: Int64
    names: list[str]
    train: Int64
    valid: Int64
    test: Int64
    text_column: str
    label_column: str
    dropped: int

    def few(self, n: int, seed: int) -> Int64:
        """The rows of at most `n` training things of each class, drawn at random by `seed`."""
        order = np.random.default_rng(seed).permutation(self.train)
        order = order[np.argsort(self.labels[order], kind="stable")]
        first = np.searchsorted(self.labels[order], self.labels[order], side="left")
        return np.sort(order[np.arange(len(order)) - first < n])


def read_class_folder(
    folder: str | Path, *, label: str | None = None, text: str | None = None, seed: int = 0
) -> ClassFolder:
    """The table in `folder` (or the file itself), parted by `seed` into train, validation and test.

    `label` and `text` name columns. Without them the text is the column known as a title, or else the one of
    most different values; the class is the column called label or class, or else, of those whose name has
    category, type, genre and the like, the one of most classes, words before numbers.

    A fifth of every class is for the test and a tenth for validation. Things of the same words, whatever
    their order and bare numbers apart, and offers of one cluster where a column tells it, fall to one part
    together, so no near-duplicate of a test title is learned from. Classes of fewer than three such groups
    are left out.

    Raises `FeedError` where there is no table or nothing that is surely text or class, `OptionError` for a
    named column that is not there.
    """
    path = _table_path(Path(folder))
    table = read_text_table(path)
    chosen_text = _named(table, text) if text else text_column(table, path.name)
    chosen = _named(table, label) if label else label_column(table, path.name, chosen_text)
    full = table.filter(
        (pl.col(chosen).fill_null("").str.strip_chars() != "")
        & (pl.col(chosen_text).fill_null("").str.strip_chars() != "")
    )
    texts, classes = full[chosen_text].to_list(), full[chosen].str.strip_chars().to_list()
    cluster = next((name for name in full.columns if key(name) in _CLUSTERS), None)
    groups = near_duplicates(texts, full[cluster].to_list() if cluster else None)
    part = _parts(classes, groups, seed)
    names = sorted({one for one, place in zip(classes, part, strict=True) if place >= 0})
    if len(names) < 2:
        raise FeedError(
            f"{path.name} has {len(names)} classes in {chosen!r} that are common enough to be measured.",
            "It needs two, each of three different things or more.",
            "Name another column with --label.",
        )
    numbers = {name: number for number, name in enumerate(names)}
    labels = np.array([numbers.get(one, -1) for one in classes], np.int64)
    part = np.where(labels < 0, -1, part)
    train, valid, test = (np.flatnonzero(part == place) for place in range(3))
    dropped = table.height - len(train) - len(valid) - len(test)
    home = path.resolve().parent.name if path.parent == Path(folder) else path.name
    return ClassFolder(home, texts, labels, names, train, valid, test, chosen_text, chosen, dropped)


def near_duplicates(texts: list[str], clusters: list[str | None] | None = None) -> Int64:
    """A number int64 `[n]` that texts of the same words share, and those of one cluster, and so on in chains.

    Case, order, repetition and words of digits only don't count.
    """
    keys = [("words", _words(text)) for text in texts]
    number: dict[tuple[str, str], int] = {}
    one = np.array([number.setdefault(each, len(number)) for each in keys], np.int64)
    if clusters is None or not len(texts):
        return one
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    told = [("cluster", each) if each else ("row", str(row)) for row, each in enumerate(clusters)]
    other = np.array([number.setdefault(each, len(number)) for each in told], np.int64)
    links = csr_array((np.ones(len(one), np.int8), (one, other)), shape=(len(number), len(number)))
    found: Int64 = connected_components(links, directed=False)[1].astype(np.int64)[one]
    return found


def _words(text: str) -> str:
    bare = "".join(char if char.isalnum() else " " for char in normalise(text))
    words = set(bare.split())
    return " ".join(sorted({word for word in words if not word.isdigit()} or words))


def _parts(classes: list[str], groups: Int64, seed: int) -> Int64:
    """0, 1 or 2 for train, validation and test; −1 for classes too rare; a group is of its commonest one."""
    count: dict[int, Counter[str]] = defaultdict(Counter)
    for group, name in zip(groups.tolist(), classes, strict=True):
        count[group][name] += 1
    members: dict[str, list[int]] = defaultdict(list)
    for group, names in count.items():
        members[min(names, key=lambda name: (-names[name], name))].append(group)
    rng = np.random.default_rng(seed)
    part = np.full(int(groups.max(initial=-1)) + 1, -1, np.int64)
    for name in sorted(members):
        own = rng.permutation(members[name])
        if len(own) < _LEAST_GROUPS:
            continue
        n_test, n_valid = (max(1, round(share * len(own))) for share in _SHARES)
        part[own] = 0
        part[own[:n_test]] = 2
        part[own[n_test : n_test + n_valid]] = 1
    found: Int64 = part[groups]
    return found


def text_column(table: pl.DataFrame, name: str) -> str:
    """The column known as a title, or else that of most different values that are not numbers."""
    titles = [column for column, attribute in mapped(table.columns).items() if attribute == "title"]
    titles += [column for column in table.columns if key(column).endswith(("displayname", "title", "text"))]
    wordy = [column for column in table.columns if not _numeric(table[column])]
    if titles or wordy:
        return titles[0] if titles else max(wordy, key=lambda column: table[column].n_unique())
    raise _refusal(name, table, "text")


def label_column(table: pl.DataFrame, name: str, text: str) -> str:
    """The column that names classes; see `read_class_folder`."""
    most = min(_MOST_CLASSES, table.height // _LEAST_REPEATS)
    columns = [
        column
        for column in table.columns
        if column != text and 2 <= table[column].drop_nulls().n_unique() <= most
    ]
    for exact in ("label", "class"):
        for column in columns:
            if key(column) == exact:
                return column
    telling = [column for column in columns if any(word in key(column) for word in _WORDS)]
    if not telling:
        raise _refusal(name, table, "class")
    return max(telling, key=lambda column: (table[column].n_unique(), not _numeric(table[column])))


def _numeric(values: pl.Series) -> bool:
    some = values.drop_nulls().head(1000)
    return some.cast(pl.Float64, strict=False).is_not_null().mean() == 1.0


def _named(table: pl.DataFrame, name: str) -> str:
    found = next((column for column in table.columns if key(column) == key(name)), None)
    if found is None:
        raise OptionError(
            f"The column {name!r} was asked for.",
            f"The table has {', '.join(table.columns)}.",
            "Name one of them.",
        )
    return found


def _table_path(folder: Path) -> Path:
    if folder.is_file():
        return folder
    files = sorted(path for path in folder.glob("*") if path.suffix.lower() in _SUFFIXES and path.is_file())
    if len(files) != 1:
        raise FeedError(
            f"{folder.name or folder} holds {len(files)} tables.",
            "A benchmark of classes is a folder with one table that has a text and a class, or such a file.",
            "Pass the file itself.",
        )
    return files[0]


def _refusal(name: str, table: pl.DataFrame, what: str) -> FeedError:
    return FeedError(
        f"{name} has the columns {', '.join(table.columns)}, none of which is surely the {what}.",
        "A benchmark of classes has a text and a class for each thing.",
        f"Name the column with --{'label' if what == 'class' else 'text'}.",
    )
