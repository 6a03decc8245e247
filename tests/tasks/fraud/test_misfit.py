import numpy as np

from shelfspace.encoders.graph.network import adjacency
from shelfspace.evaluation.metrics import auroc
from shelfspace.tasks.fraud.misfit import misfits


def test_foreign_features_stand_out(planted):
    accounts, _, foreign = planted
    found = misfits(accounts.features, adjacency(accounts.edges, len(accounts)), steps=30)
    truth = np.isin(np.arange(len(accounts)), foreign)
    assert auroc(truth, found.scores) > 0.9


def test_accounts_alone_have_the_median_score(planted):
    accounts, _, _ = planted
    edges = accounts.edges[(accounts.edges > 99).all(axis=1)]
    found = misfits(accounts.features, adjacency(edges, len(accounts)), steps=0)
    assert len(set(found.scores[:100].tolist())) == 1
    assert found.own[:100].tolist() == [0] * 100


def test_nobody_connected():
    found = misfits(np.ones((3, 2)), adjacency(np.zeros((0, 2), np.int64), 3))
    assert found.scores.tolist() == [0, 0, 0]
