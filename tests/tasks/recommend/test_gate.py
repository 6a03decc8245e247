from dataclasses import replace

import numpy as np

from shelfspace.data.interactions import Interactions
from shelfspace.tasks.recommend.collaborative import CollaborativeOptions, fit_collaborative
from shelfspace.tasks.recommend.gate import Powers, chosen, gated, hold_out, mixed
from shelfspace.training.graph import GraphOptions

OPTIONS = CollaborativeOptions(graph=GraphOptions(epochs=5, macro=1024, micro=256), dim=8)


def cells(part):
    return set(zip(part.users.tolist(), part.items.tolist(), strict=True))


def test_the_powers_given_stay_unless_others_are_surely_better():
    rng = np.random.default_rng(0)
    given = rng.random(500)
    assert chosen([given, given, given - 0.1]) == 0
    assert chosen([given, given + rng.normal(0.001, 0.3, 500)]) == 0
    assert chosen([given, given + 0.05, given + 0.1]) == 2
    assert chosen([given[:1], given[:1] + 1]) == 0
    assert chosen([given, given + 0.04], least=0.1) == 0
    assert chosen([given, given + 0.04, given + 0.1], least=0.1) == 2


def test_powers_that_spoil_everything_are_left_behind(planted):
    spoilt = replace(OPTIONS, linear_power=-1.0, contrastive_power=-1.0)
    assert gated(planted.log, spoilt).linear_power >= 0
    learned = fit_collaborative(planted.log, OPTIONS)
    fine = gated(planted.log, OPTIONS)
    powers = Powers(fine.linear_power, fine.contrastive_power, fine.popularity)
    users = np.arange(planted.log.n_users)
    assert planted.hit_share(mixed(learned, powers).scores(planted.log, users)) > 0.95


def test_a_small_log_keeps_them():
    assert gated(Interactions.of_rows([0, 1], [0, 0], n_users=2, n_items=1), OPTIONS) is OPTIONS
    assert gated(Interactions.empty(0, 0), OPTIONS) is OPTIONS


def test_with_times_the_last_are_held_out(planted):
    log = planted.log
    times = np.random.default_rng(0).permutation(len(log)).astype(float)
    timed = Interactions.of_rows(log.users, log.items, n_users=200, n_items=100, times=times)
    train, asked = hold_out(timed)
    assert train.times.max() < asked.times.min()
    assert not cells(train) & cells(asked)


def test_without_times_the_less_popular_are_held_out_rather(planted):
    log = planted.log
    popular = Interactions.of_rows(
        [*log.users, *range(200)], [*log.items, *[99] * 200], n_users=200, n_items=100
    )
    train, asked = hold_out(popular)
    assert not cells(train) & cells(asked)
    assert cells(train) | cells(asked) == cells(popular)
    assert len(asked) / len(popular.first_takes()) < 0.25
    assert (asked.items == 99).mean() < (train.items == 99).mean()
