"""One embedding space for everything on the shelf.

>>> import shelfspace
>>> space = shelfspace.fit(["left.csv", "right.jsonl"])  # doctest: +SKIP
>>> space.match("left", "right")  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os

    from shelfspace.data import Catalog, Events, Neighbours, Pairs, read_catalog, read_events, read_pairs
    from shelfspace.data.query_log import QueryLog
    from shelfspace.data.readers.read_catalog import Source
    from shelfspace.data.table_schema import TableSchema
    from shelfspace.errors import ShelfspaceError
    from shelfspace.space import Space, load
    from shelfspace.tasks.match.study import Preset

__version__ = "0.1.0"

__all__ = [
    "Catalog",
    "Events",
    "Neighbours",
    "Pairs",
    "ShelfspaceError",
    "Space",
    "__version__",
    "fit",
    "load",
    "read_catalog",
    "read_events",
    "read_pairs",
]

#: Where each public name lives. It is imported when first asked for, so that `import shelfspace` is instant.
_HOMES = {
    "Catalog": "shelfspace.data",
    "Events": "shelfspace.data",
    "Neighbours": "shelfspace.data",
    "Pairs": "shelfspace.data",
    "ShelfspaceError": "shelfspace.errors",
    "Space": "shelfspace.space",
    "load": "shelfspace.space",
    "read_catalog": "shelfspace.data",
    "read_events": "shelfspace.data",
    "read_pairs": "shelfspace.data",
}


def fit(
    source: Catalog | Source,
    *,
    pairs: Pairs | str | os.PathLike[str] | None = None,
    preset: Preset = "balanced",
    encoder: str = "static",
    seed: int = 0,
    recall: float | None = None,
    init: Space | str | os.PathLike[str] | None = None,
    images: str | os.PathLike[str] | None = None,
    events: Events | Any = None,
    queries: QueryLog | Any = None,
    reranker: str | None = None,
    schema: str | os.PathLike[str] | None = None,
    tune: int = 0,
    ensemble: int = 1,
) -> Space:
    """The space learned from a catalogue, or from feeds as `read_catalog` takes them; see `tasks.fit.fit`.

    `pairs` are labelled pairs, or the path of a file of them; `init` is a space of other feeds to start from,
    or its folder; `images` is the folder of the products' photos; `events` is a log, read or as `read_events`
    takes it, `queries` one of what was searched for, read or as `read_queries` takes it, from which the text
    model `reranker` learns too; `tune` recipes of learning are tried and `ensemble` encoders averaged. With a
    `schema`, a JSON file or "auto", the source are tables of anything, see `read_tables`. `Space.save` keeps
    what was learned.

    Raises whatever `read_catalog`, `read_tables`, `read_pairs`, `read_events`, `read_queries` and
    `tasks.fit.fit` raise.
    """
    import os

    from shelfspace.data import Events, Pairs, QueryLog, read_events, read_pairs
    from shelfspace.data import read_queries as read_log
    from shelfspace.space import Space, load
    from shelfspace.tasks.fit import fit as fit_catalog

    catalog, kinds = _read(source, schema)
    if pairs is not None and not isinstance(pairs, Pairs):
        pairs = read_pairs(pairs, catalog)
    if init is not None and not isinstance(init, Space):
        init = load(os.fspath(init))
    if events is not None and not isinstance(events, Events):
        events = read_events(events)
    if queries is not None and not isinstance(queries, QueryLog):
        queries = read_log(queries)
    return fit_catalog(
        catalog,
        pairs=pairs,
        preset=preset,
        encoder=encoder,
        seed=seed,
        recall=recall,
        init=init,
        images=None if images is None else os.fspath(images),
        events=events,
        queries=queries,
        reranker=reranker,
        schema=kinds,
        tune=tune,
        ensemble=ensemble,
    )


def _read(
    source: Catalog | Source, schema: str | os.PathLike[str] | None
) -> tuple[Catalog, TableSchema | None]:
    import os

    from shelfspace.data import Catalog, read_catalog
    from shelfspace.data.readers.read_tables import read_tables
    from shelfspace.errors import OptionError

    if schema is None:
        return source if isinstance(source, Catalog) else read_catalog(source), None
    paths = [source] if isinstance(source, (str, os.PathLike)) else source
    if not isinstance(paths, Sequence) or not all(isinstance(path, (str, os.PathLike)) for path in paths):
        raise OptionError(
            f"A schema came with a source of the type {type(source).__name__}.",
            "It says what the columns of table files are.",
            "Give the path of the table, or leave the schema out.",
        )
    read = read_tables([os.fspath(path) for path in paths], os.fspath(schema))
    return read.catalog, read.schema


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'shelfspace' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value  # asked for once
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
