"""The interest report of one user: what they like, against what everybody does, and how that changes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.tasks.shoppers.drift import Drifts
from shelfspace.tasks.shoppers.segments import Segments
from shelfspace.tasks.shoppers.shoppers import Shoppers
from shelfspace.tasks.shoppers.tastes import faded

_SHOWN = 5
_FOUND = 0.1


class Interest(NamedTuple):
    """A trait with its share of what the user takes, that of what all take, and the ratio of the two."""

    kind: str
    value: str
    share: float
    everyone: float
    lift: float


@dataclass(frozen=True)
class InterestReport:
    """What is known of a user's interests; `to_json` gives all of it.

    `interests` are the traits that say most, at most five a kind; `typical` the ids of the own products
    nearest to the taste; `segment` and its description are there where segments were given, and `drift` where
    it was measured and the user had enough sessions.
    """

    user_id: str
    events: int
    products: int
    first: str | None
    last: str | None
    median_price: float | None
    everyone_median_price: float | None
    interests: tuple[Interest, ...]
    typical: tuple[str, ...]
    segment: int | None = None
    segment_description: str | None = None
    drift: dict[str, float | bool | str | None] | None = None

    def to_json(self) -> str:
        """The report as one JSON object, ending in a line feed."""
        told = asdict(self) | {"interests": [interest._asdict() for interest in self.interests]}
        return json.dumps(told, indent=2, ensure_ascii=False) + "\n"

    def table(self) -> pl.DataFrame:
        """The interests: kind, value, share, everyone, lift."""
        schema = dict(zip(Interest._fields, (pl.String, pl.String, *[pl.Float64] * 3), strict=True))
        return pl.DataFrame(self.interests, schema=schema, orient="row")


def interest_report(
    shoppers: Shoppers, user: str, *, segments: Segments | None = None, drifts: Drifts | None = None
) -> InterestReport:
    """The report of a user, who must be in the log (`OptionError` otherwise).

    Shares are of events, counting by their weight and recency. `segments` and `drifts` are those of the same
    shoppers, for they are measured over all users.
    """
    row = shoppers.row(user)
    own = shoppers.histories.take([row])
    times = own.times if own.times is not None and own.times.any() else None
    report = InterestReport(
        user_id=user,
        events=len(own),
        products=len(np.unique(own.items)),
        first=None if times is None else _written(times[0]),
        last=None if times is None else _written(times[-1]),
        median_price=_median(_prices(shoppers)[own.items]),
        everyone_median_price=_median(_prices(shoppers)[shoppers.histories.items]),
        interests=_interests(shoppers, own.items, faded(own, shoppers.half_life_days)),
        typical=_typical(shoppers, row, own.items),
    )
    told: dict[str, Any] = {}
    if segments is not None and segments.labels[row] >= 0:
        segment = int(segments.labels[row])
        told |= {"segment": segment, "segment_description": segments.description(segment)}
    if drifts is not None and drifts.tested[row]:
        told["drift"] = _drift(shoppers, drifts, row)
    return InterestReport(**{**_fields(report), **told})


def _fields(report: InterestReport) -> dict[str, Any]:
    return {name: getattr(report, name) for name in report.__dataclass_fields__}


def _interests(
    shoppers: Shoppers, items: npt.NDArray[np.int64], weights: npt.NDArray[np.float64]
) -> tuple[Interest, ...]:
    """The traits by share · log(lift), what each adds to the divergence from everybody."""
    matrix = shoppers.traits.matrix
    share = np.asarray(weights @ matrix[items]).ravel() / max(weights.sum(), 1e-12)
    counts = np.bincount(shoppers.histories.items, minlength=shoppers.histories.n_items)
    everyone = np.asarray(counts @ matrix).ravel() / max(counts.sum(), 1)
    lift = share / np.maximum(everyone, 1e-12)
    telling = share * np.log(np.maximum(lift, 1e-12))
    found: list[Interest] = []
    names = shoppers.traits.table.rows()
    for trait in np.argsort(-telling, kind="stable"):
        if telling[trait] <= 0:
            break
        kind, value = names[trait]
        if sum(one.kind == kind for one in found) < _SHOWN:
            found.append(
                Interest(kind, value, float(share[trait]), float(everyone[trait]), float(lift[trait]))
            )
    return tuple(found)


def _typical(shoppers: Shoppers, row: int, items: npt.NDArray[np.int64]) -> tuple[str, ...]:
    own = np.unique(items)
    order = np.argsort(-(shoppers.vectors[own] @ shoppers.tastes[row]), kind="stable")
    return tuple(shoppers.catalog.table["id"].gather(own[order][:_SHOWN]))


def _drift(shoppers: Shoppers, drifts: Drifts, row: int) -> dict[str, float | bool | str | None]:
    less, more = shoppers.change(row, int(drifts.split[row]))
    figures = {name: float(getattr(drifts, name)[row]) for name in ("cosine", "expected", "p", "q")}
    return {**figures, "drifted": bool(drifts.q[row] <= _FOUND), "less": less, "more": more}


def _prices(shoppers: Shoppers) -> npt.NDArray[np.float64]:
    return shoppers.catalog.table["price"].fill_null(float("nan")).to_numpy()


def _median(prices: npt.NDArray[np.float64]) -> float | None:
    known = prices[np.isfinite(prices)]
    return float(np.median(known)) if len(known) else None


def _written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
