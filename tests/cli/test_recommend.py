from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shelfspace.cli.app import app
from shelfspace.data.synthetic.shopping import shopping


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A space fitted by the command from a feed and a log."""
    folder = tmp_path_factory.mktemp("shop")
    made = shopping(60, 80, events_each=20, seed=5)
    made.catalog.table.write_csv(folder / "feed.csv")
    made.events.table.write_csv(folder / "log.csv")
    result = run(
        *("fit", folder / "feed.csv", "--events", folder / "log.csv"),
        *("--preset", "fast", "--out", folder / "shelf"),
    )
    assert result.exit_code == 0, result.output
    assert "events of 60 users" in result.stderr
    assert "shelfspace recommend" in result.stderr
    return folder / "shelf"


def test_a_user_and_a_history_are_answered(shelf):
    found = json.loads(run("recommend", shelf, "--user", "u1", "-k", 4, "--json").stdout)
    assert len(found) == 4
    assert {"id", "title", "score", "because"} <= set(found[0])
    history = ",".join(each["id"] for each in found[:2])
    told = json.loads(run("recommend", shelf, "--history", history, "--diversity", 0.5, "--json").stdout)
    assert len(told) == 10
    refused = run("recommend", shelf)
    assert refused.exit_code == 1
    assert "Neither a user nor" in refused.stderr


def test_events_are_observed_into_a_new_version(shelf, tmp_path):
    first = json.loads(run("recommend", shelf, "--user", "late", "--json").stdout)
    log = tmp_path / "today.csv"
    log.write_text(f"user_id,id,event\nlate,{first[0]['id']},buy\nlate,nothing,buy\n", encoding="utf-8")
    told = json.loads(run("observe", shelf, log, "--json").stdout)
    assert (told["events"], told["known"]) == (2, 1)
    after = json.loads(run("recommend", shelf, "--user", "late", "--json").stdout)
    assert first[0]["id"] not in [each["id"] for each in after]
    assert {each["because"] for each in after} == {first[0]["title"]}


def test_shoppers_are_grouped_and_one_is_reported(shelf):
    groups = json.loads(run("shoppers", shelf, "--segments", 2, "--json").stdout)
    assert sum(group["users"] for group in groups) >= 60
    report = json.loads(run("shoppers", shelf, "--user", "u1", "--json").stdout)
    assert report["events"] > 0
    assert run("shoppers", shelf, "--drift", "--json").exit_code == 0
    assert run("shoppers", shelf, "--user", "nobody").exit_code == 1


def test_a_bandit_lives_in_a_folder(shelf, tmp_path):
    bandit = tmp_path / "bandit"
    shown = json.loads(run("recommend", shelf, "--user", "u2", "-k", 3, "--bandit", bandit, "--json").stdout)
    assert len(shown) == 3
    assert all(0 < each["propensity"] <= 1 for each in shown)
    log = tmp_path / "today.csv"
    log.write_text(
        f"user_id,id,event,timestamp\nu2,{shown[0]['id']},buy,2100-01-01T00:00:00Z\n", encoding="utf-8"
    )
    result = run("observe", shelf, log, "--bandit", bandit)
    assert "heard of 1 lists, of which 0 products were taken; 0 lists" in " ".join(result.stderr.split())
    refused = run("recommend", shelf, "--user", "u2", "--diversity", 0.3, "--bandit", bandit)
    assert refused.exit_code == 1
    assert "--diversity" in refused.stderr


def test_a_list_is_calibrated(shelf):
    assert (
        len(json.loads(run("recommend", shelf, "--user", "u1", "--calibration", 0.5, "--json").stdout)) == 10
    )
