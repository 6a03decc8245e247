"""Damaged, soiled and otherwise strange photos among many, by what good ones look like."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from shelfspace.errors import FeedError, OptionError
from shelfspace.progress import progress
from shelfspace.tasks.anomalies.heat_map import place_of, save_heat_map
from shelfspace.tasks.anomalies.inspector import FEWEST, Finding, Inspector, learn_good
from shelfspace.tasks.anomalies.presets import SIZE, STEPS
from shelfspace.tasks.anomalies.whole_photos import photo_files, read_whole

SCHEMA: dict[str, pl.DataType] = {
    "photo": pl.String(),
    "verdict": pl.String(),
    "p_value": pl.Float64(),
    "score": pl.Float64(),
    "x": pl.Float64(),
    "y": pl.Float64(),
    "why": pl.String(),
    "heat_map": pl.String(),
}
_DOWN = ("top", "middle", "bottom")
_ACROSS = ("left", "centre", "right")


def inspector_of(folder: str | Path, *, preset: str = "balanced", seed: int = 0) -> Inspector:
    """An `Inspector` that knows the photos in `folder` as good ones; those that cannot be read are left out.

    Raises `FeedError` where there is no such folder or fewer than 8 photos can be read.
    """
    photos, reasons = read_whole(photo_files(folder), SIZE)
    good = [photo for photo in photos if photo is not None]
    if len(good) < FEWEST:
        refused = f", and {len(reasons)} that cannot be read" if reasons else ""
        raise FeedError(
            f"{folder} holds {len(good)} photos{refused}.",
            f"To know good photos takes {FEWEST} at least, better 100.",
            "Put more into the folder.",
        )
    return learn_good(good, steps=STEPS[preset], seed=seed)


def inspect_photos(
    paths: Sequence[Path],
    inspector: Inspector,
    *,
    false_alarms: float = 0.01,
    heat_maps: Path | None = None,
) -> pl.DataFrame:
    """A row for each photo: what it is ("damaged", "good" or "unreadable"), how surely, where, and why.

    `photo`, `verdict`, `p_value` (how likely a good photo looks so strange; "damaged" where it is
    `false_alarms` at most), `score`, `x` and `y` (where the strangest place is, from the left and the top in
    0…1), `why`, and `heat_map`, the PNG written for a damaged photo where a folder `heat_maps` is named. The
    damaged come first, strangest first, then the unreadable, then the good.

    Raises `OptionError` for a share of false alarms outside (0, 1). No path: no row.
    """
    if not 0 < false_alarms < 1:
        raise OptionError(
            f"A share of false alarms of {false_alarms:g} was asked for.",
            "It lies above 0 and below 1.",
            "0.01 flags about one good photo in a hundred.",
        )
    rows = []
    with progress("Inspecting photos", len(paths)) as advance:
        for number, path in enumerate(paths):
            photos, reasons = read_whole([path], SIZE)
            photo = photos[0]
            if photo is None:
                rows.append(_row(path, "unreadable", reasons[0]))
            else:
                finding = inspector.inspect(photo)
                damaged = finding.p_value <= false_alarms
                kept = None
                if damaged and heat_maps is not None:
                    kept = heat_maps / f"{number:05d}-{path.stem}.png"
                    save_heat_map(kept, photo, finding.heat)
                rows.append(_found(path, finding, damaged, kept))
            advance()
    order = pl.col("verdict").replace_strict({"damaged": 0, "unreadable": 1, "good": 2}, return_dtype=pl.Int8)
    table = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return table.sort(order, pl.col("score"), descending=[False, True], nulls_last=True, maintain_order=True)


def _found(path: Path, finding: Finding, damaged: bool, kept: Path | None) -> tuple[object, ...]:
    x, y = place_of(finding.heat)
    place = f"{_DOWN[min(2, int(3 * y))]} {_ACROSS[min(2, int(3 * x))]}"
    strange = f"{_share(finding.p_value)} of good photos look as strange"
    why = f"strangest at the {place}; {strange}" if damaged else strange
    verdict = "damaged" if damaged else "good"
    return (
        str(path),
        verdict,
        finding.p_value,
        finding.score,
        x,
        y,
        why,
        None if kept is None else str(kept),
    )


def _row(path: Path, verdict: str, why: str) -> tuple[object, ...]:
    return (str(path), verdict, None, None, None, None, why, None)


def _share(p_value: float) -> str:
    return "fewer than 0.1 %" if p_value < 0.001 else f"{100 * p_value:.2g} %"
