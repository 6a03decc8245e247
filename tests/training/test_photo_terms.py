import pytest
import torch

from shelfspace.encoders.image.network import ImageNetwork, NetworkShape
from shelfspace.training.photo_learner import PhotoLearner
from shelfspace.training.photo_options import PhotoOptions
from shelfspace.training.photo_terms import domains_apart, label_loss, pixels_told, spoiled

TERMS = ("adversarial", "coral", "mmd")


@pytest.fixture
def learner():
    torch.manual_seed(0)
    return PhotoLearner(ImageNetwork(NetworkShape((8, 16), (1, 1))), {}, decoded=True, domains=2)


@pytest.mark.parametrize("size", [16, 20, 17])
def test_hidden_patches_are_covered_and_must_be_told(size, learner):
    looks = torch.rand(6, 3, size, size) + 1
    shown, hidden = spoiled(looks, PhotoOptions(hidden=0.5))
    assert torch.equal(shown == 0, hidden[:, None].expand_as(looks))
    assert torch.equal(shown[shown != 0], looks[shown != 0])
    assert hidden.float().mean().item() == pytest.approx(0.5, abs=0.07)
    loss = pixels_told(learner, learner.network.maps(shown), looks, hidden)
    loss.backward()
    assert loss > 0
    assert learner.network.stem[0].weight.grad.abs().sum() > 0


def test_grain_leaves_all_to_be_told():
    looks = torch.zeros(4, 3, 32, 32)
    shown, hidden = spoiled(looks, PhotoOptions(hidden=0.0, grain=0.3))
    assert hidden is None
    assert shown.std().item() == pytest.approx(0.3, rel=0.1)
    same, _ = spoiled(looks, PhotoOptions(hidden=0.0, grain=0.0))
    assert torch.equal(same, looks)


def two_domains(apart):
    features = torch.randn(80, 16, generator=torch.Generator().manual_seed(0)).abs()
    domains = torch.arange(80) % 2
    features[domains == 1, :4] *= 1 + apart
    return features, domains


@pytest.mark.parametrize("term", ["coral", "mmd"])
def test_moments_further_apart_cost_more(term, learner):
    options = PhotoOptions(domains=term)
    near, far = (domains_apart(learner, *two_domains(apart), 0.5, options) for apart in (0.0, 3.0))
    assert far > 3 * near


@pytest.mark.parametrize("term", TERMS)
def test_unknown_domains_don_t_count(term, learner):
    learner.eval()
    features, domains = two_domains(1.0)
    options = PhotoOptions(domains=term)
    known = domains_apart(learner, features[:40], domains[:40], 0.5, options)
    domains[40:] = -1
    assert torch.allclose(domains_apart(learner, features, domains, 0.5, options), known)


@pytest.mark.parametrize("term", TERMS)
@pytest.mark.parametrize("domains", [[-1, -1, -1], [1, 1, 1], [0, 1, -1]])
def test_one_domain_or_none_costs_something_finite(term, domains, learner):
    learner.eval()
    features = torch.rand(3, 16, requires_grad=True)
    loss = domains_apart(learner, features, torch.tensor(domains), 0.5, PhotoOptions(domains=term))
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(features.grad).all()
    if term != "adversarial" and len(set(domains)) == 1:
        assert loss == 0


def test_the_judge_learns_what_the_network_unlearns(learner):
    features, domains = two_domains(2.0)
    features.requires_grad_()
    options = PhotoOptions(domains="adversarial")
    loss = domains_apart(learner, features, domains, 1.0, options)
    loss.backward()
    with torch.no_grad():
        moved = features - 50 * features.grad
        assert domains_apart(learner, moved, domains, 1.0, options) > loss
        for weight in learner.domain_judge.parameters():
            weight -= 0.02 * weight.grad
        assert domains_apart(learner, features, domains, 1.0, options) < loss


def test_three_domains_are_brought_together_in_pairs(learner):
    features, domains = two_domains(2.0)
    three = torch.where(torch.arange(80) < 20, 2, domains)
    for term in TERMS[1:]:
        options = PhotoOptions(domains=term)
        assert domains_apart(learner, features, three, 0.5, options) > 0


def test_trimming_grows_in_the_first_half_of_training():
    logits, wanted = torch.randn(20, 3, generator=torch.Generator().manual_seed(0)), torch.arange(20) % 3
    options = PhotoOptions(wrong_labels="trimmed", wrong_share=0.5)
    costs = [label_loss(options, done)(logits, wanted).item() for done in (0.0, 0.25, 0.5, 1.0)]
    assert costs[0] > costs[1] > costs[2]
    assert costs[2] == costs[3]
    plain = torch.nn.functional.cross_entropy(logits, wanted)
    assert costs[0] == pytest.approx(plain.item())
