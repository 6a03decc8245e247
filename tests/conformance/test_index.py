"""Every kind of index goes through this one contract, beside a brute force that takes no short cuts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from shelfspace.errors import OptionError, SpaceError
from shelfspace.space.index import Index

Vectors = npt.NDArray[np.float32]
KINDS = {"exact": True, "inverted": False}


def unit(vectors: npt.NDArray[np.floating]) -> Vectors:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def planted(n: int, dim: int = 16, seed: int = 0) -> Vectors:
    """Vectors in loose groups of twenty, as products come."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((max(1, n // 20), dim))
    return unit(centres[rng.integers(0, len(centres), n)] + 0.5 * rng.standard_normal((n, dim)))


def brute_force(vectors, queries, k, rows=None, exclude=None):
    """Ids and scores by sorting every product of every pair, in float64."""
    ids = np.full((len(queries), k), -1)
    scores = np.full((len(queries), k), -np.inf)
    for i, query in enumerate(queries):
        allowed = range(len(vectors)) if rows is None else sorted(set(rows))
        ranked = [(-float(np.dot(vectors[r].astype(float), query.astype(float))), r) for r in allowed]
        if exclude is not None:
            ranked = [(s, r) for s, r in ranked if r != exclude[i]]
        for place, (score, row) in enumerate(sorted(ranked)[:k]):
            ids[i, place], scores[i, place] = row, -score
    return ids, scores


def recall(found, true) -> float:
    return float(np.mean([np.isin(t[t >= 0], f) for f, t in zip(found, true, strict=True)]))


@pytest.fixture(params=KINDS, ids=str)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def build(kind: str):
    return lambda vectors, seed=0: Index.build(vectors, seed=seed, exact=KINDS[kind])


def test_finds_what_brute_force_finds(build, kind):
    vectors = planted(2_000)
    index = build(vectors)
    queries = unit(vectors[:60] + 0.1 * np.random.default_rng(1).standard_normal((60, 16)))
    found = index.search(queries, 10)
    true_ids, true_scores = brute_force(vectors, queries, 10)
    assert index.kind == kind
    assert found.ids.dtype == np.int64
    assert found.scores.dtype == np.float32
    assert recall(found.ids, true_ids) >= (1.0 if kind == "exact" else 0.95)
    hit = found.ids == true_ids
    np.testing.assert_allclose(found.scores[hit], true_scores[hit], atol=1e-6)


def test_measured_recall_is_at_least_the_target(build):
    assert build(planted(2_000)).recall >= 0.98


def test_scores_never_rise_and_are_cosines(build):
    vectors = planted(1_000)
    found = build(vectors).search(vectors[:50], 20)
    assert (np.diff(found.scores, axis=1) <= 0).all()
    assert (np.abs(found.scores) <= 1 + 1e-5).all()


def test_leaves_out_each_query_its_own_row(build):
    vectors = planted(500)
    own = np.arange(40)
    own[3] = -1
    found = build(vectors).search(vectors[:40], 5, exclude=own)
    assert not (found.ids == own[:, None]).any()
    assert found.ids[3, 0] == 3
    assert (found.ids >= 0).all()


@pytest.mark.parametrize("n_allowed", [1, 3, 10, 400])
def test_allow_list_is_kept_and_filled(build, n_allowed):
    vectors = planted(2_000)
    rows = np.random.default_rng(2).permutation(2_000)[:n_allowed]
    found = build(vectors).search(vectors[:30], 10, rows=rows)
    true_ids, _ = brute_force(vectors, vectors[:30], 10, rows=rows)
    assert ((found.ids >= 0).sum(axis=1) == min(10, n_allowed)).all()
    assert np.isin(found.ids[found.ids >= 0], rows).all()
    assert recall(found.ids, true_ids) >= 0.95


def test_allow_list_and_own_row_together(build):
    vectors = planted(300)
    found = build(vectors).search(vectors[[5]], 3, rows=np.array([5, 6, 7]), exclude=np.array([5]))
    assert sorted(found.ids[0].tolist()) == [-1, 6, 7]
    assert found.ids[0, 2] == -1
    assert found.scores[0, 2] == -np.inf


def test_allow_list_may_repeat_and_be_unsorted_or_empty(build):
    vectors = planted(100)
    index = build(vectors)
    assert index.search(vectors[:1], 3, rows=np.array([9, 4, 9])).ids[0].tolist().count(-1) == 1
    assert (index.search(vectors[:2], 3, rows=np.array([], np.int64)).ids == -1).all()


def test_k_beyond_n_is_padded(build):
    vectors = planted(7)
    found = build(vectors).search(vectors[:2], 12)
    assert found.ids.shape == found.scores.shape == (2, 12)
    assert sorted(found.ids[0, :7].tolist()) == list(range(7))
    assert (found.ids[:, 7:] == -1).all()
    assert (found.scores[:, 7:] == -np.inf).all()


def test_empty_index_and_no_queries(build):
    index = build(np.zeros((0, 8), np.float32))
    assert (index.search(np.ones((2, 8), np.float32), 3).ids == -1).all()
    assert build(planted(20)).search(np.zeros((0, 16), np.float32), 3).ids.shape == (0, 3)


def test_one_product(build):
    vectors = planted(1)
    index = build(vectors)
    assert index.search(vectors, 1).ids.tolist() == [[0]]
    assert index.search(vectors, 1, exclude=np.array([0])).ids.tolist() == [[-1]]


