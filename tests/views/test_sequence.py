import numpy as np

from shelfspace.data.interactions import Interactions
from shelfspace.views.sequence import cropped, edited, reordered, thinned


def histories(lengths=(6, 0, 1, 9), times=False):
    starts = np.append(0, np.cumsum(lengths))
    m = int(starts[-1])
    return Interactions(
        m, starts, np.arange(m), np.arange(m) * 10.0 if times else None, np.arange(m, dtype=np.float32)
    )


def test_a_crop_is_a_run_of_the_right_length_from_anywhere():
    rng, taken = np.random.default_rng(0), histories()
    begins = set()
    for _ in range(60):
        look = cropped(taken, 0.5, rng)
        assert look.lengths.tolist() == [3, 0, 1, 4]
        for user in (0, 3):
            assert (np.diff(look.of(user)) == 1).all()
        begins.add(int(look.of(0)[0]))
    assert begins == {0, 1, 2, 3}


def test_thinning_leaves_some_out_and_never_the_last():
    rng, taken = np.random.default_rng(0), histories((1000, 1, 0))
    look = thinned(taken, 0.3, rng)
    assert 650 < look.lengths[0] < 750 and look.of(0)[-1] == 999 and look.of(1).tolist() == [1000]
    assert (np.diff(look.of(0)) > 0).all()
    assert thinned(taken, 0.0, rng).items.tolist() == taken.items.tolist()


def test_reordering_shuffles_one_run_and_leaves_the_times():
    rng, taken = np.random.default_rng(0), histories(times=True)
    moved = np.zeros(len(taken))
    for _ in range(200):
        look = reordered(taken, 0.5, rng)
        assert look.lengths.tolist() == taken.lengths.tolist()
        assert look.times.tolist() == taken.times.tolist()
        for user in range(4):
            assert sorted(look.of(user)) == taken.of(user).tolist()
        assert look.weights.tolist() == look.items.tolist()  # a weight goes with its item
        changed = np.flatnonzero(look.of(3) != taken.of(3))
        assert not len(changed) or np.ptp(changed) <= 3
        moved += look.items != taken.items
    assert (moved[:6] > 0).all() and moved[6] == 0


def test_edits_are_a_function_of_the_generator():
    taken = histories((8, 8, 0, 2))
    first = [edited(taken, np.random.default_rng(seed)) for seed in range(12)]
    again = [edited(taken, np.random.default_rng(seed)) for seed in range(12)]
    assert all(a.items.tolist() == b.items.tolist() for a, b in zip(first, again, strict=True))
    assert len({tuple(look.lengths) for look in first}) > 2
    assert all((look.lengths[[0, 1, 3]] > 0).all() for look in first)


def test_nothing_stays_nothing():
    nobody = Interactions.empty(3, 5)
    for edit in (cropped, thinned, reordered):
        assert len(edit(nobody, 0.5, np.random.default_rng(0))) == 0
