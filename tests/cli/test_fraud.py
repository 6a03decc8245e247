import json

import polars as pl
import pytest
from typer.testing import CliRunner

from shelfspace.cli import app
from shelfspace.data.synthetic.rings import plant_rings
from shelfspace.data.synthetic.shopping import shopping
from shelfspace.data.synthetic.takeovers import plant_takeovers
from shelfspace.tasks.fit import fit


def run(*arguments):
    return CliRunner().invoke(app, ["fraud", *map(str, arguments)])


@pytest.fixture
def files(tmp_path):
    """40 accounts in two chains, and one that is connected with all of the first."""
    rows = [f"a{row},{row % 2}.{row:02d},{row % 3}" for row in range(40)]
    (tmp_path / "accounts.csv").write_text("\n".join(["account,spend,returns", *rows]) + "\n")
    edges = [f"a{row},a{row + 2}" for row in range(38)] + [f"a39,a{row}" for row in range(0, 38, 2)]
    (tmp_path / "edges.csv").write_text("\n".join(["source,target", *edges]) + "\n")
    return tmp_path


def test_alerts_cases_and_feedback(files):
    cases, alerts, kept = files / "cases.json", files / "alerts.csv", files / "kept.jsonl"
    given = (files / "accounts.csv", "--network", files / "edges.csv", "--false-alarms", "0.2")
    done = run(*given, "--cases", cases, "--out", alerts)
    assert done.exit_code == 0, done.output
    table = pl.read_csv(alerts)
    assert "a39" in table["account"].to_list()
    assert [case["account"] for case in json.loads(cases.read_text())] == table["account"].to_list()
    table.with_columns(pl.lit(1).alias("label")).head(1).write_csv(alerts)
    done = run(*given, "--answers", alerts, "--feedback", kept, "--json")
    assert done.exit_code == 0, done.output
    assert "1 answers were added" in done.output
    assert "fraud" in {row["known"] for row in json.loads(done.stdout)}


def test_rings_of_a_log(tmp_path):
    log, planted = plant_rings(shopping(100, 100, seed=0).events, rings=1, size=10, camouflage=0.0)
    log.table.write_csv(tmp_path / "log.csv")
    done = run("--events", tmp_path / "log.csv", "--json")
    assert done.exit_code == 0, done.output
    (ring, *_) = json.loads(done.stdout)
    assert set(planted[0].users) & set(ring["members"].split(", "))


@pytest.mark.parametrize("arguments", [(), ("x.csv", "--false-alarms", "2"), ("x.csv", "--answers", "y.csv")])
def test_usage_errors(arguments):
    assert run(*arguments).exit_code == 2


def test_a_missing_file_is_refused(tmp_path):
    done = run(tmp_path / "none.csv")
    assert done.exit_code == 1
    assert "Traceback" not in done.output


def test_accounts_taken_over_in_a_log(tmp_path):
    log, planted = plant_takeovers(shopping(120, 60, drifting=0.0, seed=0).events, share=0.1)
    log.table.write_csv(tmp_path / "log.csv")
    done = run("--events", tmp_path / "log.csv", "--takeovers", "--false-alarms", "0.1", "--json")
    assert done.exit_code == 0, done.output
    table = json.loads(done.stdout)
    assert {takeover.user for takeover in planted} & {
        row["user"] for row in table if row["verdict"] == "changed"
    }
    assert run("accounts.csv", "--takeovers").exit_code == 2


def test_the_events_of_a_space(tmp_path):
    made = shopping(60, 40, seed=0)
    fit(made.catalog, events=made.events, preset="fast").save(tmp_path / "shelf")
    done = run(tmp_path / "shelf", "--takeovers", "--json")
    assert done.exit_code == 0, done.output
    assert len(json.loads(done.stdout)) > 30
    fit(made.catalog, preset="fast").save(tmp_path / "bare")
    refused = run(tmp_path / "bare")
    assert refused.exit_code == 1 and "no events" in refused.stderr
