from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.evaluation.beyond_accuracy import diversity
from shelfspace.tasks.recommend import diversity as room
from shelfspace.tasks.recommend.diversity import Method, diversified, scaled

N, M, K, N_ITEMS, DIM = 12, 20, 8, 60, 6
METHODS: tuple[Method, ...] = ("mmr", "dpp")

each_method = pytest.mark.parametrize("method", METHODS)


@pytest.fixture
def vectors() -> np.ndarray:
    found = np.random.default_rng(0).normal(size=(N_ITEMS, DIM)).astype(np.float32)
    found[5] = 0
    return found


@pytest.fixture
def ranked() -> tuple[np.ndarray, np.ndarray]:
    """Candidates with falling scores; row 2 has five only and row 3 none."""
    rng = np.random.default_rng(1)
    candidates = np.array([rng.permutation(N_ITEMS)[:M] for _ in range(N)])
    candidates[2, 5:] = -1
    candidates[3] = -1
    scores = -np.sort(-rng.gamma(2, size=(N, M)), axis=1).astype(np.float32)
    return candidates, scores


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / max(np.linalg.norm(one) * np.linalg.norm(other), 1e-12))


def mmr_by_loop(row: list[int], worth: np.ndarray, knob: float, vectors: np.ndarray) -> list[int]:
    left, chosen = list(range(len(row))), []
    while left and len(chosen) < K:

        def value(i: int) -> float:
            near = max((cosine(vectors[row[i]], vectors[row[j]]) for j in chosen), default=0.0)
            return (1 - knob) * worth[i] - knob * near

        best = max(left, key=value)
        left.remove(best)
        chosen.append(best)
    return [row[i] for i in chosen]


def dpp_by_determinants(row: list[int], worth: np.ndarray, knob: float, vectors: np.ndarray) -> list[int]:
    cosines = np.array(
        [
            [1.0 if i == j else cosine(vectors[a], vectors[b]) for j, b in enumerate(row)]
            for i, a in enumerate(row)
        ]
    )

    def log_volume(chosen: list[int]) -> float:
        return float(np.linalg.slogdet(cosines[np.ix_(chosen, chosen)])[1]) if chosen else 0.0

    left, chosen = list(range(len(row))), []
    while left and len(chosen) < 4:  # of six dimensions: beyond them every volume is 0
        grown = {
            i: (1 - knob) * worth[i] + knob * (log_volume([*chosen, i]) - log_volume(chosen)) for i in left
        }
        best = max(left, key=lambda i: grown[i])
        left.remove(best)
        chosen.append(best)
    return [row[i] for i in chosen]


@pytest.mark.parametrize("knob", [0.2, 0.5, 0.9, 1.0])
def test_mmr_is_the_loop(ranked: tuple[np.ndarray, np.ndarray], vectors: np.ndarray, knob: float) -> None:
    candidates, scores = ranked
    found = diversified(candidates, scores, K, knob, vectors)
    worth = scaled(candidates, scores)
    for row, given, value in zip(found.tolist(), candidates.tolist(), worth, strict=True):
        expected = mmr_by_loop([item for item in given if item >= 0], value, knob, vectors)
        assert row == expected + [-1] * (K - len(expected))


@pytest.mark.parametrize("knob", [0.1, 0.5, 0.9])
def test_dpp_takes_the_largest_volume_step_by_step(
    ranked: tuple[np.ndarray, np.ndarray], vectors: np.ndarray, knob: float
) -> None:
    candidates, scores = ranked
    found = diversified(candidates, scores, K, knob, vectors, "dpp")
    worth = scaled(candidates, scores)
    for row, given, value in zip(found.tolist(), candidates.tolist(), worth, strict=True):
        expected = dpp_by_determinants([item for item in given if item >= 0], value, knob, vectors)
        assert row[: len(expected)] == expected


@each_method
def test_no_diversity_leaves_the_list_as_it_is(
    ranked: tuple[np.ndarray, np.ndarray], vectors: np.ndarray, method: Method
) -> None:
    candidates, scores = ranked
    assert np.array_equal(diversified(candidates, scores, K, 0, vectors, method), candidates[:, :K])
    shuffled = diversified(candidates[:, ::-1], scores, M + 3, 0, vectors, method)
    assert np.array_equal(shuffled[:, :M], candidates[:, ::-1])
    assert (shuffled[:, M:] == -1).all()


