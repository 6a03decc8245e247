from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

pytest.importorskip("fastapi")
from fastapi.testclient import TestClient

from shelfspace.data.catalog import Catalog
from shelfspace.data.events import Events
from shelfspace.data.synthetic.shopping import shopping
from shelfspace.encoders import bags, static
from shelfspace.service.app import make_app
from shelfspace.service.desk import desk_of
from shelfspace.service.serving import Serving
from shelfspace.space import Space
from shelfspace.tasks.fit import fit

ODD = pl.DataFrame(
    {
        "shop": ["odd", "odd", "odd", "odd"],
        "id": ["a/b", "..", "é %2F?#", "empty"],
        "title": ["Slashed teapot", "Dotted kettle", "Accented cup", None],
        "brand": ["Zorn", "Zorn", None, None],
        "price": [10.0, 11.0, None, None],
    }
)


@contextmanager
def small() -> Iterator[None]:
    """Few shared vectors, so that a version takes a hundredth of its bytes to write, copy, hash and open."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (bags, static):
            patch.setattr(module, "N_SHARED_VECTORS", 256)
        yield


@pytest.fixture(scope="module", autouse=True)
def small_encoders() -> Iterator[None]:
    """All tests of this folder, and none of another, work with what is small."""
    with small():
        yield


def products() -> tuple[Catalog, Events]:
    """A shop of 40 products with a log, and a second shop whose ids are hard to put into an address."""
    made = shopping(20, 40, events_each=10, seed=3)
    table = pl.concat([made.catalog.table, ODD], how="diagonal_relaxed")
    return Catalog.from_table(table), made.events


@pytest.fixture(scope="session")
@small()
def small_space() -> Space:
    catalog, events = products()
    return fit(catalog, events=events, preset="fast")


@pytest.fixture(scope="session")
@small()
def saved(small_space: Space, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A space folder of two versions, the second one without the shop of odd ids."""
    root = tmp_path_factory.mktemp("served") / "shelf"
    small_space.save(root)
    kept = (small_space.catalog.table["shop"] != "odd").arg_true().to_numpy()
    # What was learned of the rows of the whole catalogue does not fit a part of it, so it stays behind.
    Space(small_space.catalog.take(kept), small_space.encoder, small_space.vectors[kept]).save(root)
    return root


@pytest.fixture
def root(saved: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage, where the first version is the current one."""
    copy = tmp_path / "shelf"
    shutil.copytree(saved, copy)
    (copy / "CURRENT").write_text("000001\n")
    return copy


@pytest.fixture
def lines() -> list[str]:
    """What the service wrote to its log."""
    return []


@pytest.fixture
def serve(root: Path, lines: list[str]) -> Iterator[Callable[..., TestClient]]:
    """What starts a service in this process, with the arguments of `desk_of`."""
    started: list[TestClient] = []

    def start(**options: Any) -> TestClient:
        desk = desk_of(Serving(root), write=lines.append, **options)
        client = TestClient(make_app(desk, look_seconds=0.05), raise_server_exceptions=False)
        client.__enter__()
        started.append(client)
        return client

    yield start
    for client in started:
        client.__exit__(None, None, None)


@pytest.fixture
def client(serve: Callable[..., TestClient]) -> TestClient:
    return serve()
