import gzip
import json

import pytest

from shelfspace.errors import FeedError
from shelfspace.evaluation.interaction_folders import read_interaction_folder


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def taken(found):
    """user id → item ids in order."""
    return {user: [found.item_ids[i] for i in found.log.of(u)] for u, user in enumerate(found.user_ids)}


def test_lists_bring_their_own_test(tmp_path):
    write(tmp_path, train__txt="0 0 1\n1\n3 5 1 \n\n", test__txt="0 7\n9 1\n")
    found = read_interaction_folder(tmp_path)
    assert found.user_ids == ["0", "1", "3", "9"]
    assert found.item_ids == ["0", "1", "5", "7"]
    assert taken(found) == {"0": ["0", "1"], "1": [], "3": ["5", "1"], "9": []}
    assert found.test.of(0).tolist() == [3]
    assert found.test.of(3).tolist() == [1]
    assert found.items.columns == ["id", "title", "genres"]
    assert found.rejects.is_empty()


def test_bad_words_and_lines_of_lists_are_rejects(tmp_path):
    write(
        tmp_path, train__txt="0 1 x 2 -3\nu 4\n1 99999999999999999999 1\n", test__txt="\ufeff0 4\r\n1 2.5\n"
    )
    found = read_interaction_folder(tmp_path)
    assert taken(found) == {"0": ["1", "2"], "1": ["1"]}
    assert [found.item_ids[i] for i in found.test.items] == ["4"]
    assert found.rejects.select("source", "row", "attribute", "value").rows() == [
        ("train.txt", 2, "user", "u 4"),
        ("train.txt", 1, "item", "x"),
        ("train.txt", 1, "item", "-3"),
        ("train.txt", 3, "item", "99999999999999999999"),
        ("test.txt", 2, "item", "2.5"),
    ]


LOGS = {
    "movielens, tabs": {"u__data": "1\t10\t5\t880000300\n1\t11\t3\t880000100\n2\t10\t4\t880000200\n"},
    "movielens, header": {
        "u__data": "user|item|rating|timestamp\n1|10|5|880000300\n1|11|3|880000100\n2|10|4|880000200\n"
    },
    "movielens, csv": {
        "ratings__csv": "userId,movieId,rating,timestamp\n"
        "1,10,5.0,880000300\n1,11,3.0,880000100\n2,10,4.0,880000200\n"
    },
    "movielens, dat": {"ratings__dat": "1::10::5::880000300\n1::11::3::880000100\n2::10::4::880000200\n"},
    "amazon, csv": {"Music__csv": "1,10,5.0,880000300\n1,11,3.0,880000100\n2,10,4.0,880000200\n"},
    "amazon, json": {
        "reviews__json": "\n".join(
            json.dumps({"reviewerID": u, "asin": i, "overall": r, "unixReviewTime": t, "reviewText": "a, b"})
            for u, i, r, t in [
                ("1", "10", 5, 880000300),
                ("1", "11", 3, 880000100),
                ("2", "10", 4, 880000200),
            ]
        )
    },
    "events": {
        "events__csv": "user_id,item_id,event,timestamp\n1,10,buy,1997-11-20T00:05:00Z\n"
        "1,11,view,1997-11-20T00:01:40Z\n2,10,view,1997-11-20T00:03:20Z\n"
    },
}


@pytest.mark.parametrize("files", LOGS.values(), ids=LOGS)
def test_logs_of_all_layouts_read_alike(tmp_path, files):
    found = read_interaction_folder(write(tmp_path, **files))
    assert taken(found) == {"1": ["11", "10"], "2": ["10"]}
    assert (found.log.times[1] - found.log.times[0]) == pytest.approx(200)
    assert found.test is None
    assert found.rejects.is_empty()


def test_packed_reviews(tmp_path):
    line = json.dumps({"user_id": "a", "parent_asin": "B1", "rating": 5, "timestamp": 1400000000000})
    (tmp_path / "Beauty.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    assert taken(read_interaction_folder(tmp_path)) == {"a": ["B1"]}


def test_plays_of_music(tmp_path):
    write(
        tmp_path,
        user_artists__dat="userID\tartistID\tweight\n2\t51\t13883\n2\t52\t11690\n3\t51\t1\n",
        artists__dat="id\tname\turl\tpictureURL\n51\tDuran Duran\tx\ty\n52\tMorcheeba\tx\ty\n",
    )
    found = read_interaction_folder(tmp_path)
    assert taken(found) == {"2": ["51", "52"], "3": ["51"]}
    assert found.items["title"].to_list() == ["Duran Duran", "Morcheeba"]
    assert found.log.times is None
    assert taken(read_interaction_folder(tmp_path, least_value=2)) == {"2": ["51", "52"]}


def test_plays_by_line_with_the_artists_name(tmp_path):
    found = read_interaction_folder(write(tmp_path, plays__tsv="u1\tm1\tbjörk\t20\nu2\tm1\tbjörk\t3\n"))
    assert taken(found) == {"u1": ["m1"], "u2": ["m1"]}


def test_movies_have_titles_and_genres(tmp_path):
    genres = ["0"] * 19
    genres[1] = genres[5] = "1"
    write(
        tmp_path,
        u__data="1\t10\t5\t880000300\n1\t11\t3\t880000100\n",
        u__item="\n".join(["|".join(["10", "Léon (1995)", "1-Jan-1995", "", "http://x", *genres])]).encode(
            "latin-1"
        ),
    )
    items = read_interaction_folder(tmp_path).items
    assert items.rows() == [("11", None, None), ("10", "Léon (1995)", "Action|Comedy")]
    other = tmp_path / "dat"
    other.mkdir()
    write(other, ratings__dat="1::10::5::880000300\n", movies__dat="10::Heat (1995)::Action|Crime\n")
    assert read_interaction_folder(other).items.rows() == [("10", "Heat (1995)", "Action|Crime")]
    third = tmp_path / "csv"
    third.mkdir()
    write(
        third,
        ratings__csv="userId,movieId,rating,timestamp\n1,10,5,880000300\n",
        movies__csv='movieId,title,genres\n10,"Heat, (1995)",Action|Crime\n',
    )
    assert read_interaction_folder(third).items.rows() == [("10", "Heat, (1995)", "Action|Crime")]


def test_broken_lines_of_logs_are_rejects(tmp_path):
    write(
        tmp_path, ratings__dat=b"1::10::5::880000300\n1::11\n::12::3::880000100\n2::10::4::880000200::\xff\n"
    )
    found = read_interaction_folder(tmp_path)
    assert taken(found) == {"1": ["10"]}
    assert len(found.rejects) == 3
    assert all(found.rejects["reason"])


def test_folders_that_hold_no_log_are_refused(tmp_path):
    for files in ({}, {"a__csv": "x,y\n1,2\n", "b__csv": "x,y\n1,2\n"}):
        with pytest.raises(FeedError):
            read_interaction_folder(write(tmp_path, **files))
    with pytest.raises(FeedError):
        read_interaction_folder(tmp_path / "not there")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(FeedError):
        read_interaction_folder(write(empty, train__txt="", test__txt=""))
    with pytest.raises(FeedError):
        read_interaction_folder(write(empty, train__txt="0\n", test__txt="0 1\n"))
