"""The Fast Gradient Method on models small enough to compute by hand."""

import math

import pytest
import torch
from torch import nn

from shelfspace.errors import OptionError, ShelfspaceError
from shelfspace.training.adversarial import adversarial
from shelfspace.training.fit import fit_encoder
from shelfspace.training.plan import Plan

TOKENS = torch.tensor([[0, 1, 2], [3, 3, 4], [5, 6, 0], [1, 1, 1]])
SIGNS = torch.tensor([1.0, -1.0, 1.0, -1.0], dtype=torch.float64)


class Linear(nn.Module):
    """A text's score is the sum over its words of a direction's product with each word's vector."""

    def __init__(self, dropout=0.0):
        super().__init__()
        torch.manual_seed(0)
        self.words = nn.Embedding(7, 3, dtype=torch.float64)
        self.direction = nn.Parameter(torch.randn(3, dtype=torch.float64))
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens):
        return self.dropout(self.words(tokens)).sum(dim=1) @ self.direction


def words_of(module):
    return module.words


def logistic(module, batch):
    return nn.functional.softplus(-SIGNS * module(batch)).mean()


def number(value):
    return float(value.detach())


def gradients(module, loss, batch=TOKENS):
    module.zero_grad(set_to_none=True)
    value = loss(module, batch)
    value.backward()
    named = module.named_parameters()
    return number(value), {name: weight.grad for name, weight in named if weight.grad is not None}


@pytest.mark.parametrize("epsilon", [0.1, 1.0, 3.0])
def test_value_and_gradient_are_those_computed_by_hand(epsilon):
    module = Linear()
    value, given = gradients(module, adversarial(logistic, words_of, epsilon=epsilon))
    # The gradient of text i by each of its three word vectors is −yᵢ σ(−yᵢ sᵢ) w / n: the move of each is
    # −ε yᵢ w / (‖w‖ √3), and the score becomes sᵢ − ε yᵢ ‖w‖ √3. r is a constant for the second gradient.
    words, direction = module.words.weight.detach(), module.direction.detach()
    moves = -epsilon * SIGNS[:, None] * direction / (direction.norm() * math.sqrt(3))
    texts = words[TOKENS].sum(dim=1)
    expected, slope = 0.0, torch.zeros(3, dtype=torch.float64)
    for text in (texts, texts + 3 * moves):
        margins = SIGNS * (text @ direction)
        expected += float(torch.log1p(torch.exp(-margins)).mean()) / 2
        slope -= ((SIGNS * torch.sigmoid(-margins))[:, None] * text).mean(dim=0) / 2
    assert value == pytest.approx(expected, rel=1e-12)
    assert torch.allclose(given["direction"], slope, rtol=1e-12)
    assert given["words.weight"].abs().sum() > 0


def test_every_text_is_moved_by_epsilon_whatever_stands_beside_it():
    module, outputs = Linear(), []
    module.words.register_forward_hook(lambda part, given, output: outputs.append(output.detach()))

    def moves(batch, signs):
        outputs.clear()

        def seen(module, batch):
            return nn.functional.softplus(-signs * module(batch)).mean()

        read = []
        handle = module.dropout.register_forward_hook(lambda part, given, out: read.append(given[0].detach()))
        adversarial(seen, words_of, epsilon=0.5)(module, batch)
        handle.remove()
        return read[1] - read[0]

    together = moves(TOKENS, SIGNS)
    assert together.flatten(1).norm(dim=1).tolist() == pytest.approx([0.5] * 4)
    for row in range(4):
        assert torch.allclose(moves(TOKENS[[row]], SIGNS[[row]])[0], together[row])


def test_the_second_loss_of_a_convex_one_is_never_below_the_first():
    module = Linear()
    for epsilon in (0.01, 0.3, 2.0):
        for row in range(4):
            batch, sign = TOKENS[[row]], SIGNS[row]

            def one(module, batch, sign=sign):
                return nn.functional.softplus(-sign * module(batch)).mean()

            assert adversarial(one, words_of, epsilon=epsilon)(module, batch) > one(module, batch)
        assert adversarial(logistic, words_of, epsilon=epsilon)(module, TOKENS) > logistic(module, TOKENS)


def test_an_epsilon_of_nothing_is_the_plain_loss():
    module = Linear()
    value, given = gradients(module, adversarial(logistic, words_of, epsilon=0.0))
    plain, expected = gradients(module, logistic)
    assert value == plain
    assert all(torch.equal(given[name], expected[name]) for name in expected)


def test_frozen_word_vectors_are_moved_too_but_not_learned():
    free, frozen = Linear(), Linear()
    frozen.words.requires_grad_(False)
    loss = adversarial(logistic, words_of)
    value, given = gradients(free, loss)
    same, rest = gradients(frozen, loss)
    assert value == same
    assert set(rest) == {"direction"}
    assert torch.equal(given["direction"], rest["direction"])
    assert value > number(logistic(free, TOKENS))


