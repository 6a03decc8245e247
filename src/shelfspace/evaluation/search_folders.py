"""Benchmark folders of search: offers of many vendors, or products with attributes to ask for."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.data import Catalog
from shelfspace.encoders.tokens import Int64
from shelfspace.errors import FeedError
from shelfspace.evaluation.asked_attributes import asked_of, composed, read_products
from shelfspace.evaluation.offer_folders import read_offer_folder
from shelfspace.tasks.search.judged import Judged

#: What of the clusters or products teaches, chooses and tests.
SHARES = (0.55, 0.15, 0.3)
_QUERIES = (1_200, 300, 600)
_FEWEST = 10  # queries of each part


@dataclass(frozen=True)
class SearchFolder:
    """A catalogue and three sets of judged queries that share no cluster or, for attributes, no product.

    `kind` says how the queries were made: "offers" or "attributes". `dropped` counts rows that could not be
    read.
    """

    name: str
    kind: str
    catalog: Catalog
    train: Judged
    valid: Judged
    test: Judged
    dropped: int


def read_search_folder(folder: str | Path, *, seed: int = 0) -> SearchFolder:
    """The benchmark in `folder`, split and asked by `seed`.

    With `offers.csv` (title, vendor, cluster) a query is the title of one offer, and the other vendors'
    offers of its cluster fit it. Any other table of products is asked for by its attributes, such as "navy
    blue men casual shirts": products with all of them fit. What is asked for is then taken from the
    catalogue, which keeps titles, descriptions and the like. Test queries are none of the training ones.

    Raises `FeedError` where there is no such table, or too little in it to split.
    """
    folder = Path(folder)
    rng = np.random.default_rng(seed)
    found = _offers(folder, rng) if (folder / "offers.csv").is_file() else _products(folder, rng)
    few = min(len(part) for part in (found.train, found.valid, found.test))
    if few < _FEWEST:
        raise FeedError(
            f"{found.name} gives {few} queries to a part of the benchmark.",
            f"It takes {_FEWEST} at least to learn from, to choose by and to test on.",
            "Take a larger table, or one with attributes that many products share.",
        )
    return found


def _offers(folder: Path, rng: np.random.Generator) -> SearchFolder:
    offers = read_offer_folder(folder)
    clusters = _parts(np.unique(offers.truth), rng)
    order = np.argsort(offers.truth, kind="stable")
    starts = np.searchsorted(offers.truth[order], np.arange(int(offers.truth.max()) + 2))
    members = [order[starts[number] : starts[number + 1]] for number in range(len(starts) - 1)]
    shops = offers.catalog.table["shop"].rank("dense").to_numpy()
    titles = offers.catalog.table["title"].to_list()

    def judged(numbers: Int64, most: int) -> Judged:
        texts: list[str] = []
        relevant: list[Int64] = []
        own: list[int] = []
        for number in numbers:
            asked = int(rng.choice(members[number]))
            others = members[number][shops[members[number]] != shops[asked]]
            if len(others) and len(texts) < most:
                texts.append(titles[asked])
                relevant.append(others)
                own.append(asked)
        return Judged.of(texts, relevant, np.array(own, np.int64))

    parts = [judged(numbers, most) for numbers, most in zip(clusters, _QUERIES, strict=True)]
    train, valid, test = parts
    return SearchFolder(offers.name, "offers", offers.catalog, train, valid, test, offers.dropped)


def _products(folder: Path, rng: np.random.Generator) -> SearchFolder:
    catalog, dropped = read_products(folder)
    asked = asked_of(catalog)
    salt, edges = int(rng.integers(2**31)), np.cumsum((0, *SHARES))

    def share(text: str) -> float:
        """Each query's own number in 0…1, so that a query stands in one part only."""
        return zlib.crc32(f"{salt} {text}".encode()) / 2**32

    parts = []
    for number, rows in enumerate(_parts(np.arange(len(catalog)), rng)):
        low, high = edges[number], edges[number + 1]
        parts.append(
            composed(asked, np.sort(rows), _QUERIES[number], lambda t: low <= share(t) < high, rng)  # noqa: B023
        )
    bare = Catalog.from_table(catalog.table.drop(asked.hidden))
    train, valid, test = parts
    return SearchFolder(folder.resolve().name, "attributes", bare, train, valid, test, dropped)


def _parts(numbers: npt.NDArray[np.int64], rng: np.random.Generator) -> list[Int64]:
    cuts = np.cumsum([round(share * len(numbers)) for share in SHARES[:-1]])
    return [np.asarray(part, np.int64) for part in np.split(rng.permutation(numbers), cuts)]
