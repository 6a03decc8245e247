"""A planted shelf: things of colours for somebody, whose titles say the colour in words of their own."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.bags import fit_vocabulary
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.space.space import Space
from shelfspace.tasks.search.judged import Judged

KINDS = ["lamp", "kettle", "chair", "helmet"]
#: What shoppers say, and what titles say instead.
COLOURS = {
    "red": "crimson",
    "blue": "azure",
    "green": "emerald",
    "black": "ebony",
    "white": "ivory",
    "yellow": "canary",
}


def space_of(table):
    """A space of the untrained encoder."""
    catalog = Catalog.from_table(table)
    listings = Listings.of_catalog(catalog)
    encoder = StaticTextEncoder.closed_form(fit_vocabulary(listings), dim=256)
    return Space(catalog, encoder, encoder.encode(listings))


@pytest.fixture(scope="module")
def make_space():
    return space_of


@pytest.fixture(scope="module")
def shelf():
    """Table of 1,000 products with `kind` and `colour`, whose titles never name that colour."""
    rng = np.random.default_rng(0)
    rows = []
    for number in range(1000):
        kind, colour = str(rng.choice(KINDS)), str(rng.choice(list(COLOURS)))
        title = f"{rng.choice(['Acme', 'Bolt', 'Corvo'])} {COLOURS[colour]} {kind} series {number}"
        rows.append({"shop": "s", "id": f"p{number}", "title": title, "kind": kind, "colour": colour})
    return pl.DataFrame(rows)


@pytest.fixture(scope="module")
def shelf_space(shelf):
    return space_of(shelf.drop("kind", "colour"))


def judged_of(shelf, rows, texts):
    """Queries "colour kind" and the products among `rows` that fit them."""
    rows = np.asarray(rows)
    kinds, colours = (np.array(shelf[name].to_list())[rows] for name in ("kind", "colour"))
    relevant = []
    for text in texts:
        colour, kind = text.split()
        relevant.append(rows[(kinds == kind) & (colours == colour)])
    return Judged.of(texts, relevant, rows=rows)


@pytest.fixture(scope="module")
def lessons(shelf):
    """Training and validation queries of different words together, over different products."""
    every = [f"{colour} {kind}" for colour in COLOURS for kind in KINDS]
    train = [text for number, text in enumerate(every) if number % 5]
    valid = [text for number, text in enumerate(every) if not number % 5]
    return judged_of(shelf, np.arange(600), train), judged_of(shelf, np.arange(600, 1000), valid)
