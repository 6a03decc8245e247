import polars as pl
import pytest

from shelfspace.errors import FeedError


@pytest.fixture(scope="module")
def space(make_space):
    titles = ["hoover upright 700w", "vacuum cleaner bagless", "television 40 inch", "kettle 2l"]
    rows = {"shop": "s", "id": list("abcd"), "title": titles}
    return make_space(pl.DataFrame(rows))


def test_a_user_names_what_is_the_same(space, tmp_path):
    path = tmp_path / "synonyms.csv"
    path.write_text("term,same_as\nTV,television\nhoover,vacuum cleaner\n", encoding="utf-8")
    told = space.with_synonyms(path)
    assert told.synonyms().rows() == [
        ("tv", "television", 0, "user"),
        ("hoover", "vacuum cleaner", 0, "user"),
    ]
    assert told.search("tv", 1)["id"].to_list() == ["c"]
    assert set(told.search("hoover", 2)["id"]) == {"a", "b"}
    assert space.search("tv", 1).height == 0
    assert space.synonyms().height == 0


def test_the_list_given_is_the_whole_list(space):
    told = space.with_synonyms(pl.DataFrame({"term": ["tv"], "same_as": ["television"]}))
    forgotten = told.with_synonyms(pl.DataFrame({"term": ["boiler"], "same_as": ["kettle"]}))
    assert forgotten.synonyms()["term"].to_list() == ["boiler"]
    assert forgotten.search("tv", 1).height == 0
    bare = forgotten.with_synonyms(pl.DataFrame({"term": ["same"], "same_as": ["Same"]}))
    assert bare.synonyms().height == 0
    assert (bare.vectors == space.vectors).all()


def test_what_is_no_list_is_refused(space):
    with pytest.raises(FeedError, match="same_as"):
        space.with_synonyms(pl.DataFrame({"term": ["tv"]}))
