"""Matches held against planted truth, beside the plain methods that anyone would try first.

Truth is a table of left_id and right_id, each pair one product; so is everything that is held against it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.lexical import lexical_neighbours, paired_products
from shelfspace.encoders.listing import Listings
from shelfspace.evaluation.floors import tfidf_rows
from shelfspace.evaluation.metrics import expected_calibration_error

Figures = dict[str, float]
KEY = ["left_id", "right_id"]
TFIDF, GTIN = "TF-IDF mutual best", "equal GTIN only"
_BINS = 15
_NEAR = 3  # nearest listings by wording; the first of them that is not the match is the trap


def with_truth(pairs: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """The pairs with a boolean column `truth`: whether each is planted."""
    planted = truth.select(*KEY, pl.lit(True).alias("truth"))
    joined = pairs.join(planted, on=KEY, how="left", maintain_order="left")
    return joined.with_columns(pl.col("truth").fill_null(False))


def shares(hits: float, n_found: float, n_true: float) -> Figures:
    """Precision, recall and F1 of `hits` among `n_found` pairs, of `n_true`; a share of nothing is 0."""
    return {
        "precision": hits / n_found if n_found else 0.0,
        "recall": hits / n_true if n_true else 0.0,
        "f1": 2 * hits / (n_found + n_true) if n_found + n_true else 0.0,
    }


def judge(pairs: pl.DataFrame, truth: pl.DataFrame) -> Figures:
    """Precision, recall and F1 of the pairs."""
    hits = int(with_truth(pairs, truth)["truth"].sum())
    return shares(hits, pairs.height, truth.height)


def equal_gtins(catalog: Catalog, left: str, right: str) -> pl.DataFrame:
    """The pairs whose trade item numbers are equal, read and checked as the catalogue has them."""
    numbered = catalog.table.filter(pl.col("gtin").is_not_null()).select("shop", "id", "gtin")
    sides = [numbered.filter(pl.col("shop") == shop).drop("shop") for shop in (left, right)]
    pairs = sides[0].join(sides[1], on="gtin", suffix="_right", maintain_order="left")
    return pairs.select(pl.col("id").alias("left_id"), pl.col("id_right").alias("right_id"))


@dataclass(frozen=True)
class Wording:
    """TF-IDF of characters over all that the listings of two shops say: the method to beat."""

    left_ids: pl.Series
    right_ids: pl.Series
    left: object  # scipy.sparse rows, which have no types
    right: object

    @classmethod
    def of_catalog(cls, catalog: Catalog, left: str, right: str) -> Wording:
        """The rows of both shops."""
        listings = Listings.of_catalog(catalog)
        texts = [f"{name} {rest}" for name, rest in zip(listings.names, listings.details, strict=True)]
        rows = tfidf_rows(texts).items
        one, other = catalog.rows_of_shop(left), catalog.rows_of_shop(right)
        ids = catalog.table["id"]
        return cls(ids.gather(one), ids.gather(other), rows[one], rows[other])

    def mutual_best(self) -> pl.DataFrame:
        """The pairs that are each other's nearest, with their `score`."""
        there = lexical_neighbours(self.left, self.right, 1)
        back = lexical_neighbours(self.right, self.left, 1).ids[:, 0]
        best = there.ids[:, 0]
        mutual = np.flatnonzero((best >= 0) & (back[best] == np.arange(len(best))))
        return self._pairs(mutual, best[mutual], there.scores[mutual, 0])

    def traps(self, truth: pl.DataFrame) -> pl.DataFrame:
        """For planted pairs whose wording is beaten by another right listing: `left_id`, that listing's id as
        `right_id`, both cosines as `trap_score` and `true_score`; the worst first.
        """
        left = self._places(self.left_ids, truth["left_id"])
        right = self._places(self.right_ids, truth["right_id"])
        true_score = paired_products(self.left[left], self.right[right])  # type: ignore[index]
        near = lexical_neighbours(self.left[left], self.right, _NEAR)  # type: ignore[index]
        others = np.where(near.ids == right[:, None], -np.inf, near.scores)
        column = others.argmax(axis=1)
        rows = np.arange(len(left))
        trap_score, trap = others[rows, column], near.ids[rows, column]
        fooled = np.flatnonzero(trap_score > true_score)
        fooled = fooled[np.argsort(true_score[fooled] - trap_score[fooled], kind="stable")]
        pairs = self._pairs(left[fooled], trap[fooled], trap_score[fooled]).rename({"score": "trap_score"})
        return pairs.with_columns(pl.Series("true_score", true_score[fooled]))

    def _pairs(
        self, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], scores: npt.NDArray[np.float32]
    ) -> pl.DataFrame:
        ids = {"left_id": self.left_ids.gather(left), "right_id": self.right_ids.gather(right)}
        return pl.DataFrame({**ids, "score": scores})

    @staticmethod
    def _places(ids: pl.Series, wanted: pl.Series) -> npt.NDArray[np.int64]:
        place = {identifier: i for i, identifier in enumerate(ids)}
        return np.array([place[identifier] for identifier in wanted], np.int64)


def best_cut(scored: pl.DataFrame, truth: pl.DataFrame) -> Figures:
    """The figures at the threshold on `score` with the best F1 in hindsight: more than a user could do."""
    ranked = with_truth(scored, truth).sort("score", descending=True)
    hits = ranked["truth"].cum_sum().to_list()
    tried = [shares(found, n + 1, truth.height) for n, found in enumerate(hits)]
    return max(tried, key=lambda figures: figures["f1"], default=shares(0, 0, truth.height))


def precision_recall_curve(assigned: pl.DataFrame, truth: pl.DataFrame) -> tuple[list[float], list[float]]:
    """Recall and precision of the pairs down to each distinct probability, the surest first."""
    steps = (
        with_truth(assigned, truth)
        .group_by("probability")
        .agg(pl.col("truth").sum(), pl.len())
        .sort("probability", descending=True)
        .select(pl.col("truth").cum_sum(), pl.col("len").cum_sum())
    )
    recall = steps["truth"] / max(truth.height, 1)
    return recall.to_list(), (steps["truth"] / steps["len"]).to_list()


def reliability_curve(
    scored: pl.DataFrame, truth: pl.DataFrame
) -> tuple[list[float], list[float], list[int]]:
    """Stated probability, share that is true, and number of pairs in each of 15 bins that hold any."""
    bins = (
        with_truth(scored, truth)
        .group_by((pl.col("probability") * _BINS).ceil().clip(1, _BINS).alias("bin"))
        .agg(pl.col("probability").mean(), pl.col("truth").mean(), pl.len())
        .sort("bin")
    )
    return bins["probability"].to_list(), bins["truth"].to_list(), bins["len"].to_list()


def calibration_error(scored: pl.DataFrame, truth: pl.DataFrame) -> float:
    """The expected calibration error of the probabilities."""
    judged = with_truth(scored, truth)
    return expected_calibration_error(judged["truth"].to_numpy(), judged["probability"].to_numpy())
