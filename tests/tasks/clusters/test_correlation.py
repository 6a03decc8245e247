from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from shelfspace.tasks.clusters.correlation import PairGraph, correlation_clusters, lowest


def graph_of(n: int, edges: dict[tuple[int, int], float], missing: float = -0.5) -> PairGraph:
    ends = np.array(list(edges), np.int64).reshape(-1, 2)
    return PairGraph(n, ends[:, 0], ends[:, 1], np.array(list(edges.values())), missing)


def partitions(n: int) -> Iterator[list[int]]:
    """Every clustering of n things."""
    if n == 0:
        yield []
        return
    for rest in partitions(n - 1):
        for label in range(max(rest, default=-1) + 2):
            yield [*rest, label]


def random_graph(seed: int, n: int = 7) -> PairGraph:
    rng = np.random.default_rng(seed)
    left, right = np.triu_indices(n, 1)
    kept = rng.random(len(left)) < 0.7
    return PairGraph(n, left[kept], right[kept], rng.normal(0, 2, kept.sum()))


def test_cost_counts_pairs_together_and_those_without_an_edge() -> None:
    graph = graph_of(4, {(0, 1): 2.0, (1, 2): -1.0})
    assert graph.cost(np.arange(4)) == 0
    assert graph.cost(np.array([0, 0, 0, 3])) == pytest.approx(-(2.0 - 1.0 - 0.5))


@pytest.mark.parametrize("seed", range(12))
def test_no_clustering_of_few_things_costs_much_less(seed: int) -> None:
    graph = random_graph(seed)
    least = min(graph.cost(np.array(labels)) for labels in partitions(graph.n))
    found = graph.cost(correlation_clusters(graph))
    assert found <= 0.75 * least <= 0


def test_most_small_graphs_are_solved_exactly() -> None:
    exact = 0
    for seed in range(30):
        graph = random_graph(seed, 6)
        least = min(graph.cost(np.array(labels)) for labels in partitions(graph.n))
        exact += graph.cost(correlation_clusters(graph)) <= least + 1e-9
    assert exact >= 20


def test_clear_groups_are_found_and_named_by_their_lowest_thing() -> None:
    edges = {(a, b): 3.0 if a // 3 == b // 3 else -3.0 for a in range(9) for b in range(a + 1, 9)}
    assert correlation_clusters(graph_of(9, edges)).tolist() == [0, 0, 0, 3, 3, 3, 6, 6, 6]


def test_a_chain_does_not_join_what_contradicts() -> None:
    labels = correlation_clusters(graph_of(3, {(0, 1): 3.0, (1, 2): 2.0, (0, 2): -6.0}))
    assert labels.tolist() == [0, 0, 2]


def test_no_cluster_holds_two_things_of_one_source() -> None:
    edges = {(a, b): 1.0 + a / 10 for a in range(6) for b in range(a + 1, 6)}
    sources = np.array([0, 1, 2, 0, 1, 0])
    labels = correlation_clusters(graph_of(6, edges), sources=sources)
    pairs = list(zip(labels.tolist(), sources.tolist(), strict=True))
    assert len(set(pairs)) == 6
    assert len(set(labels.tolist())) == 3


def test_settled_things_stay_together_and_apart_and_others_join_them() -> None:
    edges = {(0, 1): -5.0, (0, 2): 5.0, (2, 3): 4.0, (1, 4): 4.0, (5, 6): 2.0}
    labels = correlation_clusters(graph_of(7, edges), settled=np.array([8, 8, 9, -1, -1, -1, -1]))
    assert labels.tolist() == [0, 0, 2, 2, 0, 5, 5]


def test_a_thing_moves_where_it_costs_less() -> None:
    # The surest pair is joined first, though its one end belongs with the other three.
    edges = {(0, 1): 3.0, (1, 2): 2.9, (1, 3): 2.9, (2, 3): 2.9, (0, 2): -6.0, (0, 3): -6.0}
    assert correlation_clusters(graph_of(4, edges)).tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize("n", [0, 1, 5])
def test_without_edges_all_stand_alone(n: int) -> None:
    assert correlation_clusters(graph_of(n, {})).tolist() == list(range(n))


def test_lowest_names_clusters_by_their_lowest_thing() -> None:
    assert lowest(np.array([7, 3, 7, 3, 9])).tolist() == [0, 1, 0, 1, 4]
