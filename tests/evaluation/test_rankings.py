import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shelfspace.evaluation.rankings import ranked_by, ranks_in, recalls
from shelfspace.tasks.match.candidates import PairRows

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(5, 9)), unique=True, max_size=20)


def rows(pairs: list[tuple[int, int]]) -> PairRows:
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return PairRows(table[:, 0], table[:, 1])


@given(PAIRS, PAIRS, st.integers(0, 2**31))
def test_ranks_are_those_of_a_loop(pairs: list, sought: list, seed: int) -> None:
    scores = np.random.default_rng(seed).integers(0, 3, len(pairs)) / 2
    expected = []
    for left, right in sought:
        mine = sorted((-s, r) for (a, r), s in zip(pairs, scores, strict=True) if a == left)
        places = [place for place, (_, r) in enumerate(mine) if r == right]
        expected.append(places[0] if places else -1)
    assert ranks_in(ranked_by(rows(pairs), scores), rows(sought)).tolist() == expected


def test_recalls_are_given_at_every_depth() -> None:
    assert recalls(np.array([0, 4, 12, -1])) == {
        "recall@1": 0.25,
        "recall@5": 0.5,
        "recall@10": 0.5,
        "recall@20": 0.75,
    }
