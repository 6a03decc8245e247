import json

import pytest

from shelfspace.errors import FeedError
from shelfspace.evaluation.sequence_folders import read_sequence_folder


def listed(histories):
    return [histories.of(user).tolist() for user in range(histories.n_users)]


def test_the_last_item_is_tested_and_the_one_before_it_chosen_by(tmp_path):
    folder = tmp_path / "toys"
    folder.mkdir()
    (folder / "Toys.txt").write_text("1 10 20 30 40\n2 20 10 50\n3 30 60\n4\n")
    (folder / "Toys_item2attributes.json").write_text(json.dumps({"10": [1, 2], "60": [2, 2], "99": [3]}))
    data = read_sequence_folder(folder)
    assert (data.name, data.sessions, data.ids.tolist()) == ("Toys", False, [10, 20, 30, 40, 50, 60])
    assert listed(data.train) == [[0, 1], [1], [2, 5]]  # too short to be asked about: learned from
    assert listed(data.whole) == listed(data.train)
    assert listed(data.valid.histories) == [[0, 1], [1]] and data.valid.targets.tolist() == [2, 0]
    assert listed(data.test.histories) == [[0, 1, 2], [1, 0]] and data.test.targets.tolist() == [3, 4]
    assert data.attributes.toarray().tolist() == [[1, 1], [0, 0], [0, 0], [0, 0], [0, 0], [0, 1]]


def test_sessions_are_asked_about_at_every_prefix(tmp_path):
    sessions = ["1 2 1", *(f"{n} {n + 1}" for n in range(3, 41))]
    (tmp_path / "train_sessions.txt").write_text("\n".join([*sessions, "7 7 8"]) + "\n")
    (tmp_path / "test.txt").write_text("1 2\t1\n50\t2\n")
    data = read_sequence_folder(tmp_path)
    assert data.sessions and data.whole.n_users == 40 and data.train.n_users == 38
    assert listed(data.valid.histories) == [[39], [6], [6, 6]] and data.valid.targets.tolist() == [40, 6, 7]
    assert listed(data.test.histories) == [[0, 1], [41]] and data.test.targets.tolist() == [0, 1]
    assert data.ids[41] == 50 and data.attributes is None


def test_ids_may_be_words(tmp_path):
    (tmp_path / "shop.txt").write_text("ann cup pan lid\nbob pan cup lid cup\n")
    data = read_sequence_folder(tmp_path)
    assert data.ids.tolist() == ["cup", "lid", "pan"]
    assert data.test.targets.tolist() == [1, 0]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"a.txt": "1 2 3 4\n", "b.txt": "1 2 3 4\n"},
        {"a.txt": "1 2\n2 3\n"},
        {"train_sessions.txt": "1 2\n", "test.txt": "1\t2\n"},
        {"train_sessions.txt": "1 2\n2 3\n", "test.txt": "1 2\n"},
        {"a.txt": "1 2 3 4\n", "a_item2attributes.json": "[1, 2"},
    ],
)
def test_what_is_no_such_folder_is_refused(tmp_path, files):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(FeedError):
        read_sequence_folder(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FeedError):
        read_sequence_folder(tmp_path / "nowhere")
