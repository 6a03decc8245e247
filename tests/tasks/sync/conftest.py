from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from shelfspace.tasks.sync.links import LINKS_SCHEMA
from shelfspace.tasks.sync.policy import Policy
from shelfspace.tasks.sync.products import Product, products_of
from shelfspace.tasks.sync.reconcile import Reconciled, reconcile
from shelfspace.tasks.sync.stock import Entry, Stock, read_stock


def _links(*pairs: tuple[str, str, float] | tuple[str, str, float, bool]) -> pl.DataFrame:
    """Links from "a/1", "b/2", probability and whether it was chosen."""
    rows = [
        (*left.split("/"), *right.split("/"), probability, chosen[0] if chosen else True)
        for left, right, probability, *chosen in pairs
    ]
    return pl.DataFrame(rows, LINKS_SCHEMA, orient="row")


def _products(*pairs: Any) -> list[Product]:
    return products_of(_links(*pairs))


def _stock_of(rows: Iterable[dict[str, Any]]) -> Stock:
    return read_stock(pl.DataFrame(list(rows), infer_schema_length=None))


def _entry(shop: str, quantity: float | None = None, price: float | None = None, **others: Any) -> Entry:
    given = {
        "shop": shop,
        "id": "1",
        "quantity": quantity,
        "price": price,
        "currency": None,
        "updated_at": None,
        "quantity_text": "" if quantity is None else f"{quantity:g}",
        "price_text": "" if price is None else f"{price:g}",
        "sheet": 0,
        "record": 1,
    }
    return Entry(**(given | others))


def _at(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def _reconciled(
    stock: Stock, found: list[Product], quantity: str = "lowest", price: str = "keep", **others: Any
) -> Reconciled:
    policies = []
    for text, attribute in ((quantity, "quantity"), (price, "price")):
        rule, _, shop = text.partition(":")
        policies.append(Policy(attribute, rule, shop))  # type: ignore[arg-type]
    given: dict[str, Any] = {"max_price_change": 0.3, "base": {}}
    return reconcile(stock, found, policies, **(given | others))


@pytest.fixture(scope="session")
def links() -> Callable[..., Any]:
    return _links


@pytest.fixture(scope="session")
def products() -> Callable[..., Any]:
    return _products


@pytest.fixture(scope="session")
def stock_of() -> Callable[..., Any]:
    return _stock_of


@pytest.fixture(scope="session")
def entry() -> Callable[..., Any]:
    return _entry


@pytest.fixture(scope="session")
def at() -> Callable[..., Any]:
    return _at


@pytest.fixture(scope="session")
def reconciled() -> Callable[..., Any]:
    return _reconciled


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
