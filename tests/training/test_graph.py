from dataclasses import replace

import numpy as np
import pytest
import torch

from shelfspace.data.interactions import Interactions
from shelfspace.encoders.graph.propagation import mean_of
from shelfspace.objectives.spectral import normalised_cooccurrence, truncated_svd
from shelfspace.training.graph import GraphOptions, fit_graph, log_shares, starting

OPTIONS = GraphOptions(epochs=25, macro=256, micro=256, rate=0.05)


@pytest.fixture
def log():
    """Users of four tastes take half of what is on their shelf."""
    rng = np.random.default_rng(0)
    users, items = np.nonzero(
        (np.arange(120)[:, None] % 4 == np.arange(60)[None, :] % 4) & (rng.random((120, 60)) < 0.5)
    )
    return Interactions.of_rows(users, items, n_users=120, n_items=60)


def random_start(log, k=4, seed=0):
    found = truncated_svd(normalised_cooccurrence(log.matrix()), k)
    rng = np.random.default_rng(seed)
    return found._replace(
        left=rng.standard_normal(found.left.shape).astype(np.float32),
        right=rng.standard_normal(found.right.shape).astype(np.float32),
    )


def sorted_out(layers):
    """Which share of users is nearest to an item of their own taste."""
    final = mean_of(layers)
    users, items = (torch.nn.functional.normalize(part, dim=1) for part in final)
    nearest = (users @ items.T).argmax(dim=1).numpy()
    return (nearest % 4 == np.arange(120) % 4).mean()


@pytest.mark.parametrize("contrast", [0.0, 0.2])
def test_learning_sorts_out_tastes_from_anywhere(log, contrast):
    start = random_start(log)
    idle = GraphOptions(epochs=0, layers=0)
    assert sorted_out(fit_graph(log, start, idle)) < 0.6
    assert sorted_out(fit_graph(log, start, replace(OPTIONS, contrast=contrast))) > 0.95


def test_a_seed_decides_all(log):
    start = truncated_svd(normalised_cooccurrence(log.matrix()), 4)
    options = replace(OPTIONS, epochs=2, contrast=0.1)
    one, again, other = (fit_graph(log, start, options, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(one[0].items, again[0].items)
    assert not torch.equal(one[0].items, other[0].items)


def test_the_start_is_of_one_scale_whatever_the_log(log):
    factors = truncated_svd(normalised_cooccurrence(log.matrix()), 4)
    begun = starting(factors)
    assert begun.items.square().sum(dim=1).mean().item() == pytest.approx(1, rel=1e-4)
    assert begun.users.square().sum(dim=1).mean().item() == pytest.approx(1, rel=1e-4)
    assert all(part.requires_grad for part in begun)


def test_a_log_without_events_stays_at_its_start():
    nothing = Interactions.empty(3, 4)
    layers = fit_graph(nothing, truncated_svd(np.zeros((3, 4)), 2), OPTIONS)
    assert all(torch.isfinite(part).all() for layer in layers for part in layer)


def test_shares_are_of_all_events():
    log = Interactions.of_rows([0, 0, 1], [0, 1, 1], n_users=2, n_items=3)
    assert np.exp(log_shares(log)).tolist() == pytest.approx([1 / 4, 2 / 4, 1 / 4])
