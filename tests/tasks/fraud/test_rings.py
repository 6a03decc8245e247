import pytest

from shelfspace.data.events import EVENTS_SCHEMA, Events
from shelfspace.data.synthetic.rings import plant_rings
from shelfspace.data.synthetic.shopping import shopping
from shelfspace.errors import OptionError
from shelfspace.tasks.fraud.rings import RINGS, connections, find_rings, rings_table


@pytest.fixture(scope="module")
def ordinary():
    return shopping(150, 150, seed=0).events


def test_planted_rings_are_found_and_nobody_else(ordinary):
    log, planted = plant_rings(ordinary, rings=2, size=10, camouflage=0.2, seed=0)
    found = find_rings(log)
    members = {user for ring in planted for user in ring.users}
    flagged = {user for ring in found for user in ring.users}
    assert len(flagged & members) >= 18
    assert len(flagged - members) <= 2
    assert set(found[0].products) & {product for ring in planted for product in ring.products}


def test_ordinary_shoppers_make_no_ring(ordinary):
    assert find_rings(ordinary) == []


def test_connections_join_those_who_meet(ordinary):
    log, planted = plant_rings(ordinary, rings=1, size=6, camouflage=0.0, seed=0)
    ids = [*planted[0].users, "u0", "nobody"]
    edges = connections(log, ids)
    assert (
        len({tuple(sorted(edge)) for edge in edges.tolist()} & {(a, b) for b in range(6) for a in range(b)})
        >= 12
    )


def test_an_empty_log_has_no_ring():
    assert find_rings(Events(ordinary_schema())) == []
    assert find_rings(shopping(2, 5, events_each=3, seed=0).events) == []
    assert rings_table([]).columns == list(RINGS)


def ordinary_schema():
    import polars as pl

    return pl.DataFrame(schema=EVENTS_SCHEMA)


def test_senseless_options_are_refused(ordinary):
    with pytest.raises(OptionError, match="within 0 days"):
        find_rings(ordinary, days=0)
