"""The photos of a catalogue's products: where their links lead on this computer."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.images.decode import Frame
from shelfspace.data.images.photos import Photos
from shelfspace.data.images.read_photos import Source, read_photos
from shelfspace.data.schema import REJECTS_SCHEMA
from shelfspace.errors import OptionError

NOT_FETCHED = "It lies on a server and is not fetched: put a copy under its file name into the folder."
LEADS_OUT = "The link leads out of the folder of photos."


def product_photos(
    catalog: Catalog, folder: str | Path, *, size: int = 96, frame: Frame = "pad", cache: Path | None = None
) -> Photos:
    """The photos of the products, one row each, found by `image_link` in `folder`.

    A relative link is looked for below `folder` and must stay there; an absolute path is taken as it is.
    Nothing is fetched from a server: of a web address the path, or else the file name where only this product
    has it, is looked for below `folder`. `rejects` names by row each link that leads to no photo, and each
    photo that cannot be read; a product without a link is none. `cache` is that of `read_photos`.

    Raises `OptionError` where `folder` is no folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise OptionError(
            f"The folder of photos {folder} {'is a file' if folder.exists() else 'is not there'}.",
            "The links of the products are looked for in it.",
            "Give the folder that holds them.",
        )
    links = [(link or "").strip() for link in catalog.table["image_link"]]
    usual = Counter(_file_name(link) for link in links if _is_remote(link))
    sources: list[Source] = []
    refused: list[tuple[int, str, str]] = []
    for row, link in enumerate(links):
        source, reason = _source(link, folder, usual)
        sources.append(source)
        if reason:
            refused.append((row, link, reason))
    photos = read_photos(sources, size=size, frame=frame, cache=cache)
    found = pl.DataFrame(refused, schema=photos.rejects.schema, orient="row")
    return replace(photos, rejects=pl.concat([photos.rejects, found]).sort("row"))


def photo_rejects(catalog: Catalog, photos: Photos) -> pl.DataFrame:
    """What became of the photos that are missing, as a catalogue's own rejects tell it."""
    rows = photos.rejects["row"].to_numpy()
    table = catalog.table[rows].select(pl.col("shop").alias("source"), pl.col("image_link").alias("value"))
    return table.select(
        "source",
        pl.Series("row", rows, pl.Int64),
        pl.lit("image_link").alias("attribute"),
        "value",
        photos.rejects["reason"].cast(pl.String),
        pl.lit("photo left out").alias("action"),
    ).cast(REJECTS_SCHEMA)  # type: ignore[arg-type]


def _source(link: str, folder: Path, usual: Counter[str]) -> tuple[Path | None, str]:
    """The file that a link leads to, or why there is none; neither for a product without a link."""
    if not link:
        return None, ""
    if _is_remote(link):
        return _copy_of(link, folder, usual)
    path = Path(link.removeprefix("file://"))
    if path.is_absolute():
        return path, ""
    if not _stays_inside(path, folder):
        return None, LEADS_OUT
    return folder / path, ""


def _copy_of(link: str, folder: Path, usual: Counter[str]) -> tuple[Path | None, str]:
    """A local copy of what a web address names."""
    path = PurePosixPath(unquote(urlsplit(link).path).lstrip("/"))
    names = [path, *([PurePosixPath(path.name)] if usual[_file_name(link)] == 1 else [])]
    for name in names:
        if name.name and _stays_inside(Path(name), folder) and (folder / name).is_file():
            return folder / name, ""
    return None, NOT_FETCHED


def _is_remote(link: str) -> bool:
    return link.startswith("//") or ("://" in link and not link.startswith("file://"))


def _file_name(link: str) -> str:
    return PurePosixPath(unquote(urlsplit(link).path)).name


def _stays_inside(path: Path, folder: Path) -> bool:
    try:
        return (folder / path).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):
        return False
