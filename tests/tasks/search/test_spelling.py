import pytest

from shelfspace.tasks.search.spelling import Speller

NAMES = ["wireless headphones black", "wireless speaker", "headphones wired", "cable black", "cabel"] * 2


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("wireles hedphones", "wireless headphones"),
        ("haedphones", "headphones"),
        ("spaeker 12v", "speaker 12v"),
        ("Wireless", None),
        ("zeppelin", None),
        ("wx-1000", None),
        ("cat", None),
        ("", None),
    ],
)
def test_unknown_words_become_the_nearest_known(asked, meant):
    assert Speller.of_names(NAMES).corrected(asked, lambda word: False) == meant


def test_what_is_known_elsewhere_is_no_slip():
    assert Speller.of_names(NAMES).corrected("wireles", lambda word: word == "wireles") is None


def test_a_word_of_one_listing_corrects_nothing():
    assert Speller.of_names(["headphones"]).corrected("headphons", lambda word: False) is None
    assert Speller.of_names([]).corrected("headphons", lambda word: False) is None


def test_the_commoner_of_two_as_near_is_meant():
    speller = Speller.of_names(["lamp", "lamp", "lamp", "lams", "lams"])
    assert speller.corrected("lamd", lambda word: False) == "lamp"


def test_another_word_that_looks_alike_is_not_what_was_meant():
    """Two letters are much of a short word: leather is no letter."""
    speller = Speller.of_names(["letter", "letter", "headphones", "headphones"])
    assert speller.corrected("leather", lambda word: False) is None
    assert speller.corrected("haedphonse", lambda word: False) == "headphones"
