import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.evaluation.metrics import auroc
from shelfspace.tasks.anomalies import wrong_photos


def things(n=300, n_wrong=15, seed=0):
    """Photos and texts that are two noisy looks at the same things, but for a few mixed up ones."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=(n, 6))
    photos = truth @ rng.normal(size=(6, 20)) + 0.3 * rng.normal(size=(n, 20))
    texts = truth @ rng.normal(size=(6, 15)) + 0.3 * rng.normal(size=(n, 15))
    wrong = rng.choice(n, n_wrong, replace=False)
    if n_wrong:
        photos[wrong] = photos[np.roll(wrong, 1)]
    return photos, texts, np.isin(np.arange(n), wrong)


def test_mixed_up_photos_come_first():
    photos, texts, wrong = things()
    found = wrong_photos(photos, texts)
    labels = wrong[found["row"].to_numpy()].astype(int)
    assert auroc(labels, found["disagreement"].to_numpy()) > 0.97
    assert labels[:10].mean() >= 0.9
    assert found["probability"].is_sorted(descending=True)
    assert found["probability"][0] > 0.5 > found["probability"][-1]
    assert "fit better than its own" in found["why"][0]


def test_right_pairs_are_seldom_called_wrong():
    photos, texts, _ = things(n_wrong=0)
    found = wrong_photos(photos, texts)
    assert (found["p_value"] <= 0.02).mean() < 0.06
    assert (found["probability"] > 0.5).sum() <= 3


def test_things_of_one_text_do_not_disagree():
    photos, texts, _ = things(n=60, n_wrong=0)
    found = wrong_photos(np.tile(photos[:1], (60, 1)), np.tile(texts[:1], (60, 1)))
    assert found["disagreement"].max() == 0


def test_too_few_or_unpaired_things_are_refused():
    photos, texts, _ = things(n=30, n_wrong=0)
    for left, right, folds in ((photos[:5], texts[:5], 2), (photos, texts[1:], 5), (photos, texts, 1)):
        with pytest.raises(OptionError):
            wrong_photos(left, right, folds=folds)
