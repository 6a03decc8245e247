"""The questions a space answers, each one line to the task that answers it.

The one place where imports run upwards: tasks stand above the space, but a user asks the space. So every
method imports its task when it is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import polars as pl

    from shelfspace.space.space import Space
    from shelfspace.tasks.add import Added
    from shelfspace.tasks.classify.classify import Classification
    from shelfspace.tasks.explain import Explanation
    from shelfspace.tasks.groups.groups import Groups
    from shelfspace.tasks.map.layout import Layout
    from shelfspace.tasks.match.study import Preset
    from shelfspace.tasks.shoppers.shoppers import Shoppers
    from shelfspace.tasks.sync import Sync


class Questions:
    """What `Space` can be asked; mixed into it and of no use alone."""

    def match(
        self,
        left: str | None = None,
        right: str | None = None,
        *,
        threshold: float | str = "auto",
        one_to_one: bool = True,
        labels: str = "space",
        recall: float | None = None,
    ) -> pl.DataFrame:
        """The products that two shops both sell; see `tasks.match.match`."""
        from shelfspace.tasks.match import match

        return match(
            _space(self),
            left,
            right,
            threshold=threshold,
            one_to_one=one_to_one,
            labels=labels,
            recall=recall,
        )

    def review(self, left: str | None = None, right: str | None = None, n: int = 20) -> pl.DataFrame:
        """The pairs of two shops that a human's answer would teach most about; see `tasks.review.review`."""
        from shelfspace.tasks.review import review

        return review(_space(self), left, right, n)

    def with_labels(self, labels: Any) -> Space:
        """The same space with more labelled pairs; see `tasks.review.with_labels`."""
        from shelfspace.tasks.review import with_labels

        return with_labels(_space(self), labels)

    def add(self, source: Any, *, images: str | Path | None = None) -> Added:
        """A larger space with the products of a feed, and what came of them; see `tasks.add.add`."""
        from shelfspace.tasks.add import add

        return add(_space(self), source, images=images)

    def cluster(
        self,
        granularity: str | int = "product",
        *,
        one_per_shop: bool | None = None,
        revise: bool = False,
        seed: int | None = None,
    ) -> pl.DataFrame:
        """Every offer with the cluster of its product, see `tasks.clusters.cluster`; or with its group.

        Groups are of like products: "coarse", "medium", "fine" or as many as a number says, see `groups`.
        """
        from shelfspace.tasks.clusters import cluster

        products = cluster(_space(self), one_per_shop=one_per_shop, revise=revise)
        return products if granularity == "product" else self.groups(granularity, seed=seed).table

    def groups(self, granularity: str | int = "fine", *, seed: int | None = None) -> Groups:
        """The products in groups of like ones, as a tree; see `tasks.groups.groups.group`."""
        from shelfspace.tasks.groups.groups import group

        return group(_space(self), granularity, seed=seed)

    def classify(
        self,
        labels: Any = None,
        *,
        column: str | None = None,
        abstain: float | None = None,
        preset: Preset = "balanced",
        seed: int = 0,
    ) -> Classification:
        """The category of each product that has none; see `tasks.classify.classify.classify`."""
        from shelfspace.tasks.classify.classify import classify

        return classify(_space(self), labels, column=column, abstain=abstain, preset=preset, seed=seed)

    def dedupe(self, shop: str | None = None) -> pl.DataFrame:
        """The groups of offers that are one product; see `tasks.clusters.dedupe`."""
        from shelfspace.tasks.clusters import dedupe

        return dedupe(_space(self), shop)

    def similar(self, reference: str, k: int = 10) -> pl.DataFrame:
        """The k products nearest to one of the space; see `tasks.similar.similar`."""
        from shelfspace.tasks.similar import similar

        return similar(_space(self), reference, k)

    def search(
        self,
        text: str = "",
        k: int = 10,
        *,
        image: str | Path | bytes | None = None,
        where: str | None = None,
        user: str | None = None,
    ) -> pl.DataFrame:
        """The k products that fit words or a photo best; see `tasks.search.search`."""
        from shelfspace.tasks.search import search

        return search(_space(self), text, k, image=image, where=where, user=user)

    def facets(
        self, text: str, attributes: Sequence[str], *, where: str | None = None, most: int = 10
    ) -> pl.DataFrame:
        """What the answers of a search say of their attributes; see `tasks.search.facets`."""
        from shelfspace.tasks.search.facets import facets

        return facets(_space(self), text, attributes, where=where, most=most)

    def synonyms(self) -> pl.DataFrame:
        """What the space takes for the same; see `tasks.search.synonyms`."""
        from shelfspace.tasks.search.synonyms import synonyms

        return synonyms(_space(self))

    def with_synonyms(self, edited: Any) -> Space:
        """The same space with the synonyms of a table; see `tasks.search.synonyms.with_synonyms`."""
        from shelfspace.tasks.search.synonyms import with_synonyms

        return with_synonyms(_space(self), edited)

    def did_you_mean(self, text: str) -> str | None:
        """The query without slips of the keys, None where there are none; see `tasks.search.search`."""
        from shelfspace.tasks.search.search import did_you_mean

        return did_you_mean(_space(self), text)

    def recommend(
        self,
        user: str | None = None,
        *,
        history: Sequence[str] | None = None,
        k: int = 10,
        diversity: float = 0.0,
        calibration: float = 0.0,
        where: str | None = None,
        seen: bool = False,
        unavailable: bool = False,
    ) -> pl.DataFrame:
        """The k products that a user wants next; see `tasks.recommend.recommend.recommend`."""
        from shelfspace.tasks.recommend.recommend import recommend

        return recommend(
            _space(self),
            user,
            history=history,
            k=k,
            diversity=diversity,
            calibration=calibration,
            where=where,
            seen=seen,
            unavailable=unavailable,
        )

    def observe(self, events: Any) -> int:
        """Fold new events in, so that the next `recommend` knows of them; see `tasks.recommend.observe`."""
        from shelfspace.tasks.recommend.observe import observe

        return observe(_space(self), events)

    def shoppers(self) -> Shoppers:
        """The users of the space's events, to be asked for segments, drift and interests.

        See `tasks.shoppers.shoppers.Shoppers`; `OptionError` where none of them took a product.
        """
        from shelfspace.tasks.shoppers.shoppers import shoppers_of

        return shoppers_of(_space(self))

    def map(
        self,
        out: str | Path,
        *,
        colour: str | None = None,
        images: str | Path | None = None,
        layout: Layout = "auto",
    ) -> Path:
        """The path of a page with every product as a point; see `tasks.map.draw_map`."""
        from shelfspace.tasks.map import draw_map

        return draw_map(_space(self), out, colour=colour, images=images, layout=layout)

    def explain(self, left: str, right: str) -> Explanation:
        """Why two products are taken for the same or not; see `tasks.explain.explain`."""
        from shelfspace.tasks.explain import explain

        return explain(_space(self), left, right)

    def sync(
        self,
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
        """The plan that makes matched offers agree in quantity and price; see `tasks.sync.sync`."""
        from shelfspace.tasks.sync import sync

        return sync(
            _space(self),
            stock,
            left,
            right,
            threshold=threshold,
            quantity=quantity,
            price=price,
            max_price_change=max_price_change,
            journal=journal,
        )


def _space(questions: Questions) -> Space:
    return cast("Space", questions)
