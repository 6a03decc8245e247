from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.errors import OptionError
from shelfspace.training import recipe_search
from shelfspace.training.recipe import TextRecipe
from shelfspace.training.recipe_search import recipe_for, tuned_recipe
from shelfspace.training.study import TextStudy, study_text
from shelfspace.training.text import TextLesson

COLUMNS = ["recipe", "kept", "state", "folds", "mrr", "gain", "standard_error"]
QUICK = TextRecipe(steps=10, epochs=1)


@pytest.fixture(scope="module")
def taught() -> tuple[TextStudy, TextLesson]:
    """Products that two shops name in words of their own: which are the same has to be learned."""
    n = 60
    makers, words = ["bosch", "miele", "philips"], ["rot", "blau", "gross", "klein"]
    others = dict(zip(words, ["red", "blue", "large", "small"], strict=True))
    rng = np.random.default_rng(0)
    names = [f"{makers[rng.integers(3)]} {words[rng.integers(4)]} type {i % 20}" for i in range(n)]
    turned = [" ".join(others.get(word, word) for word in name.split()) for name in names]
    table = pl.DataFrame(
        {
            "shop": ["a"] * n + ["b"] * n,
            "id": [str(i) for i in range(n)] * 2,
            "title": names + turned,
        }
    )
    study = study_text(Catalog.from_table(table), seed=0)
    pairs = np.stack([np.arange(n), np.arange(n) + n], axis=1)
    return study, study.lesson(pairs, np.empty((0, 2), np.int64))


def test_recipes_are_tried_and_told_in_a_table(taught):
    found = tuned_recipe(*taught, QUICK, trials=5, seed=0)
    assert found.table.columns[:7] == COLUMNS
    assert found.table["recipe"].sort().to_list() == list(range(5))
    assert found.table["kept"].to_list() == [True, False, False, False, False]
    default = found.table.filter(pl.col("recipe") == 0).row(0, named=True)
    assert default["gain"] == 0
    assert default["learning_rate"] == QUICK.learning_rate
    assert set(found.table["steps"].to_list()) <= {5, 10, 20}
    best = found.table.row(0, named=True)
    assert best["mrr"] >= default["mrr"]
    assert found.recipe.temperature == best["temperature"]


def test_a_bad_start_is_bettered_and_the_same_seed_finds_the_same(taught):
    poor = replace(QUICK, learning_rate=2e-3, vector_rate=0.0101)
    found, again = (tuned_recipe(*taught, poor, trials=8, seed=1) for _ in range(2))
    assert found.recipe != poor
    kept = found.table.row(0, named=True)
    assert kept["gain"] > kept["standard_error"]
    assert found.table.equals(again.table)


def test_a_recipe_that_falls_behind_is_given_up(taught):
    found = tuned_recipe(*taught, QUICK, trials=12, seed=0)
    given_up = found.table.filter(pl.col("state") == "given up")
    assert given_up.height
    assert (given_up["folds"] < 3).all()
    assert not given_up["kept"].any()


def test_too_few_pairs_leave_the_recipe_as_it_is(taught):
    study, lesson = taught
    found = tuned_recipe(study, replace(lesson, positives=lesson.positives[:29]), QUICK)
    assert found.recipe == QUICK
    assert found.table.is_empty()


def test_without_a_search_there_are_members_alone(taught):
    found = recipe_for(*taught, QUICK, members=3)
    assert found.recipe == replace(QUICK, members=3)
    assert found.table.is_empty()


def test_one_trial_is_no_search_and_optuna_is_asked_for(taught, monkeypatch):
    with pytest.raises(OptionError, match="2 or more"):
        tuned_recipe(*taught, QUICK, trials=1)
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(OptionError, match=r"shelfspace\[tune\]"):
        tuned_recipe(*taught, QUICK)


def test_the_defaults_lie_within_what_is_searched():
    for name, (low, high) in recipe_search.SPACE.items():
        assert low <= getattr(TextRecipe(), name) <= high


@pytest.mark.parametrize(
    "wrong", [{"members": 0}, {"steps": -1}, {"temperature": 0.0}, {"look_weight": -1.0}]
)
def test_a_recipe_out_of_range_is_refused(wrong):
    with pytest.raises(OptionError, match="Mend it"):
        TextRecipe(**wrong)
