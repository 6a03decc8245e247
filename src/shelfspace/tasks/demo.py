"""The demo: two made-up shops with planted truth, fitted, matched and held against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from shelfspace.data import Catalog, read_catalog
from shelfspace.data.synthetic import two_shops
from shelfspace.report import match_report
from shelfspace.space import Space
from shelfspace.tasks.fit import fit
from shelfspace.tasks.listed_pairs import listed_pairs
from shelfspace.tasks.match.study import Preset
from shelfspace.tasks.planted import (
    GTIN,
    KEY,
    TFIDF,
    Figures,
    Wording,
    best_cut,
    calibration_error,
    equal_gtins,
    judge,
    precision_recall_curve,
    reliability_curve,
    with_truth,
)

LEFT, RIGHT = "left", "right"

#: Says what is being done while it is done.
Step = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Demo:
    """What the demo found.

    `matches` are the pairs found, with titles, prices, `truth` and the planted `kind`; `missed` the planted
    pairs not found. A trap is a right listing worded more like a left one than its true match is: `n_traps`
    left listings have one, `n_escaped` of them were matched right all the same, and these are `traps`.
    """

    space: Space
    figures: Figures
    floors: dict[str, Figures]
    matches: pl.DataFrame
    missed: pl.DataFrame
    traps: pl.DataFrame
    n_traps: int
    n_escaped: int
    curves: dict[str, Sequence[Sequence[float]]]


def run_demo(size: int, seed: int, folder: Path, step: Step, *, preset: Preset = "balanced") -> Demo:
    """The demo on two shops of `size` products each; feeds, truth, the space and a report lie in `folder`.

    Raises `OptionError` for a size below 50: fewer products teach nothing.
    """
    _check_size(size)
    with step(f"Making up two shops of {size:,} products each"):
        left, right, truth_file = two_shops(size, seed=seed).write(folder)
    with step(f"Reading {left.name} and {right.name}"):
        catalog = read_catalog([left, right])
    with step(f"Learning a space from them, without any labels ({preset})"):
        space = fit(catalog, preset=preset, seed=seed)
    with step("Matching the shops"):
        matches = space.match(LEFT, RIGHT)
    with step(f"Saving the space to {folder / 'space'}"):
        space.save(folder / "space")
    with step("Holding the matches against the planted truth, and trying the plain methods"):
        demo = hold_against(space, matches, pl.read_csv(truth_file, infer_schema=False))
    with step(f"Writing {folder / 'report.html'}"):
        write_report(folder / "report.html", demo)
    return demo


def _check_size(size: int) -> None:
    from shelfspace.errors import OptionError

    if size < 50:
        raise OptionError(
            f"A demo of {size} products was asked for.",
            "It takes 50 at least.",
            "Leave --size out for 4,000.",
        )


def hold_against(space: Space, matches: pl.DataFrame, truth: pl.DataFrame) -> Demo:
    """What the matches of the two shops are worth against `truth`, and what plain methods find."""
    catalog = space.catalog
    scored = space.match(LEFT, RIGHT, threshold=0.0, one_to_one=False)
    assigned = space.match(LEFT, RIGHT, threshold=0.0)
    wording = Wording.of_catalog(catalog, LEFT, RIGHT)
    kinds = truth.select("left_id", "kind")
    traps = wording.traps(truth).join(kinds, on="left_id", how="left", maintain_order="left")
    found = with_truth(matches, truth).join(truth, on=KEY, how="left", maintain_order="left")
    escaped = traps.join(found.filter("truth"), on="left_id", how="semi", maintain_order="left")
    return Demo(
        space=space,
        figures={**judge(matches, truth), "ece": calibration_error(scored, truth)},
        floors={
            TFIDF: best_cut(wording.mutual_best(), truth),
            GTIN: judge(equal_gtins(catalog, LEFT, RIGHT), truth),
        },
        matches=listed_pairs(catalog, found, LEFT, RIGHT),
        missed=_listed(catalog, truth.join(matches, on=KEY, how="anti", maintain_order="left"), scored),
        traps=_listed(catalog, escaped, scored),
        n_traps=traps.height,
        n_escaped=escaped.height,
        curves={
            "precision_recall": precision_recall_curve(assigned, truth),
            "reliability": reliability_curve(scored, truth),
        },
    )


def _listed(catalog: Catalog, pairs: pl.DataFrame, scored: pl.DataFrame) -> pl.DataFrame:
    """The pairs with titles, and with probability and reasons where they were scored at all."""
    told = pairs.join(scored, on=KEY, how="left", maintain_order="left")
    told = told.with_columns(pl.col("why").fill_null("not among the nearest candidates"))
    return listed_pairs(catalog, told, LEFT, RIGHT)


def write_report(path: Path, demo: Demo) -> Path:
    """The path of the page that shows all of it."""
    n_true = int(demo.matches["truth"].sum()) + demo.missed.height
    sizes = [len(demo.space.catalog.rows_of_shop(shop)) for shop in (LEFT, RIGHT)]
    return match_report(
        path,
        title=f"Two shops, {n_true:,} products in both",
        figures={**demo.figures, "matches": demo.matches.height},
        floors=demo.floors,
        matches=demo.matches,
        missed=demo.missed,
        curves=demo.curves,
        notes=[
            f"{sizes[0]:,} and {sizes[1]:,} made-up listings in six languages, no labels given.",
            f"For {demo.n_traps:,} of the {n_true:,} products another one's listing is worded more alike "
            f"than the true one; {demo.n_escaped:,} of these were matched right.",
            f"{TFIDF} is cut where its F1 is best in hindsight, which no user could do.",
        ],
    )
