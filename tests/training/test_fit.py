"""The fit loop on a planted problem: noisy looks at a thing, to be told apart through a random rotation."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from shelfspace.errors import OptionError, ShelfspaceError
from shelfspace.objectives.bootstrap import simsiam
from shelfspace.objectives.infonce import infonce
from shelfspace.training.fit import fit_encoder
from shelfspace.training.plan import Plan

THINGS, DIM = 600, 16
PLAN = Plan(epochs=6, steps_per_epoch=20, learning_rate=0.03, seed=3)


class Planted:
    """Two shops' features of the same things: 8 shared ones, drowned in 20 features of loud private noise."""

    def __init__(self):
        rng = np.random.default_rng(0)
        core = rng.standard_normal((THINGS, 8))
        mix = np.linalg.qr(rng.standard_normal((28, 28)))[0]
        self.left, self.right = (
            torch.tensor(
                np.hstack([core, 2 * rng.standard_normal((THINGS, 20))]) @ mix,
                dtype=torch.float32,
            )
            for _ in range(2)
        )

    def batches(self, epoch, rng):
        return [rng.choice(THINGS // 2, 64, replace=False) for _ in range(20)]

    def loss(self, module, batch):
        return infonce(module(self.left[batch]), module(self.right[batch]), temperature=0.1)

    def recall(self, module, rows=slice(THINGS // 2, None)):
        vectors = [nn.functional.normalize(module(x[rows])) for x in (self.left, self.right)]
        nearest = (vectors[0] @ vectors[1].T).argmax(1)
        return float((nearest == torch.arange(len(nearest))).float().mean())


@pytest.fixture
def planted():
    return Planted()


def encoder(seed=0, dropout=0.1):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Dropout(dropout), nn.Linear(28, DIM, bias=False))


def weights(module):
    return torch.cat([tensor.flatten() for tensor in module.state_dict().values()])


def test_recall_on_unseen_things_climbs_from_chance_to_nearly_one(planted):
    module = encoder(dropout=0.0)
    assert planted.recall(module) < 0.2
    plan = replace(PLAN, epochs=20)
    history = fit_encoder(module, planted.batches, planted.loss, plan=plan, validate=planted.recall)
    assert planted.recall(module) > 0.95
    assert history.best_score == pytest.approx(planted.recall(module))
    assert history.epochs[-1].loss < history.epochs[0].loss
    assert history.ending == "epochs"


def test_the_same_seed_gives_the_same_weights_whatever_came_before(planted):
    first, second, other = encoder(), encoder(), encoder()
    fit_encoder(first, planted.batches, planted.loss, plan=PLAN)
    torch.rand(7)
    fit_encoder(second, planted.batches, planted.loss, plan=PLAN)
    fit_encoder(other, planted.batches, planted.loss, plan=replace(PLAN, seed=4))
    assert torch.equal(weights(first), weights(second))
    assert not torch.equal(weights(first), weights(other))


def test_the_callers_random_state_and_the_modules_mode_are_left_as_they_were(planted):
    module = encoder()
    module[1].eval()
    torch.manual_seed(11)
    np.random.seed(11)
    expected = torch.rand(3), np.random.rand(3)
    torch.manual_seed(11)
    np.random.seed(11)
    fit_encoder(module, planted.batches, planted.loss, plan=replace(PLAN, epochs=1), validate=planted.recall)
    assert torch.equal(torch.rand(3), expected[0])
    assert np.array_equal(np.random.rand(3), expected[1])
    assert module[0].training
    assert not module[1].training
    assert all(weight.grad is None for weight in module.parameters())


def test_the_best_weights_win_and_patience_ends_the_run(planted):
    module = encoder()
    scores = iter([0.1, 0.5, 0.9, 0.3, 0.2, 0.1, 0.1])
    seen = []

    def validate(module):
        seen.append(weights(module))
        return next(scores)

    plan = replace(PLAN, patience=2)
    history = fit_encoder(module, planted.batches, planted.loss, plan=plan, validate=validate)
    assert (history.ending, history.best_epoch, len(history.epochs)) == ("patience", 1, 4)
    assert torch.equal(weights(module), seen[2])


def test_the_starting_weights_are_kept_where_training_only_harms(planted):
    module = encoder()
    before = weights(module)
    scores = iter([1.0] + [0.5] * 10)
    history = fit_encoder(module, planted.batches, planted.loss, plan=PLAN, validate=lambda _: next(scores))
    assert history.best_epoch == -1
    assert torch.equal(weights(module), before)


def test_a_validation_of_nan_never_wins(planted):
    scores = iter([0.2] + [float("nan")] * 10)
    history = fit_encoder(
        encoder(), planted.batches, planted.loss, plan=PLAN, validate=lambda _: next(scores)
    )
    assert (history.best_epoch, history.best_score) == (-1, 0.2)


def test_a_passing_nan_is_skipped_and_a_lasting_one_is_refused(planted):
    def sometimes(module, batch):
        loss = planted.loss(module, batch)
        return loss * float("nan") if batch[0] % 3 == 0 else loss

    module = encoder()
    history = fit_encoder(module, planted.batches, sometimes, plan=replace(PLAN, epochs=2))
    assert 0 < history.epochs[0].skipped < 20
    assert history.epochs[0].skipped + history.epochs[0].steps == 20
    assert torch.isfinite(weights(module)).all()
    with pytest.raises(ShelfspaceError, match="not finite 10 steps in a row"):
        fit_encoder(module, planted.batches, lambda m, b: planted.loss(m, b) * float("inf"), plan=PLAN)


def test_an_infinite_gradient_moves_nothing(planted):
    def root_of_zero(module, batch):
        return (module[1].weight * 0).sum().sqrt()

    module = encoder()
    before = weights(module)
    with pytest.raises(ShelfspaceError):
        fit_encoder(module, planted.batches, root_of_zero, plan=PLAN)
    assert torch.equal(weights(module), before)


def test_a_collapse_is_seen_and_stops_the_run_with_advice(planted):
    def pull_only(module, batch):
        vectors = nn.functional.normalize(module(planted.left[batch]))
        return -(vectors @ vectors.T).mean()

    module = nn.Sequential(nn.Linear(28, DIM))
    history = fit_encoder(
        module,
        planted.batches,
        pull_only,
        plan=replace(PLAN, epochs=50, learning_rate=0.1),
        probe=lambda m: m(planted.left),
    )
    assert history.ending == "collapse"
    assert "temperature" in history.notes[-1]
    assert history.epochs[0].spread > history.epochs[-1].spread


def test_bootstrapping_without_a_predictor_collapses_and_says_what_is_missing(planted):
    def agree_only(module, batch):
        left, right = module(planted.left[batch]), module(planted.right[batch])
        return -nn.functional.cosine_similarity(left, right).mean()

    history = fit_encoder(
        nn.Sequential(nn.Linear(28, 32), nn.ReLU(), nn.Linear(32, DIM)),
        planted.batches,
        agree_only,
        plan=replace(PLAN, epochs=200, learning_rate=0.05),
        probe=lambda m: m(planted.left),
    )
    assert history.ending == "collapse"
    assert "predictor" in history.notes[-1]


def test_bootstrapping_with_predictor_and_stopped_gradient_does_not_collapse(planted):
    class Siamese(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.Sequential(
                nn.Linear(28, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, DIM), nn.BatchNorm1d(DIM)
            )
            self.predictor = nn.Sequential(nn.Linear(DIM, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, DIM))

    def loss(module, batch):
        looks = [module.encoder(side[batch]) for side in (planted.left, planted.right)]
        predictions = [module.predictor(look) for look in looks]
        return simsiam(*predictions, *looks)

    torch.manual_seed(0)
    history = fit_encoder(
        Siamese(),
        planted.batches,
        loss,
        plan=replace(PLAN, epochs=30, learning_rate=0.01),
        probe=lambda m: m.encoder(planted.left),
    )
    assert history.ending == "epochs"
    assert history.epochs[-1].effective_rank > 3


def test_a_healthy_run_logs_a_rank_of_many(planted):
    history = fit_encoder(
        encoder(),
        planted.batches,
        planted.loss,
        plan=replace(PLAN, epochs=1),
        probe=lambda m: m(planted.left),
    )
    assert history.epochs[0].effective_rank > 3
    assert history.epochs[0].spread > 0.9


def test_time_limit_ends_the_run(planted):
    history = fit_encoder(
        encoder(), planted.batches, planted.loss, plan=replace(PLAN, epochs=1000, time_limit_seconds=0.2)
    )
    assert history.ending == "time"
    assert history.seconds < 2


def test_bfloat16_learns_too(planted):
    module = encoder(dropout=0.0)
    plan = replace(PLAN, epochs=20, precision="bfloat16")
    fit_encoder(module, planted.batches, planted.loss, plan=plan)
    assert module[1].weight.dtype == torch.float32
    assert planted.recall(module) > 0.9


def test_no_epochs_and_no_batches_leave_the_module_alone(planted):
    module = encoder()
    before = weights(module)
    assert fit_encoder(module, planted.batches, planted.loss, plan=replace(PLAN, epochs=0)).epochs == ()
    history = fit_encoder(module, lambda epoch, rng: [], planted.loss, plan=replace(PLAN, epochs=2))
    assert [epoch.steps for epoch in history.epochs] == [0, 0]
    assert torch.equal(weights(module), before)


@pytest.mark.parametrize(
    "loss",
    [lambda m, b: torch.zeros(()), lambda m, b: m(torch.ones(2, 28)).sum(1)],
    ids=["no gradient", "no scalar"],
)
def test_a_loss_that_is_none_is_refused(planted, loss):
    with pytest.raises(OptionError, match="A loss is one number"):
        fit_encoder(encoder(), planted.batches, loss, plan=PLAN)
