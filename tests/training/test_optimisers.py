import pytest
import torch
from torch import nn

from shelfspace.errors import OptionError
from shelfspace.training.fit import fit_encoder
from shelfspace.training.optimisers import optimisers_of, step
from shelfspace.training.plan import Plan


class Bag(nn.Module):
    def __init__(self, sparse):
        super().__init__()
        torch.manual_seed(0)
        self.bag = nn.EmbeddingBag(50, 8, sparse=sparse, mode="sum")
        self.head = nn.Linear(8, 8)

    def forward(self, tokens):
        return self.head(self.bag(tokens))


def test_sparse_embeddings_get_their_own_optimiser():
    dense, sparse = optimisers_of(Bag(sparse=True), Plan())
    assert isinstance(dense, torch.optim.AdamW)
    assert isinstance(sparse, torch.optim.SparseAdam)
    assert [type(o) for o in optimisers_of(Bag(sparse=False), Plan())] == [torch.optim.AdamW]


def test_biases_are_not_decayed():
    (adam,) = optimisers_of(nn.Linear(3, 4), Plan(weight_decay=0.5))
    assert {group["params"][0].ndim: group["weight_decay"] for group in adam.param_groups} == {2: 0.5, 1: 0.0}


def test_clipping_is_the_same_for_sparse_and_dense_gradients():
    norms, gradients = [], []
    for sparse in (True, False):
        module = Bag(sparse)
        module(torch.tensor([[1, 1, 2], [3, 1, 2]])).square().sum().backward()
        norms.append(step(optimisers_of(module, Plan()), 0.0, clip_norm=0.5))
        gradient = module.bag.weight.grad
        gradients.append(gradient.to_dense() if sparse else gradient)
        parts = [part.grad.to_dense() for part in module.parameters()]
        assert float(torch.cat([part.flatten() for part in parts]).norm()) == pytest.approx(0.5, rel=1e-5)
    assert norms[0] == pytest.approx(norms[1], rel=1e-5)
    assert torch.allclose(gradients[0], gradients[1], atol=1e-6)


def test_only_touched_rows_of_a_sparse_embedding_move():
    module = Bag(sparse=True)
    before = module.bag.weight.detach().clone()

    def loss(module, batch):
        return module(batch).square().mean()

    fit_encoder(module, lambda epoch, rng: [torch.tensor([[3, 4]])] * 3, loss, plan=Plan(epochs=1))
    moved = (module.bag.weight != before).any(dim=1).nonzero().flatten()
    assert moved.tolist() == [3, 4]


def test_rates_multiply_the_learning_rate_by_the_longest_prefix():
    module = nn.ModuleDict({"back": nn.Linear(2, 2), "head": nn.Linear(2, 2)})
    before = {name: weight.detach().clone() for name, weight in module.named_parameters()}
    plan = Plan(rates={"back": 0.1, "back.bias": 0.0}, weight_decay=0.0)
    optimisers = optimisers_of(module, plan)
    for weight in module.parameters():
        weight.grad = torch.ones_like(weight)
    step(optimisers, 0.01, clip_norm=None)
    moved = {
        name: float((before[name] - weight.detach()).mean()) for name, weight in module.named_parameters()
    }
    assert moved["head.weight"] == pytest.approx(0.01, rel=1e-3)
    assert moved["back.weight"] == pytest.approx(0.001, rel=1e-3)
    assert moved["back.bias"] == 0.0


def test_a_rate_that_fits_nothing_and_a_frozen_module_are_refused():
    with pytest.raises(OptionError, match="'backbone'"):
        optimisers_of(nn.Linear(2, 2), Plan(rates={"backbone": 0.1}))
    with pytest.raises(OptionError, match="no parameter"):
        optimisers_of(nn.Linear(2, 2).requires_grad_(False), Plan())
