from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from shelfspace.errors import FeedError, OptionError
from shelfspace.tasks.sync.journal import read_journal
from shelfspace.tasks.sync.replay import replay
from shelfspace.tasks.sync.stock import read_stock
from shelfspace.tasks.sync.write import apply, reapply, rewritten, targets

TEXT = "shop,id,quantity,note\na,1,5,x\nb,1,3,\na,2,7,z\n"


@pytest.fixture
def path(written):
    return written("stock.csv", TEXT)


@pytest.fixture
def planned(products, reconciled):
    return lambda stock: reconciled(stock, products(("a/1", "b/1", 0.97)))


def carry_out(path, planned, **how):
    stock = read_stock(path)
    found = planned(stock)
    given = {"journal": path.with_name("journal.jsonl"), "paths": [path]}
    return apply(stock, found.changes, found.agreed, **(given | how))


def test_the_stock_is_written_the_old_one_kept_and_the_journal_tells(path, planned):
    path.chmod(0o640)
    assert carry_out(path, planned) == 1
    assert path.read_text() == TEXT.replace("a,1,5", "a,1,3")
    assert path.with_name("stock.csv.before-1").read_text() == TEXT
    assert path.stat().st_mode & 0o777 == 0o640
    (run,) = read_journal(path.with_name("journal.jsonl")).runs
    assert (run.done, [change.new for change in run.changes]) == (True, ["3"])
    assert carry_out(path, planned) == 2
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "journal.jsonl",
        "stock.csv",
        "stock.csv.before-1",
    ]


def test_a_link_stays_a_link_and_a_backup_is_never_written_over(path, planned):
    link = path.with_name("link.csv")
    link.symlink_to(path)
    path.with_name("stock.csv.before-1").write_text("mine")
    stock = read_stock(link)
    carry_out(path, planned, paths=targets(stock, None, in_place=True))
    assert link.is_symlink()
    assert "a,1,3" in path.read_text()
    assert path.with_name("stock.csv.before-1").read_text() == "mine"
    assert path.with_name("stock.csv.before-1-2").read_text() == TEXT


def test_a_stock_that_was_changed_meanwhile_is_not_written_over(path, planned):
    stock = read_stock(path)
    found = planned(stock)
    path.write_text(TEXT.replace("7", "6"))
    with pytest.raises(FeedError, match="changed since it was read"):
        apply(stock, found.changes, {}, journal=path.with_name("j"), paths=[path])
    assert path.read_text() == TEXT.replace("7", "6")
    assert read_journal(path.with_name("j")).runs == ()


def test_what_would_not_read_back_as_planned_is_refused(written, products, reconciled):
    text = "shop,id,price\na,1,EUR 7\nb,1,EUR 7.50\na,2,EUR 1.299\n"
    assert read_stock(written("s.csv", text)).entries["a", "2"].price == 1.299
    text = "shop,id,price,currency\na,1,7,EUR\nb,1,8,EUR\na,2,1.299,EUR\n"
    stock = read_stock(written("s.csv", text))
    assert stock.entries["a", "2"].price in (1.299, 1299.0)
    change = reconciled(stock, products(("a/1", "b/1", 0.97)), price="lowest").changes[0]
    assert b"b,1,7,EUR" in rewritten(stock, [change])[0]
    wrong = change._replace(new="seven")
    with pytest.raises(FeedError, match="would not say of b/1 what was planned"):
        rewritten(stock, [wrong])


def test_where_the_new_stock_goes(path, tmp_path):
    stock, table = read_stock(path), read_stock(pl.DataFrame({"shop": ["a"], "id": ["1"], "quantity": [1]}))
    assert targets(stock, None, in_place=True) == [path]
    assert targets(stock, tmp_path / "x.csv", in_place=False) == [tmp_path / "x.csv"]
    assert targets(table, tmp_path / "x.parquet", in_place=False) == [tmp_path / "x.parquet"]
    both = read_stock([path, table.sheets[0].table.with_columns(id=pl.lit("9"))])
    assert targets(both, tmp_path / "new", in_place=False) == [
        tmp_path / "new" / "stock.csv",
        tmp_path / "new" / "stock.parquet",
    ]
    for refused in (
        lambda: targets(stock, None, in_place=False),
        lambda: targets(stock, "x.csv", in_place=True),
        lambda: targets(stock, path, in_place=False),
        lambda: targets(stock, tmp_path, in_place=False),
        lambda: targets(table, None, in_place=True),
    ):
        with pytest.raises(OptionError):
            refused()


@pytest.mark.parametrize("deadly", [1, 2, 3, 4, 6, 7, 9])
def test_whenever_it_is_killed_the_stock_is_old_or_new_and_a_replay_completes_it(path, deadly):
    journal = path.with_name("journal.jsonl")
    program = [sys.executable, Path(__file__).with_name("killed_sync.py"), path, journal, str(deadly)]
    ended = subprocess.run(program, check=False, timeout=120, capture_output=True)
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
    new = TEXT.replace("a,1,5", "a,1,3")
    assert path.read_text() in (TEXT, new)
    runs = read_journal(journal, missing_ok=True).runs
    assert path.read_text() == TEXT or len(runs) == 1
    stock = read_stock(path)
    found = replay(stock, runs)
    assert found.conflicts == []
    reapply(stock, found.changes, journal=journal, paths=[path])
    assert path.read_text() == (new if runs else TEXT)
    assert all(run.done for run in read_journal(journal).runs)
