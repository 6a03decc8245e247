import numpy as np
import polars as pl
import pytest

from shelfspace.errors import FeedError
from shelfspace.evaluation.search_folders import read_search_folder


@pytest.fixture(scope="module")
def offers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("offers")
    rows = [
        {"title": f"acme kettle kx-{c} {v} edition", "vendor": f"v{v}", "cluster": c}
        for c in range(120)
        for v in range(3)
    ]
    pl.DataFrame(rows).write_csv(folder / "offers.csv")
    return folder


@pytest.fixture(scope="module")
def products(tmp_path_factory):
    folder = tmp_path_factory.mktemp("products")
    rng = np.random.default_rng(0)
    rows = []
    for number in range(2400):
        kind, colour = (
            str(rng.choice(["lamp", "chair", "desk"])),
            str(rng.choice(["red", "blue", "green", "black"])),
        )
        usage = str(rng.choice(["home", "office", "garden", "outdoor", "kids", "hotel"]))
        title = f"{colour} {kind} model {number} {usage if number % 3 else ''}"
        parent = {"lamp": "light"}.get(kind, "furniture")
        rows.append(
            {"id": number, "name": title, "articleType": kind, "colour": colour, "usage": usage}
            | {"parent": parent, "season": str(rng.choice(["x", "y"]))}
        )
    pl.DataFrame(rows).write_csv(folder / "items.csv")
    return folder


def test_offers_are_asked_by_title_across_vendors(offers):
    found = read_search_folder(offers, seed=1)
    assert found.kind == "offers"
    shops = found.catalog.table["shop"].to_list()
    clusters = []
    for part in (found.train, found.valid, found.test):
        for query, own in enumerate(part.own.tolist()):
            items = part.items[part.starts[query] : part.starts[query + 1]]
            assert own not in items
            assert all(shops[item] != shops[own] for item in items)
            titles = {found.catalog.table["title"][int(row)].split()[2] for row in [own, *items]}
            assert len(titles) == 1
            clusters += titles
    assert len(clusters) == len(set(clusters)), "a cluster stands in one part only"
    assert read_search_folder(offers, seed=1).test.texts == found.test.texts


def test_products_are_asked_by_attributes_that_the_search_does_not_see(products):
    found = read_search_folder(products)
    assert found.kind == "attributes"
    assert {"usage", "parent"}.isdisjoint(found.catalog.table.columns)
    assert found.catalog.table["color"].null_count() == len(found.catalog)
    assert "season" in found.catalog.table.columns  # no title says it: not asked for
    parts = (found.train, found.valid, found.test)
    texts = [text for part in parts for text in part.texts]
    assert len(texts) == len(set(texts)), "a query stands in one part only"
    assert all(text.split()[-1] in ("lamp", "chair", "desk") for text in texts)
    assert not set(found.train.rows) & set(found.test.rows)
    assert all(np.isin(part.items, part.rows).all() for part in parts)


def test_what_is_no_benchmark_is_refused(tmp_path):
    with pytest.raises(FeedError, match="no table"):
        read_search_folder(tmp_path)
    pl.DataFrame({"id": [1, 2], "title": ["a", "b"]}).write_csv(tmp_path / "products.csv")
    with pytest.raises(FeedError, match="attribute"):
        read_search_folder(tmp_path)
