from __future__ import annotations

import pytest

from shelfspace.tasks.sync.journal import Run
from shelfspace.tasks.sync.reconcile import Change
from shelfspace.tasks.sync.replay import replay, undo


def change(was, value, shop="a", attribute="quantity"):
    return Change(shop, "1", attribute, f"{was:g}", f"{value:g}", "b/1", 0.9, "", was, value)


def run(*changes, number=1):
    return Run(number, changes, {})


@pytest.fixture
def stock(stock_of):
    return lambda **quantities: stock_of(
        {"shop": shop, "id": "1", "quantity": str(quantity)} for shop, quantity in quantities.items()
    )


def moves(found):
    return [(item.shop, item.old, item.new, item.was, item.value) for item in found.changes]


def test_what_is_old_becomes_new_and_what_is_new_stays(stock):
    runs = [run(change(5, 3))]
    assert moves(replay(stock(a=5), runs)) == [("a", "5", "3", 5.0, 3.0)]
    assert moves(replay(stock(a=3), runs)) == []
    assert replay(stock(a=3), runs).conflicts == []


def test_what_is_neither_is_a_conflict(stock):
    found = replay(stock(a=4), [run(change(5, 3))])
    assert found.changes == []
    (conflict,) = found.conflicts
    assert (conflict.kind, conflict.value) == ("changed by others", "4")
    assert conflict.reason == "neither 5 nor 3, as the journal has it"


def test_runs_of_one_cell_lead_to_the_last_from_wherever_it_stands(stock):
    runs = [run(change(5, 3)), run(change(2, 1), number=2)]
    for present in (5, 3, 2):
        assert [move[4] for move in moves(replay(stock(a=present), runs))] == [1.0]
    assert moves(replay(stock(a=1), runs)) == []


def test_an_undoing_in_the_journal_is_replayed_too(stock):
    runs = [run(change(5, 3)), Run(2, (change(3, 5),), {}, undoes=1)]
    assert moves(replay(stock(a=3), runs)) == [("a", "3", "5", 3.0, 5.0)]


def test_an_offer_that_the_stock_lacks_is_a_conflict(stock):
    found = replay(stock(b=5), [run(change(5, 3), change(5, 3, "b", "price"))])
    assert [conflict.kind for conflict in found.conflicts] == ["not in the stock"] * 2
    assert found.changes == []


def test_undoing_takes_back_what_is_still_there(stock):
    done = run(change(5, 3), change(7, 3, "b"), change(9, 3, "c"))
    found = undo(stock(a=3, b=7, c=1), done)
    assert moves(found) == [("a", "3", "5", 3.0, 5.0)]
    assert found.changes[0].reason == "run 1 undone"
    assert [(item.shop, item.kind) for item in found.conflicts] == [("c", "changed by others")]
