"""The space: products, their vectors, the encoder that made them, and what was learned along the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
import polars as pl

import shelfspace
from shelfspace.data.catalog import Catalog
from shelfspace.data.events import EVENTS_SCHEMA, Events
from shelfspace.data.neighbours import Neighbours
from shelfspace.data.pairs import PAIRS_SCHEMA, Pairs
from shelfspace.encoders.encoder import Encoder
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.product import ProductEncoder
from shelfspace.errors import OptionError, SpaceError
from shelfspace.space.filter import rows_where
from shelfspace.space.hashes import hash_of_file, hash_of_folder, hash_of_table
from shelfspace.space.index import Index
from shelfspace.space.manifest import Figure, Manifest
from shelfspace.space.questions import Questions
from shelfspace.space.references import References
from shelfspace.space.store import Store
from shelfspace.space.versions import write_version

Vectors = npt.NDArray[np.float32]
Part = TypeVar("Part")

_ARTIFACT_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_UNIT_TOLERANCE = 1e-3
PAIRS_NAME = "pairs.parquet"
EVENTS_NAME = "events.parquet"


def _no_pairs() -> Pairs:
    return Pairs(pl.DataFrame(schema=PAIRS_SCHEMA))


def _no_events() -> Events:
    return Events(pl.DataFrame(schema=EVENTS_SCHEMA))


@dataclass(eq=False)
class Space(Questions):
    """A catalogue embedded by an encoder: what `fit` returns and what lies on disk.

    `vectors` float32 `[n, dim]` are unit or zero, one for each row of `catalog`; `pairs` is the evidence it
    was fitted on; `figures` what was measured; `artifacts` named blobs that tasks keep with it; `events` what
    its users did, to which `observe` adds.

    Raises `SpaceError` where the vectors do not fit the catalogue or the encoder, `OptionError` for an
    artifact's name that is not made of a-z, 0-9, dot, dash and underscore.
    """

    catalog: Catalog
    encoder: Encoder
    vectors: Vectors
    pairs: Pairs = field(default_factory=_no_pairs)
    figures: dict[str, Figure] = field(default_factory=dict)
    seed: int = 0
    artifacts: dict[str, bytes] = field(default_factory=dict)
    events: Events = field(default_factory=_no_events)
    _parts: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    _lock: Any = field(default_factory=RLock, init=False, repr=False)

    def __post_init__(self) -> None:
        needed = (len(self.catalog), self.encoder.dim)
        if self.vectors.shape != needed or self.vectors.dtype != np.float32:
            raise SpaceError(
                f"The vectors are {self.vectors.dtype} of the shape {self.vectors.shape}.",
                f"{needed[0]} products and this encoder make float32 vectors of the shape {needed}.",
                "Embed this catalogue with this encoder.",
            )
        _check_lengths(self.vectors)
        _check_names(self.artifacts)

    def __len__(self) -> int:
        return len(self.catalog)

    @property
    def dim(self) -> int:
        """The length of a vector."""
        return self.encoder.dim

    @property
    def index(self) -> Index:
        """The index over `vectors`, built when it is first needed unless it was loaded."""
        return self.part("index", lambda: Index.build(self.vectors, seed=self.seed))

    def part(self, name: str, make: Callable[[], Part]) -> Part:
        """What `make` returned when `name` was first asked for: the one place where derived things are kept.

        A task keeps here what it computes once for each space, a lexical index for one. It is not saved.
        """
        if name in self._parts:  # what is there is told even while another part is being built
            return cast("Part", self._parts[name])
        with self._lock:  # two threads that ask at once wait for one build
            if name not in self._parts:
                self._parts[name] = make()
            return cast("Part", self._parts[name])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors float32 `[n, dim]` of bare texts such as queries; zero for a text without content."""
        return self.encoder.encode(Listings.of_texts(texts))

    @property
    def text_vectors(self) -> Vectors:
        """What the words alone say, unit rows `[n, d]` or zero; without photos that is all there is."""
        encoder = self.encoder
        if not isinstance(encoder, ProductEncoder):
            return self.vectors
        return self.part("text vectors", lambda: encoder.part(self.vectors, "text"))

    @property
    def photo_vectors(self) -> Vectors | None:
        """What the products' photos alone say, unit rows `[n, d]` or zero; None in a space without photos."""
        encoder = self.encoder
        if not isinstance(encoder, ProductEncoder):
            return None
        return self.part("photo vectors", lambda: encoder.part(self.vectors, "photo"))

    def embed_photos(self, sources: Sequence[str | Path | bytes | None]) -> Vectors:
        """Unit vectors float32 `[n, dim]` of bare photos, given as paths or as the bytes of files.

        They lie among those of texts and of products. Zero where there is none or it cannot be read. Raises
        `OptionError` for a space that was fitted without photos.
        """
        if not isinstance(self.encoder, ProductEncoder):
            raise OptionError(
                f"A photo was shown to a space whose encoder, {self.encoder.kind}, reads texts only.",
                "A space learns photos when it is fitted.",
                "Fit it again with --images and the folder of the photos.",
            )
        return self.encoder.encode(Listings.of_photos(self.encoder.read(sources)))

    def neighbours(
        self,
        vectors: Vectors,
        k: int,
        *,
        rows: npt.NDArray[np.int64] | None = None,
        exclude: npt.NDArray[np.int64] | None = None,
    ) -> Neighbours:
        """The k nearest products of each vector; see `Index.search`."""
        return self.index.search(vectors, k, rows=rows, exclude=exclude)

    def rows_where(self, where: str) -> npt.NDArray[np.int64]:
        """The rows, ascending, for which an SQL filter such as "price < 50 and brand = 'bose'" is true.

        Raises `OptionError` for whatever is no filter over the catalogue's columns.
        """
        return rows_where(self.catalog.table, where)

    def row(self, reference: str) -> int:
        """The row of the product named "shop/id", or by an id that one shop only uses.

        Raises `CatalogError` with ids that look alike, or with the shops among which to choose.
        """
        return self.part("references", lambda: References.of_catalog(self.catalog)).row(reference)

    def save(self, root: str | Path) -> str:
        """The name of the new version of the space folder `root`, which is now the current one.

        The version is written whole or not at all. Raises `SpaceError` where `root` is something else than a
        space, an empty folder or a new path, or where another process is writing to it.
        """
        _check_names(self.artifacts)
        return write_version(Path(root), self._write)

    def _write(self, folder: Path) -> Manifest:
        for name in ("encoder", "store", "artifacts"):
            (folder / name).mkdir()
        self.encoder.save(folder / "encoder")
        Store(folder / "store").write(self.catalog, self.vectors)
        self.pairs.table.write_parquet(folder / PAIRS_NAME)
        if len(self.events):
            self.events.table.write_parquet(folder / EVENTS_NAME)
        self.index.save(folder / "index.safetensors")
        for name, blob in self.artifacts.items():
            (folder / "artifacts" / name).write_bytes(blob)
        return Manifest(
            encoder_kind=self.encoder.kind,
            encoder_hash=hash_of_folder(folder / "encoder"),
            preprocessing_hash=preprocessing_hash(self.encoder, folder / "encoder"),
            dim=self.dim,
            data_hash=hash_of_table(self.catalog.table),
            seed=self.seed,
            n_products=len(self.catalog),
            shops=self.catalog.shops,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            shelfspace_version=shelfspace.__version__,
            figures={name: _plain(figure) for name, figure in self.figures.items()},
        )


