import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.evaluation.metrics import auroc
from shelfspace.tasks.fraud.described import Described
from shelfspace.tasks.fraud.labelled import boosted_trees, learn_labelled


@pytest.fixture(scope="module")
def described(spammers):
    return Described.of(spammers, steps=0)


def test_the_network_adds_to_the_features(spammers, described):
    half = np.arange(len(spammers)) % 4 < 2
    labels = np.where(half, spammers.labels, -1)
    learned = learn_labelled(described, labels)
    truth = spammers.labels[~half]
    known = np.flatnonzero(half)
    plain = boosted_trees(spammers.features.astype(np.float32), known, spammers.labels[known], seed=0).scores
    assert auroc(truth, learned.scores[~half]) > max(0.9, auroc(truth, plain[~half]))
    assert ((learned.probabilities >= 0) & (learned.probabilities <= 1)).all()
    name, value, share = learned.reasons(0)[0]
    assert name in learned.gains
    assert (np.isfinite(value), share > 0) == (True, True)
    assert abs(sum(learned.gains.values()) - 1) < 1e-6
    np.testing.assert_array_equal(learned.scores[~half], learned.unseen[~half])
    assert (learned.scores[half] != learned.unseen[half]).all()  # by models that had not seen them


def test_labels_at_random_teach_nothing(spammers, described):
    labels = np.random.default_rng(0).permutation(spammers.labels)
    learned = learn_labelled(described, labels)
    assert 0.3 < auroc(labels, learned.unseen) < 0.7


def test_too_few_labels_are_refused(described):
    labels = np.full(240, -1)
    labels[:5] = 0, 0, 0, 1, 1
    with pytest.raises(OptionError, match="2 known frauds and 3 known honest"):
        learn_labelled(described, labels)
