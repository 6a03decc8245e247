import numpy as np

from shelfspace.tasks.fraud.described import Described


def test_columns_are_named_and_finite(spammers):
    described = Described.of(spammers, steps=0)
    table, names = described.table(spammers.labels)
    assert table.shape == (len(spammers), len(names)) == (240, len(set(names)))
    assert np.isfinite(table).all()
    assert {
        "p",
        "neighbours' mean p",
        "misfit",
        "degree",
        "known frauds around",
        "block of the network 1",
    } <= set(names)
