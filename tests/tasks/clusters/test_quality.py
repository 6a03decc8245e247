from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.data.pairs import Pairs
from shelfspace.tasks.clusters.clusters import Clusters
from shelfspace.tasks.clusters.correlation import PairGraph
from shelfspace.tasks.clusters.quality import cohesion, quality
from shelfspace.tasks.clusters.scorer import PairScorer
from shelfspace.tasks.match.trees import TreeScorer

SCORER = PairScorer(TreeScorer((), ()), 0.5)
NO_PAIRS = Pairs.concat([])


def clusters(ids: str, edges: dict[tuple[int, int], float], **columns: list[str | None]) -> Clusters:
    n = len(ids)
    table = pl.DataFrame({"shop": ["a", "b"] * (n // 2) + ["a"] * (n % 2), "id": [str(i) for i in range(n)]})
    ends = np.array(list(edges), np.int64).reshape(-1, 2)
    graph = PairGraph(n, ends[:, 0], ends[:, 1], np.array(list(edges.values()), float))
    return Clusters(
        Catalog.from_table(
            table.with_columns(**{k: pl.Series(v, dtype=pl.String) for k, v in columns.items()})
        ),
        list(ids),
        graph,
        SCORER,
    )


def test_expectations_are_means_of_probabilities() -> None:
    found = quality(clusters("xxy", {(0, 1): np.log(9), (1, 2): np.log(1 / 9)}), NO_PAIRS)
    assert found["expected_precision"] == pytest.approx(0.9)
    assert found["expected_recall"] == pytest.approx(0.9)
    assert (found["offers"], found["clusters"], found["repeated"], found["largest"]) == (3, 2, 1, 2)
    assert "labelled_f1" not in found


def test_cohesion_tells_clear_clusters_from_doubtful_ones() -> None:
    edges = {(0, 1): 4.0, (2, 3): 4.0, (1, 2): -4.0}
    assert cohesion(clusters("xxyy", edges)) > 0.85
    assert (
        abs(cohesion(clusters("xxyy", edges | {(0, 2): 4.0, (1, 3): 4.0, (0, 3): 4.0, (1, 2): 4.0}))) < 0.01
    )
    assert cohesion(clusters("xyxy", edges)) < 0
    assert cohesion(clusters("xyzw", edges)) == 0


def test_contradictions_are_counted_among_clusters_of_two_and_more() -> None:
    numbers = ["4006381333931", "4006381333931", "4006381333931", "9780306406157", None]
    found = quality(clusters("xxyyz", {}, gtin=numbers), NO_PAIRS)
    assert found["share_with_two_gtins"] == 0.5
    assert found["share_with_a_shop_twice"] == 0
    assert quality(clusters("xyx", {}), NO_PAIRS)["share_with_a_shop_twice"] == 1


def test_labelled_pairs_give_precision_and_recall() -> None:
    said = pl.DataFrame(
        {
            "left_shop": ["a", "a", "a"],
            "left_id": ["0", "0", "2"],
            "right_shop": ["b", "b", "b"],
            "right_id": ["1", "3", "3"],
            "label": [1, 1, 0],
        }
    )
    found = quality(clusters("xxyy", {}), Pairs.from_table(said))
    assert found["labelled_pairs"] == 3
    assert found["labelled_precision"] == 0.5
    assert found["labelled_recall"] == 0.5
    assert found["labelled_f1"] == 0.5


def test_nothing_has_figures_too() -> None:
    found = quality(clusters("", {}), NO_PAIRS)
    assert found["offers"] == 0
    assert found["cohesion"] == 0
