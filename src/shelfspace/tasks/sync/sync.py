"""Sync: the quantities and prices of matched offers reconciled across shops, planned first, written later."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from shelfspace.errors import OptionError
from shelfspace.space.hashes import hash_of_table
from shelfspace.space.space import Space
from shelfspace.tasks.sync.journal import Journal, JournalError, read_journal
from shelfspace.tasks.sync.links import links_of_space
from shelfspace.tasks.sync.policy import Policy
from shelfspace.tasks.sync.products import products_of
from shelfspace.tasks.sync.reconcile import Cell, Change, Conflict, Reconciled, reconcile
from shelfspace.tasks.sync.replay import replay, undo
from shelfspace.tasks.sync.stock import Stock, read_stock
from shelfspace.tasks.sync.write import apply, reapply, targets

JOURNAL_NAME = "sync-journal.jsonl"
PLAN_SCHEMA = {
    **dict.fromkeys(("shop", "id", "attribute", "old", "new", "because_of"), pl.String),
    "probability": pl.Float64,
    "reason": pl.String,
}
CONFLICTS_SCHEMA = {
    **dict.fromkeys(("shop", "id", "attribute", "value", "others", "kind", "reason"), pl.String),
    "probability": pl.Float64,
}


@dataclass(frozen=True)
class Sync:
    """What a sync would do: nothing is written before `write`.

    `skipped` counts the matches below `threshold`, none of which is touched; `n_products` those that at least
    two records tell of. `notes` are what the journal had to say.
    """

    stock: Stock
    changes: tuple[Change, ...]
    listed: tuple[Conflict, ...]
    agreed: dict[Cell, float] = field(default_factory=dict)
    n_products: int = 0
    skipped: int = 0
    threshold: float = 0.0
    notes: tuple[str, ...] = ()
    told: dict[str, Any] = field(default_factory=dict)
    replayed: bool = False
    undoes: int | None = None

    @cached_property
    def plan(self) -> pl.DataFrame:
        """The cells to change: shop, id, attribute, old, new, because_of, probability, reason."""
        return pl.DataFrame(
            [[getattr(change, name) for name in PLAN_SCHEMA] for change in self.changes],
            PLAN_SCHEMA,
            orient="row",
        )

    @cached_property
    def conflicts(self) -> pl.DataFrame:
        """What is left as it is: shop, id, attribute, value, others, kind, reason, probability."""
        return pl.DataFrame(list(self.listed), CONFLICTS_SCHEMA, orient="row")

    @property
    def rejects(self) -> pl.DataFrame:
        """The records of the stock that could not be used, with the reason."""
        return self.stock.rejects

    def write(
        self,
        out: str | Path | None = None,
        *,
        in_place: bool = False,
        journal: str | Path | None = None,
        note: str = "",
    ) -> list[Path]:
        """The files now written: the stock with the plan carried out, once the journal tells of it.

        `out` is a file, or a folder for several of them; `in_place` writes over the stock files and keeps
        what they held beside them. The journal is by default `sync-journal.jsonl` beside the first stock
        file; `note` goes into it.

        Raises `OptionError` for a place that cannot be, `FeedError` where the stock has been changed since
        it was read, `JournalError` where the journal is damaged or in use.
        """
        paths = targets(self.stock, out, in_place=in_place)
        journal = journal or journal_beside(self.stock)
        if self.replayed:
            reapply(self.stock, self.changes, journal=journal, paths=paths)
        else:
            told = self.told | ({"note": note} if note else {})
            apply(
                self.stock,
                self.changes,
                self.agreed,
                journal=journal,
                paths=paths,
                undoes=self.undoes,
                told=told,
            )
        return paths


def sync(
    space: Space,
    stock: Any,
    left: str | None = None,
    right: str | None = None,
    *,
    threshold: float | str = "auto",
    quantity: str = "lowest",
    price: str = "keep",
    max_price_change: float = 0.3,
    journal: str | Path | None = None,
) -> Sync:
    """The plan that makes matched offers agree in quantity and price.

    `stock` is what `read_stock` takes. Offers are one product where their match reaches the `threshold`, by
    default 0.9 or the matcher's own where that is higher; nothing below it is touched. `quantity` is lowest,
    latest, changes, keep or from:SHOP, `price` keep, lowest, latest or from:SHOP; a price that would change
    by more than the share `max_price_change` is a conflict. The `journal` of earlier syncs, by default the
    one beside the first stock file, tells what has changed in several shops since.

    Raises `FeedError` for what is no stock, `OptionError` for a policy, threshold or share that cannot be,
    `CatalogError` for an unknown shop, `JournalError` for a damaged journal.
    """
    if not max_price_change >= 0:
        raise OptionError(
            f"max_price_change is {max_price_change}.", "It is a share, 0 or more.", "0.3 allows 30 %."
        )
    policies = (Policy.of(quantity, "quantity", space.catalog), Policy.of(price, "price", space.catalog))
    held = read_stock(stock, space.catalog)
    known = (
        read_journal(journal or journal_beside(held), missing_ok=True)
        if _has_place(held, journal)
        else Journal()
    )
    links = links_of_space(space, held.shops, left=left, right=right, threshold=threshold)
    products = products_of(links.table)
    found = reconcile(held, products, policies, max_price_change=max_price_change, base=known.base)
    shared = sum(sum(offer in held.entries for offer in product.offers) > 1 for product in products)
    told: dict[str, Any] = {
        "space": hash_of_table(space.catalog.table),
        "threshold": links.threshold,
        **{policy.attribute: str(policy) for policy in policies},
    }
    return Sync(
        held,
        tuple(found.changes),
        tuple(found.conflicts),
        found.agreed,
        shared,
        links.skipped,
        links.threshold,
        known.notes,
        told,
    )


def replay_sync(stock: Any, journal: str | Path, *, run: int | None = None) -> Sync:
    """The plan that brings a stock to where the journal's runs left it, or one `run` of them.

    Raises `FeedError` for what is no stock, `JournalError` for a missing or damaged journal or run.
    """
    known = read_journal(journal)
    held = read_stock(stock)
    return _replayed(
        held, replay(held, known.runs if run is None else [known.run(run)]), known, replayed=True
    )


def undo_sync(stock: Any, journal: str | Path, *, run: int | None = None) -> Sync:
    """The plan that takes one run back, by default the last that was not undone; see `replay_sync`."""
    known = read_journal(journal)
    held = read_stock(stock)
    undone = known.run(run)
    if undone.undoes is not None:
        raise JournalError(
            f"Run {run} undid run {undone.undoes}.",
            "A sync can be undone.",
            f"Replay run {undone.undoes} instead.",
        )
    return _replayed(held, undo(held, undone), known, undoes=undone.number)


def _replayed(stock: Stock, found: Reconciled, journal: Journal, **how: Any) -> Sync:
    return Sync(stock, tuple(found.changes), tuple(found.conflicts), notes=journal.notes, **how)


def journal_beside(stock: Stock) -> Path:
    """Where the journal is if nothing else is said; `OptionError` where the stock is a table."""
    path = stock.sheets[0].path
    if path is None:
        raise OptionError("The stock is a table.", "A journal lies beside a file.", "Give journal, a path.")
    return path.resolve().with_name(JOURNAL_NAME)


def _has_place(stock: Stock, journal: str | Path | None) -> bool:
    return journal is not None or stock.sheets[0].path is not None
