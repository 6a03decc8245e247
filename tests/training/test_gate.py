import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.training.gate import gate, pseudo_values

QUERIES, ITEMS = 400, 60
TRUTH = np.arange(QUERIES) % ITEMS


def scores(quality, seed):
    """Noise, and the right item of each query lifted by `quality`."""
    noise = np.random.default_rng(seed).standard_normal((QUERIES, ITEMS))
    noise[np.arange(QUERIES), TRUTH] += quality
    return noise.astype(np.float32)


def hit(scores):
    return (scores.argmax(1) == TRUTH).astype(float)


def test_a_worse_learned_model_is_never_shipped():
    for seed in range(5):
        closed = scores(3.0, seed)
        verdict = gate({"closed": closed, "learned": -closed}, hit)
        assert verdict.weights == {"closed": 1.0}
        assert verdict.score == hit(closed).mean()
    noise = {"closed": scores(3.0, 0), "learned": np.random.default_rng(9).random((QUERIES, ITEMS))}
    assert gate(noise, hit, steps=1).name == "closed"


def test_an_equal_one_ships_the_closed_form_at_any_scale():
    closed = scores(2.0, 0)
    assert gate({"closed": closed, "learned": 100 * closed - 7}, hit).name == "closed"


def test_a_better_one_is_shipped():
    verdict = gate({"closed": scores(0.0, 0), "learned": scores(6.0, 1)}, hit, steps=1)
    assert verdict.weights == {"learned": 1.0}


def test_a_complementary_one_ships_a_mixture_whatever_its_scale():
    parts = {"closed": scores(2.0, 0), "learned": 1000 * scores(2.0, 1) + 5}
    verdict = gate(parts, hit)
    assert set(verdict.weights) == {"closed", "learned"}
    assert verdict.score > max(hit(part).mean() for part in parts.values()) + 0.05
    assert hit(verdict.mix(parts)).mean() == verdict.score
    assert len(verdict.table) == 6


def test_three_complementary_parts_are_mixed_and_listed():
    parts = {name: scores(1.5, seed) for seed, name in enumerate(["closed", "learned", "handmade"])}
    verdict = gate(parts, hit)
    assert set(verdict.weights) == set(parts)
    assert len(verdict.table) == 3 + 3 * 4 + 6
    assert all(sum(trial.weights.values()) == pytest.approx(1.0) for trial in verdict.table)


def test_a_gain_within_its_standard_error_is_not_believed():
    closed, learned = np.zeros(20), np.ones(20)
    figures = {0.0: np.zeros(20), 1.0: np.r_[-1.0, 1.3, np.zeros(18)]}
    verdict = gate(
        {"closed": closed, "learned": learned + np.arange(20)}, lambda s: figures[float(s[0] != 0)], steps=1
    )
    learned_trial = verdict.table[1]
    assert 0 < learned_trial.gain < learned_trial.standard_error
    assert verdict.name == "closed"


def test_masked_entries_stay_masked_and_do_not_sway_the_scale():
    parts = {"closed": scores(2.0, 0), "learned": scores(2.0, 1)}
    plain = gate(parts, hit)
    for part in parts.values():
        part[:, ITEMS // 2 :][TRUTH[:, None] != np.arange(ITEMS // 2, ITEMS)] = -np.inf
    verdict = gate(parts, hit)
    mixed = verdict.mix(parts)
    assert set(verdict.weights) == set(plain.weights)
    assert not np.isnan(mixed).any()
    assert np.array_equal(np.isinf(mixed), np.isinf(parts["closed"]))


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_broken_learned_model_is_refused_and_listed(broken):
    learned = scores(9.0, 1)
    learned[3, 3] = broken
    verdict = gate({"closed": scores(1.0, 0), "learned": learned}, hit)
    assert verdict.name == "closed"
    assert verdict.table[-1].score == -np.inf


@pytest.mark.parametrize("rows", [0, 1])
def test_too_few_rows_prove_nothing(rows):
    verdict = gate({"closed": np.zeros(rows + 1), "learned": np.ones(rows + 1)}, lambda s: s[:rows])
    assert verdict.name == "closed"


def f1(labels):
    def figure(scores, kept):
        said, true = scores[kept] >= np.median(scores[kept]), labels[kept]
        return 2 * (said & true).sum() / (said.sum() + true.sum())

    return figure


def test_pseudo_values_have_the_figure_as_mean_and_the_jackknifes_error():
    rng = np.random.default_rng(0)
    values = rng.standard_normal(400)
    figures = pseudo_values(lambda scores, kept: float(scores[kept].mean()), 400)(values)
    assert figures.mean() == pytest.approx(values.mean())
    error = figures.std(ddof=1) / np.sqrt(len(figures))
    assert error == pytest.approx(values.std() / 20, rel=0.5)


def test_a_figure_of_the_whole_passes_the_gate_as_well():
    rng = np.random.default_rng(0)
    labels = rng.random(600) < 0.5
    closed, learned = (labels + 0.7 * rng.standard_normal(600) for _ in range(2))
    measure = pseudo_values(f1(labels), 600)
    verdict = gate({"closed": closed, "learned": learned}, measure)
    assert len(verdict.weights) == 2
    assert verdict.score == pytest.approx(
        f1(labels)(verdict.mix({"closed": closed, "learned": learned}), np.arange(600))
    )
    assert gate({"closed": closed, "learned": closed**3}, measure).name == "closed"


def test_what_cannot_be_judged_is_refused():
    good = np.arange(4.0)
    with pytest.raises(OptionError, match="'closed'"):
        gate({"learned": good}, lambda s: s)
    with pytest.raises(OptionError, match="shapes"):
        gate({"closed": good, "learned": good[:2]}, lambda s: s)
    with pytest.raises(OptionError, match="NaN"):
        gate({"closed": good * np.nan, "learned": good}, lambda s: s)
    with pytest.raises(OptionError, match="steps"):
        gate({"closed": good}, lambda s: s, steps=0)
    verdict = gate({"closed": good}, lambda s: s)
    with pytest.raises(OptionError, match="closed"):
        verdict.mix({"learned": good})
