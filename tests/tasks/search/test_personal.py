import polars as pl
import pytest

from shelfspace.data import read_events
from shelfspace.space.space import Space


def test_a_shopper_sees_what_is_like_their_own_earlier(shelf, shelf_space):
    azure = shelf.filter((pl.col("colour") == "blue") & (pl.col("kind") == "chair"))["id"].head(8)
    events = read_events(pl.DataFrame({"user_id": ["ann"] * 8, "id": azure}))
    space = Space(shelf_space.catalog, shelf_space.encoder, shelf_space.vectors, events=events)

    def azure_share(user):
        return space.search("lamp", 10, user=user)["title"].str.contains("azure").mean()

    assert azure_share("ann") > 0.5 > azure_share(None)
    assert space.search("lamp", 10, user="nobody").equals(space.search("lamp", 10))


def test_taste_does_not_bring_what_does_not_fit(shelf, shelf_space):
    events = read_events(pl.DataFrame({"user_id": ["ann"], "id": [shelf["id"][0]]}))
    space = Space(shelf_space.catalog, shelf_space.encoder, shelf_space.vectors, events=events)
    assert space.search("!!!", user="ann").height == 0
    assert space.search("kettle", 5, user="ann")["title"].str.contains("kettle").all()
    with pytest.raises(Exception, match="blank"):
        space.search(" ", user="ann")
