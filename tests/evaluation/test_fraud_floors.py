import numpy as np

from shelfspace.data.accounts import Accounts
from shelfspace.evaluation.fraud_floors import labelled_floors, plain_floors
from shelfspace.evaluation.fraud_lists import PublishedList


def test_floors_score_every_account():
    rng = np.random.default_rng(0)
    edges = np.array([[row, row + 2] for row in range(58)])  # two chains: the even and the odd
    accounts = Accounts(
        tuple(map(str, range(60))), ("p", "q"), rng.normal(0, 1, (60, 2)), edges, np.full(60, -1)
    )
    rows = np.arange(60)
    known, asked = rows[rows % 6 < 2], rows[rows % 6 >= 2]
    published = PublishedList("5%", known, known % 2, asked, asked % 2)
    floors = {**plain_floors(accounts), **labelled_floors(accounts, published)}
    assert all(scores.shape == (60,) and np.isfinite(scores).all() for scores in floors.values())
    propagated = floors["label_propagation"]
    assert propagated[1::2].min() > propagated[::2].max()
    assert floors["degree"].tolist() == [1, 1, *[2] * 56, 1, 1]
