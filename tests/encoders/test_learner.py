import numpy as np
import pytest
import torch

from shelfspace.encoders import Listings
from shelfspace.encoders.bags import Bags, bags_of, fit_vocabulary
from shelfspace.encoders.learner import StaticTextLearner
from shelfspace.encoders.static import StaticTextEncoder

LISTINGS = Listings(
    ["red lamp", "red red lamp x100", "", "白色台灯 lamp", "lamp shade 40", "unheard"],
    ["red lamp for desks", "lamp x100 oak", "oak oak", "台灯 desks", "lampshade oak 40", ""],
)


@pytest.fixture
def encoder():
    return StaticTextEncoder.closed_form(fit_vocabulary(LISTINGS), dim=8)


@pytest.fixture
def bags(encoder):
    return bags_of(LISTINGS, encoder.vocabulary)


@pytest.fixture
def learner(encoder):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return StaticTextLearner(encoder)


def moved(learner):
    """The learner after a step somewhere, so that no part of it is at its neutral start."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in learner.parameters():
            parameter += 0.2 * torch.randn(parameter.shape, generator=generator)
    return learner


def aim(learner, bags, dtype=torch.float32):
    """A scalar that every part of the learner has a share in."""
    target = torch.linspace(-1, 1, bags.n * 8).reshape(bags.n, 8)
    return (learner(bags) * target.to(dtype)).sum()


def test_it_starts_equal_to_its_encoder(learner, encoder, bags):
    assert learner(bags).detach().numpy() == pytest.approx(encoder.encode(LISTINGS), abs=1e-6)
    start = learner.encoder()
    assert np.array_equal(start.vectors, encoder.vectors)
    assert np.array_equal(start.log_weights, encoder.log_weights)
    assert start.detail_weight == pytest.approx(encoder.detail_weight)


def test_what_it_has_learned_is_an_encoder(learner, bags):
    moved(learner)
    encoder = learner.encoder()
    assert encoder.encode_bags(bags) == pytest.approx(learner(bags).detach().numpy(), abs=1e-5)
    before = encoder.vectors.copy()
    moved(learner)
    assert np.array_equal(encoder.vectors, before), "a copy, not a window on the learner"


def test_learning_leaves_the_first_encoder_as_it_was(learner, encoder):
    kept = encoder.vectors.copy(), encoder.log_weights.copy()
    moved(learner)
    assert np.array_equal(encoder.vectors, kept[0])
    assert np.array_equal(encoder.log_weights, kept[1])


def test_gradients_reach_every_part(learner, bags):
    aim(moved(learner), bags).backward()
    for name, parameter in learner.named_parameters():
        gradient = parameter.grad.to_dense() if parameter.grad.is_sparse else parameter.grad
        assert gradient.abs().sum() > 0, name
        assert torch.isfinite(gradient).all(), name


def test_at_the_start_the_last_layer_of_the_gate_learns_first(learner, bags):
    aim(learner, bags).backward()
    assert learner.gate[2].weight.grad.abs().sum() > 0
    assert learner.gate[0].weight.grad.abs().sum() == 0


def test_only_the_vectors_in_the_batch_have_gradients(learner, bags):
    one = bags.take(np.array([0]))
    aim(learner, one).backward()
    gradient = learner.vectors.weight.grad
    assert gradient.is_sparse
    assert set(gradient.coalesce().indices()[0].tolist()) == set(one.vector.tolist())
    assert set(torch.nonzero(learner.offset.grad).ravel().tolist()) <= set(one.token.tolist())


@pytest.mark.parametrize("name", ["offset", "log_detail", "vectors.weight", "gate.2.weight", "gate.0.bias"])
def test_gradients_are_those_of_finite_differences(learner, bags, name):
    moved(learner)
    parameter = dict(learner.named_parameters())[name]
    aim(learner, bags).backward()
    gradient = parameter.grad.to_dense() if parameter.grad.is_sparse else parameter.grad
    direction = torch.zeros_like(parameter)
    busiest = gradient.abs().flatten().argsort(descending=True)[:5]
    direction.view(-1)[busiest] = torch.linspace(0.5, 1, len(busiest))
    values = []
    with torch.no_grad():
        for step in (1e-2, -2e-2):
            parameter += step * direction
            values.append(aim(learner, bags).item())
    numeric = (values[0] - values[1]) / 2e-2
    assert numeric == pytest.approx((gradient * direction).sum().item(), rel=0.02, abs=1e-4)


def test_empty_bags_are_zero_vectors_without_nan(learner, encoder):
    empty = bags_of(Listings.of_texts(["", "lamp", ""]), encoder.vocabulary)
    vectors = learner(empty)
    assert not vectors[[0, 2]].any()
    assert torch.linalg.vector_norm(vectors[1]).item() == pytest.approx(1, abs=1e-6)
    aim(learner, empty).backward()
    assert torch.isfinite(learner.offset.grad).all()


@pytest.mark.parametrize("n", [0, 2], ids=["no listings", "no tokens"])
def test_nothing_to_encode_is_no_error(learner, encoder, n):
    nothing = bags_of(Listings.of_texts([""] * n), encoder.vocabulary)
    vectors = learner(nothing)
    assert vectors.shape == (n, 8)
    assert not vectors.any()


def test_all_listings_of_a_step_may_come_together(learner, bags):
    one, other = bags.take(np.array([0, 3])), bags.take(np.array([4]))
    together = learner(Bags.concat([one, other]))
    assert torch.allclose(together, torch.cat([learner(one), learner(other)]), atol=1e-6)
