import polars as pl
import pytest

from shelfspace.errors import OptionError


@pytest.fixture(scope="module")
def space(make_space):
    rows = [
        {
            "shop": "s",
            "id": str(number),
            "title": f"{'lamp' if number % 2 else 'chair'} number {number}",
            "brand": "Acme" if number % 3 else "Bolt",
            "price": float(number),
        }
        for number in range(60)
    ]
    return make_space(pl.DataFrame(rows))


def test_values_of_what_fits_are_counted(space):
    found = space.facets("lamp", ["brand"])
    lamps = [number for number in range(60) if number % 2]
    assert found.rows() == [
        ("brand", "Acme", sum(number % 3 > 0 for number in lamps)),
        ("brand", "Bolt", sum(number % 3 == 0 for number in lamps)),
    ]


def test_numbers_are_put_into_ranges_that_hold_all(space):
    found = space.facets("lamp", ["price"], where="price < 40")
    assert found.height == 4
    assert found["products"].sum() == 20
    assert found["value"][0].startswith("1 to ")


def test_most_values_and_nothing_found(space):
    assert space.facets("lamp", ["id"], most=3).height == 3
    assert space.facets("!!!", ["brand", "price"]).height == 0


def test_what_cannot_be_counted_is_refused(space):
    with pytest.raises(OptionError, match="colour"):
        space.facets("lamp", ["colour"])
    with pytest.raises(OptionError, match="blank"):
        space.facets(" ", ["brand"])
    with pytest.raises(OptionError, match="nothing"):
        space.facets("lamp", [])
