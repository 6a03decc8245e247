from __future__ import annotations

import json

import pytest

from shelfspace.tasks.sync.journal import JournalError, append_done, append_run, appending, read_journal
from shelfspace.tasks.sync.reconcile import Change

CHANGES = [
    Change("a", "1", "quantity", "5", "3", "b/1", 0.97, "the lowest", 5.0, 3.0),
    Change("b", "ä\n2", "price", "", "1,5 €", "a/2", 0.91, "a decides", None, 1.5),
]
AGREED = {("a", "1", "quantity"): 3.0, ("b", "1", "quantity"): 3.0}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "journal.jsonl"


def append(path, changes=CHANGES, agreed=AGREED, *, done=True, **how):
    with appending(path) as (journal, file):
        number = append_run(journal, file, changes, agreed, **how)
    if done:
        with appending(path) as (journal, file):
            append_done(journal, file, [number])
    return number


def test_what_is_appended_is_read_again(path):
    assert [append(path, told={"threshold": 0.9}), append(path, [], {}), append(path, done=False)] == [
        1,
        2,
        3,
    ]
    journal = read_journal(path)
    assert [run.number for run in journal.runs] == [1, 2, 3]
    assert journal.runs[0].changes == tuple(CHANGES)
    assert journal.runs[0].told == {"threshold": 0.9}
    assert [run.done for run in journal.runs] == [True, True, False]
    assert journal.notes == ()
    sequences = [json.loads(line)["sequence"] for line in path.read_text().splitlines()]
    assert sequences == list(range(1, len(sequences) + 1))


def test_the_base_is_what_was_agreed_last_and_only_what_is_new_is_noted(path):
    append(path)
    assert read_journal(path).base == {**AGREED, ("b", "ä\n2", "price"): 1.5}
    size = path.stat().st_size
    append(path, [], AGREED, done=False)
    assert '"agreed"' not in path.read_text()[size:]
    append(path, [], {("b", "1", "quantity"): 2.0})
    assert read_journal(path).base["b", "1", "quantity"] == 2.0


def test_nothing_is_known_of_what_was_undone_or_may_not_have_been_written(path):
    append(path)
    append(path, CHANGES[:1], {}, undoes=1)
    assert ("a", "1", "quantity") not in read_journal(path).base
    assert ("b", "1", "quantity") in read_journal(path).base
    append(path, [], {("b", "1", "quantity"): 1.0}, done=False)
    assert ("b", "1", "quantity") not in read_journal(path).base


@pytest.mark.parametrize("lost", [1, 20, 200])
def test_a_torn_last_line_is_told_ignored_and_cut_off_by_the_next_run(path, lost):
    append(path)
    sound = path.read_bytes()
    append(path, done=False)
    last = path.read_bytes().splitlines(keepends=True)[-1]
    path.write_bytes(path.read_bytes()[:-lost])
    journal = read_journal(path)
    if lost == 1:  # the line end alone: the line is whole
        assert (len(journal.runs), journal.notes) == (2, ())
    else:
        assert lost < len(last)
        assert len(journal.runs) == 1
        assert "torn" in journal.notes[0]
        assert "Run 2 was broken off" in journal.notes[1]
    assert append(path) == 3
    again = read_journal(path)
    assert again.runs[-1].changes == tuple(CHANGES)
    assert not any("torn" in note for note in again.notes)
    assert path.read_bytes().startswith(sound)


def test_a_torn_journal_of_any_length_can_be_read_and_appended_to(path):
    append(path)
    whole = path.read_bytes()
    for length in range(0, len(whole) + 1, 11):
        path.write_bytes(whole[:length])
        assert len(read_journal(path).runs) in (0, 1)
    path.write_bytes(whole[:100] + bytes(50))
    append(path)
    assert [run.number for run in read_journal(path).runs] == [1]


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: [*lines[:1], *lines[2:]],
        lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
        lambda lines: [lines[0], lines[1].replace(b'"new": "3"', b'"new": "4"'), *lines[2:]],
        lambda lines: [*lines, b"not of it\n"],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [b"[1]\n", *lines],
    ],
)
def test_any_other_damage_is_refused_with_the_line(path, damage):
    append(path)
    path.write_bytes(b"".join(damage(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(JournalError, match=r"Line \d+ of .* is not as it was written"):
        read_journal(path)


def test_one_process_at_a_time_appends(path):
    append(path)
    with appending(path), pytest.raises(JournalError, match="Another process"), appending(path):
        pass


def test_a_missing_journal_and_a_missing_run_are_refused(path):
    assert read_journal(path, missing_ok=True).runs == ()
    with pytest.raises(JournalError, match="no journal"):
        read_journal(path)
    with pytest.raises(JournalError, match="no run to undo"):
        read_journal(path, missing_ok=True).run(None)
    append(path)
    append(path)
    append(path, undoes=2)
    journal = read_journal(path)
    assert journal.run(None).number == 1
    assert journal.run(3).undoes == 2
    with pytest.raises(JournalError, match=r"no run 4\. It holds the runs 1, 2, 3"):
        journal.run(4)
