import pytest

from shelfspace.data.synthetic.rings import plant_rings
from shelfspace.data.synthetic.shopping import shopping
from shelfspace.errors import OptionError


@pytest.fixture(scope="module")
def events():
    return shopping(30, 40, seed=0).events


def test_rings_push_their_products_in_few_days(events):
    log, planted = plant_rings(events, rings=2, size=5, targets=4, days=2, camouflage=0.0)
    assert len(log) == len(events) + 2 * 5 * 4
    for ring in planted:
        mine = log.table.filter(log.table["user_id"].is_in(ring.users))
        assert set(mine["id"]) == set(ring.products)
        assert (mine["timestamp"].max() - mine["timestamp"].min()).total_seconds() <= 2 * 86_400


def test_camouflage_adds_ordinary_events_and_leaves_out_targets(events):
    log, planted = plant_rings(events, rings=1, size=20, targets=6, camouflage=0.5, seed=1)
    mine = log.table.filter(log.table["user_id"].is_in(planted[0].users))
    on_target = mine["id"].is_in(planted[0].products).sum()
    assert 70 <= on_target <= 120
    assert len(mine) - on_target > 40
    assert log.table["timestamp"].is_sorted()


def test_what_makes_no_sense_is_refused(events):
    with pytest.raises(OptionError, match="camouflage 1"):
        plant_rings(events, camouflage=1)