def preprocessing_hash(encoder: Encoder, folder: Path) -> str:
    """What the encoder says of how it reads texts, or else the hash of its settings in `folder`."""
    offered = getattr(encoder, "preprocessing_hash", None)
    return str(offered) if offered is not None else hash_of_file(folder / "encoder.json")


def _plain(figure: Figure) -> Figure:
    """A figure as JSON can hold it: NaN and infinity, which JSON lacks, as words."""
    return str(figure) if isinstance(figure, float) and not np.isfinite(figure) else figure


def _check_lengths(vectors: Vectors) -> None:
    squares = np.einsum("nd,nd->n", vectors, vectors)
    wrong = np.flatnonzero(~((np.abs(squares - 1) <= 2 * _UNIT_TOLERANCE) | (squares == 0)))
    if len(wrong):
        raise SpaceError(
            f"{len(wrong)} vectors have another length than one, that of row {wrong[0]} "
            f"{float(np.sqrt(squares[wrong[0]])):.4g}.",
            "The vectors of a space are unit or zero.",
            "Divide each by its length.",
        )


def _check_names(artifacts: dict[str, bytes]) -> None:
    for name in artifacts:
        if not _ARTIFACT_NAME.fullmatch(name):
            raise OptionError(
                f"An artifact is called {name!r}.",
                "A name is made of a-z, 0-9, dot, dash and underscore and starts with a letter or digit.",
                "Choose another name.",
            )
