"""The map: one HTML page on which every product is a point, to be moved, searched and coloured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfspace.errors import OptionError
from shelfspace.report.markup import Html, Look, data_element, element, page, write_page
from shelfspace.report.packed import Packed, packed_bytes, packed_lines, packed_numbers

#: As many groups as a colouring can have.
MOST_GROUPS = 64
_LOOK = Look(
    ("colours.css", "map.css"),
    ("map_data.js", "map_draw.js", "map_camera.js", "map_card.js", "map_names.js", "map_page.js"),
    images=True,
)
_KEYS = (
    "Drag or use arrows to move, wheel or + and − to zoom, 0 for all, / to search, n and p from hit to hit"
)


@dataclass(frozen=True)
class MapField:
    """What is known of each product under one name, and the colours that it gives.

    `codes` `[n]` are places in `values`; `group_of` has the group of each value, a place in `groups`, of
    which there are `MOST_GROUPS` at most. `quiet` groups ("other") are grey, and the others' names are
    written over the points where `named`.
    """

    name: str
    values: Sequence[str]
    codes: npt.NDArray[np.integer]
    groups: Sequence[str]
    group_of: npt.NDArray[np.integer]
    quiet: Sequence[bool]
    named: bool = False

    def to_json(self) -> dict[str, object]:
        """The field as the page reads it."""
        return {
            "name": self.name,
            "values": packed_lines(self.values),
            "codes": packed_numbers(self.codes),
            "groups": list(self.groups),
            "group_of": packed_numbers(self.group_of),
            "quiet": list(self.quiet),
            "named": self.named,
        }


@dataclass(frozen=True)
class CatalogMap:
    """n products on a square: `places` `[n, 2]` in 0…1, texts `[n]`, fields, perhaps photos (JPEG) `[n]`."""

    title: str
    places: npt.NDArray[np.floating]
    titles: Sequence[str | None]
    ids: Sequence[str]
    prices: Sequence[str | None]
    fields: Sequence[MapField]
    thumbnails: Sequence[bytes] | None = None

    def __post_init__(self) -> None:
        n = len(self.ids)
        lengths = {len(self.titles), len(self.prices), len(self.places), *(len(f.codes) for f in self.fields)}
        if (
            lengths != {n}
            or not n
            or not self.fields
            or any(len(f.groups) > MOST_GROUPS for f in self.fields)
        ):
            raise OptionError(
                f"A map of {n} products with columns of the lengths {sorted(lengths)} and "
                f"{len(self.fields)} fields was to be drawn.",
                f"It needs a product at least, columns of one length, and a field of {MOST_GROUPS} groups "
                "at most.",
                "Pass what is known of every product.",
            )


def write_map(path: str | Path, drawn: CatalogMap, colour: str | None = None) -> Path:
    """The path of the page just written: the map, coloured by the field `colour` at first, else by the first.

    The page holds all it needs and asks nothing of any server; every text in it stays text. Raises
    `OptionError` for a colour that is no field.
    """
    names = [field.name for field in drawn.fields]
    if colour is not None and colour not in names:
        raise OptionError(
            f"The map was to be coloured by {colour}.",
            f"It can be coloured by {', '.join(names)}.",
            "Choose one of these.",
        )
    data = {
        "n": len(drawn.ids),
        "first": names.index(colour) if colour else 0,
        "places": packed_numbers(np.round(np.clip(drawn.places, 0, 1) * 65535).astype(np.int64).ravel()),
        "titles": packed_lines(drawn.titles),
        "ids": packed_lines(drawn.ids),
        "prices": packed_lines(drawn.prices),
        "fields": [field.to_json() for field in drawn.fields],
        "thumbnails": None if drawn.thumbnails is None else _packed_photos(drawn.thumbnails),
    }
    return write_page(path, page(drawn.title, *_body(drawn), data_element("map-data", data), look=_LOOK))


def _packed_photos(photos: Sequence[bytes]) -> dict[str, Packed]:
    """The photos end to end, and where each starts; one more start is the end."""
    starts = np.cumsum([0, *(len(photo) for photo in photos)])
    return {"bytes": packed_bytes(b"".join(photos)), "starts": packed_numbers(starts)}


def _body(drawn: CatalogMap) -> list[Html]:
    n = len(drawn.ids)
    canvas = element(
        "canvas",
        id="points",
        tabindex=0,
        role="application",
        aria_label=f"Map of {n:,} products; products that lie near each other are alike. {_KEYS}.",
        aria_describedby="told",
    )
    panel = element(
        "section",
        element(
            "div",
            element("p", "Map of the catalogue", class_="eyebrow"),
            element("h1", drawn.title, dir="auto"),
        ),
        element(
            "div",
            element("label", "Search titles and ids", for_="query"),
            element("input", id="query", type="search", autocomplete="off", spellcheck="false", dir="auto"),
            element("output", f"{n:,} products", id="count", aria_live="polite"),
        ),
        element("ol", id="hits", aria_label="Products found"),
        element("div", element("label", "Colour", for_="colour"), element("select", id="colour")),
        element("ul", id="legend", aria_label="Groups; choose some to see them alone"),
        id="panel",
        aria_label="Search and colours",
    )
    buttons = [("nearer", "+", "Zoom in"), ("farther", "−", "Zoom out"), ("whole", "⤢", "Show all")]
    zoom = element(
        "div",
        *(element("button", sign, id=name, type="button", aria_label=told) for name, sign, told in buttons),
        id="zoom",
        role="group",
        aria_label="Zoom",
    )
    return [
        canvas,
        element("canvas", id="names", aria_hidden="true"),
        element("p", _KEYS, id="help"),
        panel,
        zoom,
        element("div", id="card", hidden=True),
        element("div", id="told", class_="visually-hidden", aria_live="polite"),
    ]
