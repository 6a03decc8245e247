import numpy as np

from shelfspace.data.accounts import Accounts
from shelfspace.tasks.fraud.unlabelled import strangeness


def test_ring_and_misfits_are_strangest(planted):
    accounts, ring, foreign = planted
    found = strangeness(accounts, steps=30)
    order = np.argsort(-found.scores)
    wanted = set(ring.tolist()) | set(foreign.tolist())
    assert len(wanted & set(order[:22].tolist())) >= 17
    assert found.evidence["density"][ring].max() <= 0.05
    assert set(found.evidence) == {"misfit", "density"}
    assert ((found.p_values > 0) & (found.p_values <= 1)).all()


def test_no_account_and_one_account():
    for n in (0, 1):
        made = Accounts(tuple("a" * n), ("x",), np.zeros((n, 1)), np.zeros((0, 2), np.int64), np.full(n, -1))
        assert len(strangeness(made).scores) == n
