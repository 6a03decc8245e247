from dataclasses import replace

import numpy as np
import pytest

from shelfspace.data.interactions import Interactions
from shelfspace.errors import SpaceError
from shelfspace.tasks.recommend.collaborative import (
    CollaborativeOptions,
    fit_closed,
    fit_collaborative,
    options_of,
)
from shelfspace.tasks.recommend.linear import LinearRecommender
from shelfspace.tasks.recommend.mixture import MixtureRecommender
from shelfspace.tasks.recommend.scorer import load_recommender
from shelfspace.training.graph import GraphOptions

OPTIONS = CollaborativeOptions(graph=GraphOptions(epochs=20, macro=1024, micro=256), dim=8)


@pytest.fixture
def fitted(planted):
    return fit_collaborative(planted.log, OPTIONS)


def everyone(log):
    return np.arange(log.n_users)


def test_every_part_finds_the_planted_tastes(planted, fitted):
    log = planted.log
    users = everyone(log)
    assert planted.hit_share(fitted.linear.scores(log)) > 0.95
    assert planted.hit_share(fitted.contrastive.scores(log, users)) > 0.95
    assert planted.hit_share(fitted.scores(log, users)) > 0.95


def test_a_new_user_is_served_from_the_first_item_on(planted, fitted):
    first = Interactions.of_rows([0, 1], [3, 7], n_users=2, n_items=100)
    for part in (fitted.linear, fitted.contrastive, fitted):
        best = np.argsort(-part.scores(first), axis=1)[:, :10]
        assert (best[0] % 5 == 3).mean() > 0.95
        assert (best[1] % 5 == 2).mean() > 0.95
        assert np.array_equal(part.scores(first), part.scores(first, np.array([-1, -1])))


def test_a_user_without_history_gets_what_everybody_takes(planted):
    log = planted.log
    popular = Interactions.of_rows(
        [*log.users, *range(200)], [*log.items, *[42] * 200], n_users=200, n_items=100
    )
    fitted = fit_collaborative(popular, OPTIONS)
    nobody = Interactions.empty(1, 100)
    for part in (fitted.linear, fitted.contrastive, fitted):
        assert part.scores(nobody).argmax() == 42


def test_a_history_may_have_grown_since(planted, fitted):
    log = planted.log
    grown = Interactions.of_rows([*log.users, 0], [*log.items, 51], n_users=200, n_items=100)
    before, after = (fitted.scores(each, everyone(log)) for each in (log, grown))
    assert np.allclose(before[1:], after[1:], atol=1e-5)
    assert after[0, 1::5].mean() > before[0, 1::5].mean()


def test_what_is_saved_scores_the_same(planted, fitted, tmp_path):
    for number, part in enumerate((fitted.linear, fitted.contrastive, fitted)):
        part.save(tmp_path / str(number))
        again = load_recommender(tmp_path / str(number))
        assert type(again) is type(part)
        users = everyone(planted.log)
        assert np.array_equal(again.scores(planted.log, users), part.scores(planted.log, users))
    with pytest.raises(SpaceError):
        load_recommender(tmp_path / "not there")
    with pytest.raises(SpaceError):
        LinearRecommender.load(tmp_path / "2")
    (tmp_path / "0" / "recommender.safetensors").write_bytes(b"no")
    with pytest.raises(SpaceError):
        load_recommender(tmp_path / "0")
    (tmp_path / "1" / "recommender.json").write_text('{"kind": "magic"}')
    with pytest.raises(SpaceError):
        load_recommender(tmp_path / "1")


def test_the_same_seed_gives_the_same(planted, fitted):
    log = planted.log
    closed = fit_closed(log, OPTIONS)
    again = fit_collaborative(log, OPTIONS, closed)
    assert np.array_equal(again.scores(log, everyone(log)), fitted.scores(log, everyone(log)))


def test_powers_of_zero_leave_a_part_out(planted, fitted):
    log, users = planted.log, everyone(planted.log)
    without = replace(fitted, contrastive_power=0.0).scores(log, users)
    assert np.allclose(without, 0.5 * np.log(fitted.linear.scores(log)), atol=1e-5)
    only = replace(fitted, linear_power=0.0).scores(log, users)
    assert np.array_equal(only, fitted.contrastive.scores(log, users))


def test_logarithms_are_of_the_scores(planted, fitted):
    few = Interactions.of_rows([0, 0, 2], [3, 8, 5], n_users=3, n_items=100)
    for histories in (planted.log, few):
        expected = np.log(fitted.linear.scores(histories))
        assert np.allclose(fitted.linear.log_scores(histories), expected, atol=1e-4)


def test_presets_learn_more_or_less(planted):
    assert options_of("fast").contrastive_power == 0
    assert options_of("best").graph.epochs > options_of("balanced").graph.epochs
    fast = fit_collaborative(planted.log, replace(options_of("fast"), dim=8))
    assert planted.hit_share(fast.scores(planted.log)) > 0.95


@pytest.mark.parametrize(
    "log",
    [
        Interactions.empty(3, 4),
        Interactions.empty(0, 0),
        Interactions.empty(0, 2),
        Interactions.of_rows([0], [0], n_users=1, n_items=1),
        Interactions.of_rows([0, 0, 0], [1, 1, 1], n_users=1, n_items=2),
        Interactions.of_rows([0, 1, 2], [1, 1, 1], n_users=3, n_items=2),
    ],
    ids=["nobody took anything", "nothing", "no user", "one", "one thing again and again", "one for all"],
)
def test_logs_with_next_to_nothing(log):
    fitted = fit_collaborative(log, OPTIONS)
    for part in (fitted.linear, fitted.contrastive, fitted):
        scores = part.scores(log, everyone(log))
        assert scores.shape == (log.n_users, log.n_items)
        assert not np.isnan(scores).any()
    assert isinstance(fitted, MixtureRecommender)
