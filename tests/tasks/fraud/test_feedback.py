import pytest

from shelfspace.errors import FeedError
from shelfspace.tasks.fraud.feedback import keep_answers, with_feedback


def test_answers_are_kept_and_the_last_one_counts(tmp_path, planted):
    accounts, _, _ = planted
    kept, answers = tmp_path / "kept.jsonl", tmp_path / "answers.csv"
    answers.write_text("account,label,why\na1,1,ring\na2,0,fine\na3,,open\nstranger,1,gone\n")
    assert keep_answers(answers, kept) == 3
    answers.write_text("account,label\na2,fraud\n")
    assert keep_answers(answers, kept) == 1
    labels = with_feedback(accounts, kept).labels
    assert labels[:4].tolist() == [-1, 1, 1, -1]
    assert len(kept.read_text().splitlines()) == 4


def test_no_file_yet_changes_nothing(tmp_path, planted):
    assert with_feedback(planted[0], tmp_path / "none.jsonl") is planted[0]


def test_what_is_no_answer_is_refused(tmp_path, planted):
    (tmp_path / "kept.jsonl").write_text('{"account": "a1"}\n')
    with pytest.raises(FeedError, match="Line 1"):
        with_feedback(planted[0], tmp_path / "kept.jsonl")
    (tmp_path / "answers.csv").write_text("name,verdict\nx,1\n")
    with pytest.raises(FeedError, match="account and label"):
        keep_answers(tmp_path / "answers.csv", tmp_path / "kept.jsonl")