def test_zero_vectors_have_a_score_of_zero(build):
    vectors = planted(200)
    vectors[::3] = 0
    index = build(vectors)
    found = index.search(vectors[:6], 5)
    assert np.isfinite(found.scores).all()
    assert (found.scores[0] == 0).all()
    assert index.search(np.zeros((1, 16), np.float32), 4).scores.tolist() == [[0.0] * 4]


def test_duplicates_are_all_found_with_one_score(build):
    vectors = np.repeat(planted(10), 30, axis=0)
    found = build(vectors).search(vectors[:1], 30)
    assert sorted(found.ids[0].tolist()) == list(range(30))
    assert len(set(found.scores[0].tolist())) == 1


def test_answer_does_not_depend_on_the_company(build):
    vectors = np.repeat(planted(150), 2, axis=0)
    index = build(vectors)
    together = index.search(vectors, 6)
    for row in range(0, 300, 17):
        alone = index.search(vectors[[row]], 6)
        np.testing.assert_array_equal(alone.scores[0], together.scores[row])


def test_big_batches_are_answered_in_parts(build):
    vectors = planted(300)
    many = np.tile(vectors, (30, 1))
    found = build(vectors).search(many, 2)
    np.testing.assert_array_equal(found.ids[:300], found.ids[-300:])


def test_same_seed_same_answers(build):
    vectors = planted(1_000)
    first, second = build(vectors, 5).search(vectors, 5), build(vectors, 5).search(vectors, 5)
    np.testing.assert_array_equal(first.ids, second.ids)


def test_saved_and_loaded_it_answers_alike(build, tmp_path: Path):
    vectors = planted(800)
    index = build(vectors)
    index.save(tmp_path / "index.safetensors")
    loaded = Index.load(tmp_path / "index.safetensors", vectors)
    assert (loaded.kind, loaded.recall) == (index.kind, index.recall)
    np.testing.assert_array_equal(loaded.search(vectors, 5).ids, index.search(vectors, 5).ids)
    assert [path.name for path in tmp_path.iterdir()] == ["index.safetensors"]


def test_a_damaged_or_foreign_file_is_refused(build, tmp_path: Path):
    vectors = planted(400)
    path = tmp_path / "index.safetensors"
    build(vectors).save(path)
    with pytest.raises(SpaceError, match="built over vectors"):
        Index.load(path, planted(399))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SpaceError, match="cannot be read"):
        Index.load(path, vectors)
    with pytest.raises(SpaceError, match="cannot be read"):
        Index.load(tmp_path / "nothing", vectors)


def test_what_is_no_question_is_refused(build):
    index = build(planted(50))
    query = planted(1)
    refused = [
        (lambda: index.search(query, 0), "k is 0"),
        (lambda: index.search(query[:, :3], 1), "shape"),
        (lambda: index.search(query[0], 1), "shape"),
        (lambda: index.search(np.full((1, 16), np.nan, np.float32), 1), "finite"),
        (lambda: index.search(query, 1, rows=np.array([50])), "rows go from 50"),
        (lambda: index.search(query, 1, rows=np.array([-1])), "rows go from -1"),
        (lambda: index.search(query, 1, exclude=np.array([1, 2])), "one row for each"),
        (lambda: build(np.full((3, 4), np.inf, np.float32)), "finite"),
        (lambda: build(np.zeros(3, np.float32)), "shape"),
    ]
    for ask, reason in refused:
        with pytest.raises(OptionError, match=reason):
            ask()


def test_threads_of_the_caller_are_left_alone(build):
    import faiss

    before = faiss.omp_get_max_threads()
    build(planted(500)).search(planted(40), 5)
    assert faiss.omp_get_max_threads() == before


def test_exact_breaks_ties_by_the_lower_row():
    vectors = np.repeat(planted(12), 40, axis=0)[np.random.default_rng(3).permutation(480)]
    queries = unit(np.random.default_rng(4).standard_normal((50, 16)))
    found = Index.build(vectors).search(queries, 7)
    distinct = np.unique(vectors, axis=0)
    for query, ids in zip(queries, found.ids, strict=True):
        best = distinct[np.argmax(distinct @ query)]
        assert ids.tolist() == np.flatnonzero((vectors == best).all(axis=1))[:7].tolist()
    zero = Index.build(vectors).search(np.zeros((1, 16), np.float32), 3, rows=np.array([8, 2, 5]))
    assert zero.ids.tolist() == [[2, 5, 8]]


def test_filters_keep_the_recall_of_a_large_index():
    vectors = planted(30_000)
    index = Index.build(vectors, exact=False)
    truth = Index.build(vectors, exact=True)
    for n_allowed in (29_000, 15_000, 4_000):
        rows = np.sort(np.random.default_rng(5).permutation(30_000)[:n_allowed])
        found = index.search(vectors[:200], 10, rows=rows)
        assert np.isin(found.ids, rows).all()
        assert recall(found.ids, truth.search(vectors[:200], 10, rows=rows).ids) >= 0.95


def test_the_size_chooses_the_kind():
    assert Index.build(planted(49_999, dim=2)).kind == "exact"
    assert Index.build(np.zeros((0, 2), np.float32)).kind == "exact"


def test_an_inverted_file_is_kept_only_where_it_pays():
    grouped = planted(50_000, dim=8)
    scattered = unit(np.random.default_rng(6).standard_normal((50_000, 64)))
    assert Index.build(grouped).kind == "inverted"
    assert Index.build(scattered).kind == "exact"
