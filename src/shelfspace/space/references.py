"""References: how a user names one product of a catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz, process

from shelfspace.data.catalog import Catalog
from shelfspace.errors import CatalogError


@dataclass(frozen=True)
class References:
    """The row of every "shop/id" (`keys`) and all rows of every id (`ids`)."""

    keys: dict[str, list[int]]
    ids: dict[str, list[int]]

    @classmethod
    def of_catalog(cls, catalog: Catalog) -> References:
        """The references to the products of a catalogue."""
        keys: dict[str, list[int]] = {}
        ids: dict[str, list[int]] = {}
        products = zip(catalog.table["shop"], catalog.table["id"], strict=True)
        for row, (shop, identifier) in enumerate(products):
            keys.setdefault(f"{shop}/{identifier}", []).append(row)
            ids.setdefault(identifier, []).append(row)
        return cls(keys, ids)

    def row(self, reference: str) -> int:
        """The row of the product that `reference` names: "shop/id", or an id that one shop only uses.

        Raises `CatalogError` for an unknown product, with ids that look alike, and for an id that several
        shops use, with the shops.
        """
        rows = self.keys.get(reference) or self.ids.get(reference) or []
        if len(rows) == 1:
            return rows[0]
        if not rows:
            raise self._unknown(reference)
        keys = [key for key, held in self.keys.items() if set(held) & set(rows)]
        raise CatalogError(
            f"The id {reference!r} is used {len(rows)} times: {', '.join(map(repr, keys[:10]))}.",
            "A reference names one product.",
            "Put the shop and a slash before the id.",
        )

    def _unknown(self, reference: str) -> CatalogError:
        pool = self.keys if "/" in reference else self.ids
        close = process.extract(reference, pool.keys(), scorer=fuzz.ratio, limit=3, score_cutoff=50)
        alike = ", ".join(repr(match[0]) for match in close)
        return CatalogError(
            f"There is no product {reference!r} in this space.",
            "A reference is shop/id, or an id that one shop only uses.",
            f"Did you mean {alike}?" if alike else "Look the id up in the feed, or search for the title.",
        )
