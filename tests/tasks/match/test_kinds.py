from __future__ import annotations

import pytest

from shelfspace.tasks.match.kinds import kind_of

KINDS = {
    "known matches",
    "named details",
    "standing among rivals",
    "GTIN",
    "model codes",
    "numbers and measures",
    "price",
    "brand",
    "category",
    "color and size",
    "learned nearness",
    "wording",
}


def test_every_column_of_a_desk_has_a_kind_and_every_kind_a_column(planted, desk):
    columns = desk.columns(planted.truth, "known", planted.truth)
    assert {kind_of(name) for name in columns} == KINDS


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("left known match likeness", "known matches"),
        ("codes margin left", "standing among rivals"),
        ("learned meaning rank right", "standing among rivals"),
        ("gtin", "GTIN"),
        ("rarest code shared", "model codes"),
        ("mpn", "model codes"),
        ("left numbers missing", "numbers and measures"),
        ("measures differing", "numbers and measures"),
        ("price ratio", "price"),
        ("brand", "brand"),
        ("category", "category"),
        ("color", "color and size"),
        ("size", "color and size"),
        ("learned wording", "learned nearness"),
        ("left words found anywhere", "wording"),
        ("name partial ratio", "wording"),
        ("letters anywhere", "wording"),
    ],
)
def test_a_column_belongs_to_its_kind(column, kind):
    assert kind_of(column) == kind