@each_method
def test_more_of_it_makes_lists_more_varied(method: Method) -> None:
    rng = np.random.default_rng(4)
    vectors = rng.gamma(0.5, size=(N_ITEMS, DIM)).astype(np.float32)  # much in common, as products have
    candidates = np.array([rng.permutation(N_ITEMS)[:40] for _ in range(60)])
    scores = -np.sort(-rng.random((60, 40)), axis=1).astype(np.float32)
    lists = [diversified(candidates, scores, 5, knob, vectors, method) for knob in (0, 0.25, 0.6, 1.0)]
    figures = [diversity(each, vectors) for each in lists]
    assert all(one < other + 0.02 for one, other in pairwise(figures))
    assert figures[0] + 0.1 < figures[-1]


@each_method
@pytest.mark.parametrize("knob", [0.3, 1.0])
def test_there_are_k_items_wherever_there_are_k(vectors: np.ndarray, method: Method, knob: float) -> None:
    same = np.tile(np.arange(30), (3, 1))
    alike = np.repeat(vectors[:1], N_ITEMS, axis=0)
    for given in (alike, np.zeros_like(alike), vectors):
        found = diversified(same, np.zeros((3, 30), np.float32), 20, knob, given, method)
        assert all(len(set(row)) == 20 and min(row) >= 0 for row in found.tolist())


@each_method
def test_of_what_is_all_alike_the_best_come_first(method: Method) -> None:
    alike = np.ones((5, 3), np.float32)
    scores = np.array([[5, 4, 3, 2, 1]], np.float32)
    found = diversified(np.array([[4, 2, 0, 1, 3]]), scores, 4, 0.9, alike, method)
    assert found.tolist() == [[4, 2, 0, 1]]


@each_method
def test_a_twin_waits_until_something_else_was_shown(method: Method) -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    candidates, scores = np.array([[0, 1, 2]]), np.array([[1.0, 0.99, 0.5]], np.float32)
    assert diversified(candidates, scores, 3, 0.5, vectors, method).tolist() == [[0, 2, 1]]


@each_method
def test_blocks_of_users_do_not_matter(
    ranked: tuple[np.ndarray, np.ndarray],
    vectors: np.ndarray,
    method: Method,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = diversified(*ranked, K, 0.4, vectors, method)
    monkeypatch.setattr(room, "_AT_ONCE", 300)
    assert np.array_equal(diversified(*ranked, K, 0.4, vectors, method), whole)


@each_method
@pytest.mark.parametrize("shape", [(0, 5), (3, 0), (0, 0)])
def test_no_users_or_candidates_give_no_items(
    shape: tuple[int, int], vectors: np.ndarray, method: Method
) -> None:
    found = diversified(np.zeros(shape, np.int64), np.zeros(shape, np.float32), 4, 0.5, vectors, method)
    assert found.tolist() == [[-1] * 4] * shape[0]


def test_scores_are_scaled_within_their_row_and_never_nan() -> None:
    candidates = np.array([[1, 2, 3], [1, 2, -1], [1, 2, 3], [-1, -1, -1]])
    scores = np.array([[3, 2, 1], [7, 7, 9], [np.inf, np.nan, -np.inf], [1, 2, 3]], np.float32)
    assert scaled(candidates, scores).tolist() == [[1, 0.5, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]
    mixed = scaled(np.array([[1, 2, 3, 4]]), np.array([[np.inf, 2, 1, -np.inf]], np.float32))
    assert mixed.tolist() == [[1, 1, 0, 0]]


@pytest.mark.parametrize(
    "wrong", [{"k": 0}, {"diversity": 1.2}, {"diversity": float("nan")}, {"method": "best"}]
)
def test_what_is_out_of_range_is_refused(vectors: np.ndarray, wrong: dict[str, object]) -> None:
    given = {"k": 2, "diversity": 0.5, "method": "mmr"} | wrong
    with pytest.raises(OptionError, match="diversity is between 0 and 1"):
        diversified(np.array([[1]]), np.ones((1, 1), np.float32), vectors=vectors, **given)  # type: ignore


def test_pairs_of_the_fixture_differ(vectors: np.ndarray) -> None:
    assert any(abs(cosine(vectors[i], vectors[j])) > 0.1 for i, j in combinations(range(4), 2))
