import numpy as np
import pytest

from shelfspace.data.images import near_hashes
from shelfspace.errors import OptionError


def planted(n=400, seed=0):
    rng = np.random.default_rng(seed)
    hashes = rng.integers(0, 2**63, n, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    for row in range(0, n, 4):
        flips = np.bitwise_or.reduce(
            np.uint64(1) << rng.choice(64, 1 + row % 11, replace=False).astype(np.uint64)
        )
        hashes[row + 2] = hashes[row] ^ flips
    return hashes


@pytest.mark.parametrize("distance", [0, 1, 3, 6, 11, 15])
def test_all_pairs_within_the_distance_are_found(distance):
    hashes = np.unique(planted())
    expected = {
        (i, j, d)
        for i in range(len(hashes))
        for j in range(i + 1, len(hashes))
        if (d := int(hashes[i] ^ hashes[j]).bit_count()) <= distance
    }
    assert set(near_hashes(hashes, distance).rows()) == expected


def test_equal_hashes_hang_on_the_first():
    hashes = np.array([7, 9, 7, 7, 8], dtype=np.uint64)
    assert near_hashes(hashes, 0).rows() == [(0, 2, 0), (0, 3, 0)]
    assert near_hashes(hashes, 1).rows() == [(0, 2, 0), (0, 3, 0), (1, 4, 1)]


def test_a_crowd_of_placeholders_stays_small():
    assert near_hashes(np.zeros(200_000, dtype=np.uint64), 4).height == 199_999


@pytest.mark.parametrize("n", [0, 1])
def test_none_and_one_have_no_pair(n):
    assert near_hashes(np.zeros(n, dtype=np.uint64)).height == 0


def test_a_distance_out_of_range_is_refused():
    for distance in (-1, 16):
        with pytest.raises(OptionError):
            near_hashes(np.zeros(2, dtype=np.uint64), distance)