def test_two_calls_within_a_loss_are_moved_by_their_own_gradients():
    left, right = TOKENS[:2], TOKENS[2:]

    def apart(module, batch):
        return (module(left) - 2 * module(right)).square().mean()

    module = Linear()
    direction = module.direction.detach()
    gap = (module(left) - 2 * module(right)).detach()
    step = direction.norm() * math.sqrt(3)  # by how much a move of length 1 changes a score
    wider = gap + torch.sign(gap) * (step + 2 * step)
    value = adversarial(apart, words_of)(module, None)
    assert number(value) == pytest.approx(number((gap.square().mean() + wider.square().mean()) / 2))


def test_a_text_that_the_loss_is_blind_to_stays():
    def first_only(module, batch):
        return module(batch)[0]

    module = Linear()
    value = adversarial(first_only, words_of)(module, TOKENS)
    step = float(module.direction.detach().norm()) * math.sqrt(3)
    assert number(value) == pytest.approx(number(module(TOKENS)[0]) + step / 2)


def test_a_call_whose_output_goes_nowhere_is_no_error():
    def wasteful(module, batch):
        module(batch)
        return logistic(module, batch)

    module = Linear()
    expected = adversarial(logistic, words_of)(module, TOKENS)
    assert number(adversarial(wasteful, words_of)(module, TOKENS)) == pytest.approx(number(expected))


def test_both_passes_draw_the_same_dropout_and_the_caller_draws_on():
    module = Linear(dropout=0.5)
    torch.manual_seed(3)
    plain = number(logistic(module, TOKENS))
    expected = torch.rand(3)
    torch.manual_seed(3)
    value = number(adversarial(logistic, words_of, epsilon=1e-9)(module, TOKENS))
    assert value == pytest.approx(plain, rel=1e-6)
    assert torch.equal(torch.rand(3), expected)


def hooks(module):
    return sum(len(part._forward_hooks) + len(part._forward_pre_hooks) for part in module.modules())


def test_no_hook_is_left_behind_even_by_a_loss_that_fails():
    module, calls = Linear(), []

    def fails(at):
        def loss(module, batch):
            value = logistic(module, batch)
            calls.append(value)
            if len(calls) == at:
                raise KeyError("lost")
            return value

        return loss

    adversarial(logistic, words_of)(module, TOKENS)
    assert not hooks(module)
    for at in (1, 2):
        calls.clear()
        with pytest.raises(KeyError):
            adversarial(fails(at), words_of)(module, TOKENS)
        assert not hooks(module)


def test_a_layer_that_the_loss_does_not_call_is_refused():
    with pytest.raises(OptionError, match="not called by the loss"):
        adversarial(logistic, lambda module: nn.Embedding(2, 2))(Linear(), TOKENS)


def test_a_loss_that_calls_more_often_the_second_time_is_refused():
    times = []

    def growing(module, batch):
        times.append(1)
        return sum(logistic(module, batch) for _ in times)

    module = Linear()
    with pytest.raises(OptionError, match="more often"):
        adversarial(growing, words_of)(module, TOKENS)
    assert not hooks(module)


@pytest.mark.parametrize("epsilon", [-1.0, math.nan, math.inf])
def test_a_length_out_of_range_is_refused(epsilon):
    with pytest.raises(OptionError, match="epsilon"):
        adversarial(logistic, words_of, epsilon=epsilon)


def test_without_gradients_it_is_the_plain_loss():
    module = Linear()
    with torch.no_grad():
        assert adversarial(logistic, words_of)(module, TOKENS) == logistic(module, TOKENS)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.words = nn.Embedding(7, 8)
        self.head = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))

    def forward(self, tokens):
        return self.head(self.words(tokens).mean(dim=1))[:, 0]


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_fit_loop_learns_with_it_and_the_result_bears_moves_better(precision):
    def loss(module, batch):
        return nn.functional.softplus(-SIGNS.float() * module(batch)).mean()

    moved = adversarial(loss, words_of, epsilon=1.0)
    plan = Plan(epochs=40, learning_rate=0.02, precision=precision)
    hardened, ordinary = Small(), Small()
    history = fit_encoder(hardened, lambda epoch, rng: [TOKENS], moved, plan=plan)
    fit_encoder(ordinary, lambda epoch, rng: [TOKENS], loss, plan=plan)
    assert history.epochs[-1].loss < history.epochs[0].loss / 2
    assert number(moved(hardened, TOKENS)) < number(moved(ordinary, TOKENS))


def test_a_loss_that_is_not_finite_is_handed_on():
    with pytest.raises(ShelfspaceError, match="not finite"):
        fit_encoder(
            Small(),
            lambda epoch, rng: [TOKENS] * 12,
            adversarial(lambda module, batch: module(batch).mean() * math.nan, words_of),
            plan=Plan(epochs=1),
        )


def test_signed_moves_every_component_alike():
    module, read = Linear(), []
    module.dropout.register_forward_hook(lambda part, given, output: read.append(given[0].detach()))
    value = adversarial(logistic, words_of, epsilon=0.25, signed=True)(module, TOKENS)
    wanted = -0.25 * SIGNS[:, None, None] * torch.sign(module.direction.detach())
    assert torch.allclose(read[1] - read[0], wanted.expand_as(read[0]))
    assert value > logistic(module, TOKENS)
