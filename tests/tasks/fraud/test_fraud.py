from dataclasses import replace

import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.tasks.fraud.cases import cases
from shelfspace.tasks.fraud.fraud import ALERTS, find_fraud


@pytest.fixture(scope="module")
def unlabelled(planted):
    return find_fraud(planted[0], steps=0)


@pytest.fixture(scope="module")
def labelled(spammers):
    half = np.arange(len(spammers)) % 4 < 2
    return find_fraud(replace(spammers, labels=np.where(half, spammers.labels, -1)), steps=0)


def test_rings_and_misfits_are_alerted_with_reasons(planted, unlabelled):
    _, ring, foreign = planted
    table = unlabelled.alerts(0.1, most=15)
    assert table.schema == ALERTS
    wanted = {f"a{row}" for row in [*ring, *foreign]}
    assert len(wanted & set(table["account"])) >= 12
    assert table["why"].str.contains("neighbours").all()
    assert table["p_value"].is_sorted()
    assert table["probability"].null_count() == table.height


def test_the_threshold_moves_without_a_new_fit(unlabelled):
    few, many = unlabelled.alerts(0.02), unlabelled.alerts(0.2)
    assert few["account"].to_list() == many["account"].to_list()[: few.height]
    assert few.height < many.height


def test_labels_give_probabilities_and_hold_the_false_alarms(spammers, labelled):
    unknown = np.arange(len(spammers)) % 4 >= 2
    honest = unknown & (spammers.labels == 0)
    assert (labelled.p_values[honest] <= 0.1).mean() < 0.2
    assert (labelled.p_values[unknown & (spammers.labels == 1)] <= 0.1).mean() > 0.6
    table = labelled.alerts(0.1)
    assert table["probability"].null_count() == 0
    assert set(table["known"].drop_nulls()) <= {"fraud", "honest"}


def test_labels_can_be_left_out(spammers):
    assert find_fraud(spammers, labels=False, steps=0).learned is None


def test_cases_hold_evidence_and_a_graph(labelled):
    rows = labelled.flagged(0.1, 3)
    (first, *_) = cases(labelled, rows)
    assert first["account"] == labelled.accounts.ids[rows[0]]
    assert {"text", "name", "value", "weight"} == set(first["evidence"][0])
    ids = {node["account"] for node in first["graph"]["nodes"]}
    assert len(ids) <= 11
    assert all(set(edge) <= ids for edge in first["graph"]["edges"])


def test_senseless_thresholds_are_refused(unlabelled):
    for share, most in ((0, None), (1.5, None), (0.1, 0)):
        with pytest.raises(OptionError, match="false alarms"):
            unlabelled.alerts(share, most)
