import pytest
import torch
from torch import nn

from shelfspace.errors import OptionError
from shelfspace.objectives.cached import cached_vectors
from shelfspace.objectives.infonce import infonce


class Tower(nn.Module):
    """An encoder with dropout that counts its calls and the rows whose activations are alive."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Dropout(0.5), nn.Linear(16, 4)).double()
        self.calls = 0

    def forward(self, rows):
        self.calls += 1
        return self.layers(rows)


def gradients(encode_all):
    tower = Tower()
    torch.manual_seed(5)
    data = torch.randn(2, 24, 6, dtype=torch.float64)
    loss = infonce(*(encode_all(tower, side.split(8)) for side in data), temperature=0.1)
    loss.backward()
    return loss.item(), [weight.grad for weight in tower.parameters()], tower.calls


def test_gradients_equal_the_uncached_ones_dropout_included():
    plain = gradients(lambda tower, chunks: torch.cat([tower(chunk) for chunk in chunks]))
    cached = gradients(lambda tower, chunks: cached_vectors(tower, chunks))
    assert plain[0] == cached[0]
    for left, right in zip(plain[1], cached[1], strict=True):
        assert torch.allclose(left, right, rtol=1e-12, atol=1e-14)
    assert (plain[2], cached[2]) == (6, 12)


def test_sparse_gradients_pass_through():
    def gradient(encode_all):
        torch.manual_seed(0)
        bag = nn.EmbeddingBag(20, 4, sparse=True, mode="sum").double()
        tokens = torch.arange(40).reshape(2, 10, 2) % 20
        infonce(*(encode_all(bag, side.split(5)) for side in tokens)).backward()
        return bag.weight.grad.to_dense()

    plain = gradient(lambda bag, chunks: torch.cat([bag(chunk) for chunk in chunks]))
    assert torch.allclose(gradient(cached_vectors), plain, rtol=1e-12)


def test_only_the_vectors_are_kept_until_backward():
    kept = []
    tower = Tower()
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.shape) or t, lambda t: t):
        cached_vectors(tower, [torch.randn(8, 6, dtype=torch.float64)] * 3)
    assert all(16 not in shape for shape in kept)


def test_without_gradients_each_chunk_is_encoded_once():
    tower = Tower()
    with torch.no_grad():
        assert cached_vectors(tower, [torch.ones(2, 6, dtype=torch.float64)] * 3).shape == (6, 4)
    assert tower.calls == 3


def test_no_chunk_is_refused():
    with pytest.raises(OptionError):
        cached_vectors(lambda chunk: chunk, [])
