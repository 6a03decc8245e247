import time

import numpy as np
import numpy.typing as npt
import pytest

from shelfspace.errors import OptionError
from shelfspace.views.batches import PairBatches, false_negative_mask
from shelfspace.views.negatives import known_mask


def rows(*numbers: int) -> npt.NDArray[np.int64]:
    return np.array(numbers, np.int64)


def test_batches_hold_given_pairs_and_no_product_twice_on_a_side() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.integers(0, 40, 300), rng.integers(40, 80, 300)
    given = set(zip(left.tolist(), right.tolist(), strict=True))
    batches = PairBatches(left, right, batch_size=16, steps=30)
    drawn = list(batches(0, rng))
    assert len(drawn) == len(batches) == 30
    for batch in drawn:
        assert len(batch) == 16
        assert set(zip(batch.left.tolist(), batch.right.tolist(), strict=True)) <= given
        assert len(set(batch.left)) == len(set(batch.right)) == 16


def test_the_generator_decides() -> None:
    batches = PairBatches(np.arange(100), np.arange(100), batch_size=8, steps=3)

    def drawn(seed: int) -> list[list[int]]:
        return [batch.left.tolist() for batch in batches(0, np.random.default_rng(seed))]

    assert drawn(1) == drawn(1) != drawn(2)


@pytest.mark.parametrize("n", [4, 400])  # a race over all pairs, and draws with replacement
def test_pairs_come_by_weight(n: int) -> None:
    weights = np.tile([1.0, 3.0, 0.0, 4.0], n // 4)
    batches = PairBatches(np.arange(n), np.arange(n), weights=weights, batch_size=1, steps=6000)
    drawn = np.concatenate([batch.left for batch in batches(0, np.random.default_rng(0))])
    np.testing.assert_allclose(
        np.bincount(drawn % 4, minlength=4) / 6000, [1 / 8, 3 / 8, 0, 1 / 2], atol=0.03
    )


def test_a_batch_keeps_to_one_shop_on_each_side() -> None:
    shops = np.repeat(["a", "b", "c"], 50)
    rng = np.random.default_rng(0)
    left, right = rng.integers(0, 150, 2000), rng.integers(0, 150, 2000)
    seen = set()
    for batch in PairBatches(left, right, batch_size=20, steps=100, shops=shops)(0, rng):
        source = {*shops[batch.left]}, {*shops[batch.right]}
        assert len(source[0]) == len(source[1]) == 1
        seen.add((*source[0], *source[1]))
    assert len(seen) == 6  # either order of two shops is one source


def test_small_sources_share_a_pool() -> None:
    shops = np.arange(100) // 2  # fifty shops with one pair each
    batches = PairBatches(np.arange(0, 100, 2), np.arange(1, 100, 2), batch_size=10, steps=5, shops=shops)
    assert [len(batch) for batch in batches(0, np.random.default_rng(0))] == [10] * 5


def test_degenerate_pairs() -> None:
    rng = np.random.default_rng(0)
    assert list(PairBatches(rows(), rows(), batch_size=4, steps=3)(0, rng)) == []
    weightless = PairBatches(rows(1), rows(2), weights=np.zeros(1), batch_size=4, steps=3)
    assert list(weightless(0, rng)) == []
    star = PairBatches(rows(0, 0, 0), rows(1, 2, 3), batch_size=4, steps=3)
    assert [len(batch) for batch in star(0, rng)] == [1, 1, 1]
    twins = PairBatches(rows(0, 0, 1), rows(1, 1, 2), batch_size=4, steps=1, shops=np.zeros(3))
    assert sorted(next(twins(0, rng)).left) == [0, 1]


@pytest.mark.parametrize(
    ("left", "right", "options", "words"),
    [
        ([0], [1, 2], {}, "1 lefts, 2 rights"),
        ([0], [1], {"weights": np.ones(2)}, "2 weights"),
        ([0], [1], {"weights": np.array([-1.0])}, "negative"),
        ([0], [1], {"weights": np.array([np.nan])}, "negative or no numbers"),
        ([0], [1], {"batch_size": 0}, "batch_size of 0"),
        ([0], [1], {"steps": -1}, "-1 steps"),
        ([-1], [1], {}, "Rows from -1"),
        ([0], [5], {"shops": np.zeros(5)}, "to 5 were given with the shops of 5"),
    ],
)
def test_refusals(left: list[int], right: list[int], options: dict[str, object], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        PairBatches(rows(*left), rows(*right), **{"batch_size": 2, "steps": 1, **options})  # type: ignore[arg-type]


def test_false_negatives_are_the_known_cells_off_the_diagonal() -> None:
    rng = np.random.default_rng(0)
    known = known_mask(rng.integers(0, 30, 60), rng.integers(0, 30, 60), 30)
    left, right = rng.permutation(30)[:12], rng.permutation(30)[:12]
    mask = false_negative_mask(left, right, known)
    dense = known.toarray()
    for i in range(12):
        for j in range(12):
            assert mask[i, j] == (i != j and (dense[left[i], right[j]] or left[i] == right[j]))
    assert false_negative_mask(rows(), rows(), known).shape == (0, 0)
    assert false_negative_mask(rows(3), rows(3), known).tolist() == [[False]]


def test_a_step_takes_milliseconds() -> None:
    n = 200_000
    rng = np.random.default_rng(0)
    left, right = np.arange(n), rng.permutation(n)
    known = known_mask(left, right, n)
    batches = PairBatches(left, right, batch_size=512, steps=50, shops=np.arange(n) % 2)
    start = time.process_time()
    for batch in batches(0, rng):
        assert not false_negative_mask(batch.left, batch.right, known).diagonal().any()
    assert (time.process_time() - start) / 50 < 0.05
