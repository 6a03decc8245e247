"""Benchmark folders of offers that many vendors list, with the product that each offer is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data import Catalog, read_catalog
from shelfspace.errors import FeedError

#: Under which names the columns are known.
_NAMES = {
    "title": ("title", "product_title", "name"),
    "shop": ("shop", "vendor", "vendor_id", "merchant"),
    "cluster": ("cluster", "cluster_id", "product"),
    "id": ("id", "offer_id", "product_id"),
}


@dataclass(frozen=True)
class OfferFolder:
    """The offers of a folder, and the product of each as a number `truth` `[n]`.

    The catalogue holds titles and vendors and nothing else; `dropped` counts the rows that could not be read.
    """

    name: str
    catalog: Catalog
    truth: npt.NDArray[np.int64]
    dropped: int


def read_offer_folder(folder: str | Path) -> OfferFolder:
    """The benchmark in `folder`: `offers.csv` with a title, a vendor and a cluster, and perhaps an id.

    The usual names of these columns are known. Raises `FeedError` where there is no such file.
    """
    folder = Path(folder)
    try:
        table = pl.read_csv(folder / "offers.csv", infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _refusal(folder, f"offers.csv cannot be read ({str(error).splitlines()[0][:200]})") from None
    lowered = {column.strip().lower(): column for column in table.columns}
    found = {
        name: next((lowered[one] for one in names if one in lowered), None) for name, names in _NAMES.items()
    }
    missing = [name for name in ("title", "shop", "cluster") if found[name] is None]
    if missing:
        raise _refusal(folder, f"offers.csv has no column for {', '.join(missing)}")
    offers = table.select(pl.col(column).alias(name) for name, column in found.items() if column is not None)
    if found["id"] is None:
        offers = offers.with_columns(pl.int_range(pl.len()).cast(pl.String).alias("id"))
    catalog = read_catalog(offers.drop_nulls(["title", "shop", "cluster"]))
    truth = catalog.table["cluster"].rank("dense").to_numpy().astype(np.int64)
    bare = Catalog(catalog.table.drop("cluster"))
    return OfferFolder(folder.resolve().name, bare, truth, table.height - len(bare))


def _refusal(folder: Path, reason: str) -> FeedError:
    return FeedError(
        f"{folder.name or folder}: {reason}.",
        "A benchmark of clusters is a folder with offers.csv: a title, a vendor (shop, vendor_id…) and a "
        "cluster (cluster_id…) of each offer.",
        "Pass a folder that has it, or rename the columns.",
    )
