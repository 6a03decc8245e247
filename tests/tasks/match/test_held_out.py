from __future__ import annotations

import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.space.opening import load
from shelfspace.space.space import Space
from shelfspace.tasks.fit import fit
from shelfspace.tasks.match.held_out import blocking_of
from shelfspace.tasks.match.match import blocked
from shelfspace.tasks.match.study import study_match


def test_each_labelled_match_is_judged_once(planted, labelled):
    study = study_match(planted.catalog, planted.left, planted.right, train=labelled, preset="fast")
    rule = blocking_of(study, lambda: pytest.fail("there are labels"))
    assert rule.origin == "labels"
    assert len(rule.scores) == labelled.labels.sum()


def test_equal_numbers_that_are_no_neighbours_count_as_missed_or_found(numbered):
    study = study_match(numbered.catalog, numbered.left, numbered.right, preset="fast")
    rule = blocking_of(study, lambda: pytest.fail("there are numbers"))
    assert rule.origin == "gtin"
    assert len(rule.scores) >= 80  # every pair that bears one number, candidate or not


def test_without_labels_the_matcher_judges_itself(planted, study):
    rule = blocking_of(study, lambda: planted.truth.take(np.arange(30)))
    assert (rule.origin, len(rule.scores)) == ("none", 30)


@pytest.mark.parametrize("name", ["fast_space", "labelled_space", "numbered_space"])
def test_a_space_matches_with_the_recall_it_is_asked_for(planted, request, name, tmp_path):
    space = request.getfixturevalue(name)
    found = blocked(space, recall=0.9)
    # Without labels and numbers the matcher's own finds are the judge, which are the easier ones.
    assert planted.truth.within(found.pairs).mean() >= (0.7 if name == "fast_space" else 0.85)
    assert ("true recall is lower" in str(found)) == (name == "fast_space")
    assert min(planted.figures(space.match(recall=0.9))) > 0.6
    space.save(tmp_path / "space")
    again = blocked(load(tmp_path / "space"), recall=0.9)
    assert again.pairs.keys().tolist() == found.pairs.keys().tolist()


def test_fit_keeps_the_pairs_of_the_recall_it_is_asked_for(planted, labelled):
    pairs = planted.named(labelled.pairs, labelled.labels)
    space = fit(planted.catalog, pairs=pairs, preset="fast", recall=0.9)
    assert space.figures["recall_at_least"] >= 0.9
    assert space.figures["candidates"] == len(blocked(space, recall=0.9).pairs)
    assert space.match().equals(space.match(recall=0.9))


def test_a_recall_needs_two_shops_and_a_rule(planted, labelled_space):
    with pytest.raises(OptionError, match="two shops"):
        fit(planted.catalog.take(planted.left), preset="fast", recall=0.9)
    with pytest.raises(OptionError, match="above 0 and below 1"):
        fit(planted.catalog, preset="fast", recall=1.5)
    old = {name: blob for name, blob in labelled_space.artifacts.items() if "blocking" not in name}
    space = Space(labelled_space.catalog, labelled_space.encoder, labelled_space.vectors, artifacts=old)
    with pytest.raises(OptionError, match="kept none"):
        space.match(recall=0.9)
