import numpy as np

from shelfspace.data.interactions import Interactions
from shelfspace.encoders.sequence import SequenceShape
from shelfspace.training.sequence_batches import SequenceBatches, pieces_of, token_batches


def taken(lengths=(3, 1, 0, 12, 2), seed=0):
    starts = np.append(0, np.cumsum(lengths))
    return Interactions(40, starts, np.random.default_rng(seed).integers(0, 40, starts[-1]))


def test_pieces_share_one_event_and_hold_all_targets_once():
    log = taken()
    pieces = pieces_of(log, 6)
    assert [pieces.of(row).tolist() for row in range(pieces.n_users)] == [
        log.of(0).tolist(),
        log.of(3)[6:].tolist(),
        log.of(3)[1:7].tolist(),
        log.of(3)[:2].tolist(),
        log.of(4).tolist(),
    ]
    assert (pieces.lengths - 1).sum() == (np.maximum(log.lengths, 1) - 1).sum()
    assert pieces_of(Interactions.empty(3, 4), 6).n_users == 0


def test_batches_hold_each_row_once_and_little_padding():
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 60, 500)
    batches = token_batches(lengths, 256, rng)
    assert sorted(np.concatenate(batches)) == list(range(500))
    sizes = [len(rows) * lengths[rows].max() for rows in batches]
    assert max(sizes) <= 256 and sum(sizes) < 1.15 * lengths.sum()
    assert [len(rows) for rows in token_batches(np.array([9, 9]), 4, rng)] == [1, 1]
    assert token_batches(np.zeros(0, np.int64), 4, rng) == []


def test_every_step_is_asked_for_the_item_after_it():
    log, shape = taken(), SequenceShape(window=5)
    batches = SequenceBatches(log, shape, tokens=10)
    seen = []
    for batch in batches(0, np.random.default_rng(0)):
        for row in range(len(batch.steps)):
            n = int(batch.steps.lengths[row])
            items, targets = batch.steps.items[row, :n].tolist(), batch.targets[row, :n].tolist()
            assert items[1:] == targets[:-1] and (batch.targets[row, n:] == -1).all()
            assert batch.last_targets()[row] == targets[-1]
            seen += list(zip(items, targets, strict=True))
    pairs = [
        (a, b)
        for user in range(log.n_users)
        for a, b in zip(log.of(user)[:-1].tolist(), log.of(user)[1:].tolist(), strict=True)
    ]
    assert sorted(seen) == sorted(pairs)
    assert batches.per_epoch == len(list(batches(3, np.random.default_rng(1))))


def test_negatives_are_drawn_by_their_popularity():
    log = Interactions(3, np.array([0, 400]), np.array([0] * 300 + [1] * 100))
    batch = next(SequenceBatches(log, SequenceShape(), negatives=4000)(0, np.random.default_rng(0)))
    counts = np.bincount(batch.negatives.numpy(), minlength=3) / 4000
    assert batch.candidates.tolist() == [0, 1]
    assert abs(counts[0] - 0.75) < 0.03 and counts[2] == 0
    assert np.allclose(np.exp(batch.log_chances.numpy()[batch.negatives.numpy() == 0]), 0.75)


def test_partners_end_with_the_same_item():
    rows = [[1, 2, 9], [3, 4, 9], [5, 6, 7]]
    log = Interactions(10, np.array([0, 3, 6, 9]), np.concatenate(rows))
    batches = SequenceBatches(log, SequenceShape(), partners=True)
    found = set()
    for epoch in range(20):
        (batch,) = batches(epoch, np.random.default_rng(epoch))
        for row, partner in zip(batch.steps.items.tolist(), batch.partners.items.tolist(), strict=True):
            found.add((tuple(row), tuple(partner)))
    assert found == {
        ((5, 6), (5, 6)),
        *(((a, b), (c, d)) for a, b in ((1, 2), (3, 4)) for c, d in ((1, 2), (3, 4))),
    }


def test_an_epoch_is_a_function_of_the_generator():
    batches = SequenceBatches(taken((9,) * 30), SequenceShape(), tokens=64, negatives=8, looks=True)
    first, again = (list(batches(0, np.random.default_rng(5))) for _ in range(2))
    for one, two in zip(first, again, strict=True):
        assert one.steps.items.tolist() == two.steps.items.tolist()
        assert one.negatives.tolist() == two.negatives.tolist()
        assert one.looks[0].items.tolist() == two.looks[0].items.tolist()
