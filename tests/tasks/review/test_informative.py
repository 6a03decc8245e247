from __future__ import annotations

import numpy as np

from shelfspace.tasks.match.candidates import NO_PAIRS, PairRows
from shelfspace.tasks.match.trees import TreeScorer
from shelfspace.tasks.review.informative import choose, diverse, doubts, drawn


def pair_rows(left, right):
    return PairRows(np.array(left, np.int64), np.array(right, np.int64))


def test_doubt_grows_towards_the_cut_and_with_disagreement():
    odds = np.array([0.5, 2.0, -4.0, 2.0])
    agreeing = np.stack([odds, odds])
    found = doubts(odds, 0.5, agreeing)
    assert found[0] == 0.5
    assert found[0] > found[1] == found[3] > found[2] > 0
    torn = agreeing + np.array([[0, 0, 0, 3.0], [0, 0, 0, -3.0]])
    assert doubts(odds, 0.5, torn)[3] > found[3]
    assert doubts(odds, 0.5, np.zeros((0, 4))).tolist() == found.tolist()
    assert doubts(np.zeros(0), 0.0, np.zeros((5, 0))).shape == (0,)


def test_near_copies_are_not_asked_about():
    """Ten pairs of one model that differ in nothing, and one that is worth less but is another product."""
    vectors = np.zeros((22, 2), np.float32)
    vectors[:20, 0] = vectors[20:, 1] = 1
    pairs = pair_rows([*range(10), 20], [*range(10, 20), 21])
    worth = np.array([0.5] * 10 + [0.1])
    assert diverse(pairs, worth, vectors, 2).tolist() == [0, 10]
    assert len(diverse(pairs, worth, vectors, 50)) == 11


def test_no_product_is_asked_about_twice():
    pairs = pair_rows([0, 0, 1, 2], [3, 4, 4, 5])
    vectors = np.eye(6, dtype=np.float32)
    assert diverse(pairs, np.array([0.5, 0.4, 0.3, 0.2]), vectors, 4).tolist() == [0, 2, 3]
    assert diverse(NO_PAIRS, np.zeros(0), vectors, 4).tolist() == []
    assert diverse(pairs, np.full(4, 0.5), vectors, 0).tolist() == []


def test_the_random_ones_come_from_both_sides_while_there_are():
    odds = np.concatenate([np.full(3, 4.0), np.full(200, -4.0)])
    rng = np.random.default_rng(0)
    for n, above in ((4, 2), (1, 1), (10, 3), (0, 0), (500, 3)):
        chosen = drawn(odds, 0.0, n, rng)
        assert len(set(chosen.tolist())) == len(chosen) == min(n, 203)
        assert int((odds[chosen] > 0).sum()) == above
    assert len(drawn(np.full(9, 1.0), 0.0, 4, rng)) == 4
    assert len(drawn(np.zeros(0), 0.0, 4, rng)) == 0


def test_a_fifth_is_random_and_none_of_it_about_a_product_asked_about_already():
    n = 400
    pairs = pair_rows(np.arange(n) // 2, n + np.arange(n) // 3)
    odds = np.linspace(-8, 8, n)
    asked = {}

    def votes(pool):
        asked["pool"] = len(pool)
        return np.zeros((2, len(pool)))

    vectors = np.random.default_rng(0).standard_normal((2 * n, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    doubtful, random = choose(pairs, odds, 1.0, 20, votes=votes, vectors=vectors, seed=3)
    assert (len(doubtful), len(random)) == (16, 4)
    assert asked["pool"] == n
    assert np.abs(odds[doubtful] - 1).max() < np.abs(odds - 1).max() / 2
    assert not np.isin(pairs.left[random], pairs.left[doubtful]).any()
    assert not np.isin(pairs.right[random], pairs.right[doubtful]).any()
    again = choose(pairs, odds, 1.0, 20, votes=votes, vectors=vectors, seed=3)
    assert np.array_equal(again[0], doubtful)
    assert np.array_equal(again[1], random)


def test_chosen_labels_teach_more_than_random_ones(desk, planted):
    """A learner that starts from ten labels and asks for 15 at a time, answered by the planted truth.

    Judged on the other half of the left products. Random questions must need at least half as many labels
    again to come to where 55 chosen ones are, in the mean of the seeds.
    """
    pairs = desk.shortlist
    truth = pairs.within(planted.truth).astype(np.int64)
    columns = desk.columns(pairs, "table", NO_PAIRS)
    test = pairs.left % 2 == 0
    vectors = desk.learned_signals["learned meaning"]
    chosen, by_chance = (
        np.mean([curve(how, seed, pairs, truth, columns, test, vectors) for seed in range(3)], axis=0)
        for how in ("chosen", "random")
    )
    assert chosen[3] > by_chance[3] + 0.03
    assert chosen[3] > by_chance[-1]


def curve(how, seed, pairs, truth, columns, test, vectors):
    """The F1 on `test` after 10, 25, 40, 55… labels."""
    rng = np.random.default_rng(seed)
    pool = np.flatnonzero(~test)
    asked = list(rng.permutation(pool[truth[pool] == 1])[:5]) + list(
        rng.permutation(pool[truth[pool] == 0])[:5]
    )
    figures = []
    for _ in range(6):
        scorer = TreeScorer.fit(part(columns, np.array(asked)), truth[asked], seed=seed, rounds=60)
        figures.append(f1(scorer.log_odds(part(columns, test)) >= 0, truth[test] == 1))
        free = np.setdiff1d(pool, asked)
        if how == "random":
            asked += rng.permutation(free)[:15].tolist()
            continue
        places = {key: place for place, key in enumerate(pairs.keys().tolist())}

        def votes(some, scorer=scorer, places=places):
            at = np.array([places[key] for key in some.keys().tolist()])
            return scorer.votes(part(columns, at))

        odds = scorer.log_odds(part(columns, free))
        parts = choose(pairs.take(free), odds, 0.0, 15, votes=votes, vectors=vectors, seed=seed)
        asked += free[np.concatenate(parts)].tolist()
    return figures


def part(columns, which):
    return {name: column[which] for name, column in columns.items()}


def f1(called, truth):
    return 2 * (called & truth).sum() / max(called.sum() + truth.sum(), 1)
