import numpy as np

from shelfspace.training.row_parts import learn_parts


def rows(n=300, seed=0):
    """Six numbers, the last three of which follow the first."""
    rng = np.random.default_rng(seed)
    first = rng.normal(0, 1, (n, 3))
    return np.hstack([first, first + rng.normal(0, 0.1, (n, 3))]).astype(np.float32)


def test_rows_whose_parts_do_not_belong_together_are_strange():
    learned = learn_parts(rows(), steps=150)
    good, mixed = rows(200, 1), rows(200, 2)
    mixed[:, 3:] = np.roll(mixed[:, 3:], 1, axis=0)
    assert np.median(learned.scores(mixed)) > np.quantile(learned.scores(good), 0.8)


def test_losses_are_those_of_a_loop():
    learned = learn_parts(rows(), steps=2)
    table = rows(4, 1)
    import torch

    with torch.no_grad():
        few = learned.few(torch.from_numpy(table)[:, learned.inside])
        rest = learned.rest(torch.from_numpy(table)[:, learned.outside])
        found = learned.losses(torch.from_numpy(table)).numpy()
    for row in range(4):
        for cut in range(few.shape[1]):
            logits = (rest[row] @ few[row, cut]).numpy() / 0.1
            expected = np.log(np.exp(logits).sum()) - logits[cut]
            np.testing.assert_allclose(found[row, cut], expected, rtol=1e-4, atol=1e-4)


def test_every_number_is_on_one_side_of_each_cut():
    for d in (3, 4, 9, 60):
        learned = learn_parts(np.random.default_rng(0).normal(size=(30, d)).astype(np.float32), steps=1)
        both = np.sort(np.hstack([learned.inside.numpy(), learned.outside.numpy()]), axis=1)
        assert (both == np.arange(d)).all() and len(both) <= 24


def test_too_little_teaches_nothing():
    assert learn_parts(rows()[:9]) is None
    assert learn_parts(rows()[:, :2]) is None
    assert learn_parts(rows(), steps=0) is None
    learned = learn_parts(rows(), steps=1)
    assert learned.scores(rows()[:0]).shape == (0,)
    np.testing.assert_array_equal(learned.scores(rows()), learn_parts(rows(), steps=1).scores(rows()))
