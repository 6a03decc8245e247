"""The command `fit`: feeds in, a space out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shelfspace.cli.options import (
    AsJson,
    EncoderOption,
    EnsembleOption,
    FinetuneOption,
    ImagesOption,
    MapOption,
    Preset,
    PresetOption,
    Recall,
    RejectsOption,
    Seed,
    TrialsOption,
    TuneOption,
    mapping_of,
)
from shelfspace.cli.recommend import read_log
from shelfspace.cli.speak import say, say_next, step
from shelfspace.cli.tables import check_out, show, tell_rejects, write_table

if TYPE_CHECKING:
    from shelfspace.data import Catalog, Pairs, QueryLog
    from shelfspace.data.table_schema import TableSchema
    from shelfspace.space import Space

CHECKPOINT_NAME = ".checkpoint"


def fit(
    feeds: Annotated[
        list[Path],
        typer.Argument(metavar="FEED...", help="CSV, TSV, JSON, JSON lines, Parquet, XML, gzipped or not."),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="SPACE", help="The folder to write the space to.")],
    pairs: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Labelled pairs: left_id, right_id, label 1 or 0.")
    ] = None,
    map_: MapOption = None,
    schema: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|auto",
            help="Of a table that is no product feed: JSON of columns and what they are: text, category, "
            "number, image, id or ignore; auto guesses.",
        ),
    ] = None,
    preset: PresetOption = Preset.balanced,
    encoder: EncoderOption = "auto",
    finetune: FinetuneOption = None,
    tune: TuneOption = False,
    trials: TrialsOption = 12,
    ensemble: EnsembleOption = 1,
    seed: Seed = 0,
    forget_labels: Annotated[
        bool, typer.Option("--forget-labels", help="Leave out the labels kept in the space at --out.")
    ] = False,
    recall: Recall = None,
    init: Annotated[
        Path | None,
        typer.Option(metavar="SPACE", help="Start from what a space learned on other feeds."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a fit that was interrupted.")] = False,
    images: ImagesOption = None,
    events: Annotated[
        Path | None, typer.Option(metavar="LOG", help="What shoppers did: user_id, id, event, timestamp.")
    ] = None,
    queries: Annotated[
        Path | None, typer.Option(metavar="LOG", help="What was searched for and taken: query, id, position.")
    ] = None,
    reranker: Annotated[
        str | None,
        typer.Option(
            metavar="auto|NAME|PATH",
            help="A pretrained text model that learns from --queries to look closer at the best answers.",
        ),
    ] = None,
    rejects: RejectsOption = None,
    as_json: AsJson = False,
) -> None:
    """Learn a space from product feeds.

    The shop of a feed is its shop column, or else its file name. Labels that the space at --out keeps
    already, from review or from earlier pairs, are learned from again.

    Example: [bold]shelfspace fit left.csv right.xml --out shelf[/bold]

    Example: [bold]shelfspace fit north.csv south.csv --init shelf --out other[/bold]

    Example: [bold]shelfspace fit shop.csv --images photos --out shelf[/bold]

    Example: [bold]shelfspace fit left.csv right.xml --tune --ensemble 3 --out shelf[/bold]

    Example: [bold]shelfspace fit shop.csv --events log.csv --out shelf[/bold]

    Example: [bold]shelfspace fit films.csv --schema auto --out films[/bold]

    Example: [bold]shelfspace fit a.csv b.csv --pairs labelled.csv --map "Name=title" --out shelf[/bold]
    """
    rejects = rejects or out.with_name(f"{out.name}-rejects.csv")
    check_out(rejects)
    if schema is None:
        catalog, kinds = read_feeds(feeds, mapping_of(map_), rejects), None
    else:
        catalog, kinds = _read_tables(feeds, schema)
    known = _read_pairs(pairs, catalog)
    known, waiting = (known, None) if forget_labels else _with_kept(out, known, catalog)
    started = _opened(init)
    log = None if events is None else read_log(events, out.with_name(f"{out.name}-events-rejects.csv"))
    asked = None if queries is None else _read_queries(queries, out)
    checkpoint = prepare_folder(out, resume=resume)

    from shelfspace.tasks.fit import fit as learn
    from shelfspace.training.tuning import tuning_of

    with step(f"Learning ({preset.value})"), _tidying(checkpoint):
        space = learn(
            catalog,
            pairs=known,
            preset=preset.value,
            encoder=encoder,
            tuning=tuning_of(finetune),
            seed=seed,
            recall=recall,
            init=started,
            checkpoint=checkpoint,
            resume=resume,
            images=images,
            events=log,
            queries=asked,
            reranker=reranker,
            schema=kinds,
            tune=trials if tune else 0,
            ensemble=ensemble,
        )
    if images is not None:
        tell_photos(space.catalog, rejects)
    if waiting is not None:
        space.pairs = waiting.amended(space.pairs)
    version = space.save(out)
    shutil.rmtree(checkpoint, ignore_errors=True)
    say(f"{out} now holds version {version}.")
    _tell(space, out, version, as_json=as_json)


def _read_tables(paths: list[Path], schema: str) -> tuple[Catalog, TableSchema]:
    from shelfspace.data.readers.read_tables import read_tables

    with step(f"Reading {len(paths)} {'table' if len(paths) == 1 else 'tables'}"):
        read = read_tables(paths, schema)
        for line in read.told:
            say(f"  {line}")
    return read.catalog, read.schema


def _read_queries(log: Path, out: Path) -> QueryLog:
    """The queries of a log, having told how it was read."""
    from shelfspace.data import read_queries

    with step(f"Reading {log}"):
        found = read_queries(log)
    say(f"  {len(found):,} products taken for {found.table['query'].n_unique():,} queries")
    tell_rejects(found.rejects, out.with_name(f"{out.name}-queries-rejects.csv"))
    return found


def _opened(init: Path | None) -> Space | None:
    """The space to start from."""
    if init is None:
        return None
    from shelfspace.space import load

    return load(init)


def prepare_folder(out: Path, *, resume: bool = False) -> Path:
    """The folder for checkpoints beside the space `out`, made if need be; empty unless work is resumed.

    Raises `SpaceError` before any work is done where `out` is something else than a space.
    """
    from shelfspace.errors import SpaceError

    held = [path.name for path in out.iterdir()] if out.is_dir() else []
    if (out.exists() and not out.is_dir()) or (held and "versions" not in held):
        raise SpaceError(
            f"{out} is {'a folder of other things' if held else 'a file'}.",
            "A space is written to a new or empty folder, or over an earlier version of itself.",
            "Choose another --out.",
        )
    checkpoint = out / CHECKPOINT_NAME
    if not resume:
        shutil.rmtree(checkpoint, ignore_errors=True)
    elif not checkpoint.is_dir():
        say("There is no interrupted fit to resume here, so this one starts from the beginning.")
    (out / "versions").mkdir(parents=True, exist_ok=True)  # makes the folder known as a space in the making
    checkpoint.mkdir(exist_ok=True)
    return checkpoint


@contextmanager
def _tidying(checkpoint: Path) -> Iterator[None]:
    """Say how to go on after an interrupt, and after a failure leave no empty folders."""
    try:
        yield
    except KeyboardInterrupt:
        say("The same command with --resume goes on from here.")
        raise
    except Exception:
        for folder in (checkpoint, checkpoint.with_name("versions"), checkpoint.parent):
            if not any(folder.iterdir()):
                folder.rmdir()
        raise


def read_feeds(feeds: list[Path], mapping: dict[str, str], rejects: Path) -> Catalog:
    """The catalogue of all feeds, having told how it was read."""
    from shelfspace.data import Catalog
    from shelfspace.data.readers.read_catalog import scan_catalog

    with step(f"Reading {len(feeds)} {'feed' if len(feeds) == 1 else 'feeds'}"):
        batches = list(scan_catalog(list(feeds), mapping=mapping))
        catalog = Catalog.concat(batches)
    used: dict[str, dict[str, str]] = {}
    for batch in batches:
        for shop in batch.shops:
            used.setdefault(shop, {}).update(batch.mapping)
    counts = dict(catalog.table["shop"].value_counts().iter_rows())
    for shop in catalog.shops:
        columns = ", ".join(f"{column} → {name}" for column, name in used[shop].items() if column != name)
        say(f"  {shop}: {counts[shop]:,} products{'; read as ' + columns if columns else ''}")
    tell_rejects(catalog.rejects, rejects)
    return catalog


def tell_photos(catalog: Catalog, path: Path) -> None:
    """Say how many photos are missing, and write them to `path` with what else was not taken."""
    import polars as pl

    missing = catalog.rejects.filter(pl.col("action") == "photo left out")
    if missing.height:
        write_table(catalog.rejects, path)
        say(f"  {missing.height:,} photos not read; the first, {missing['value'][0]}: {missing['reason'][0]}")
        say(f"  all of them: {path}")


def _read_pairs(path: Path | None, catalog: Catalog) -> Pairs | None:
    if path is None:
        return None
    from shelfspace.data import read_pairs

    pairs = read_pairs(path, catalog)
    same = int(pairs.table["label"].sum())
    say(f"  {len(pairs):,} labelled pairs, {same:,} of them the same product")
    if pairs.rejects.height:
        first = pairs.rejects.row(0, named=True)
        say(f"  {pairs.rejects.height:,} pairs not taken; the first, row {first['row']}: {first['reason']}")
    return pairs


def _with_kept(out: Path, given: Pairs | None, catalog: Catalog) -> tuple[Pairs | None, Pairs | None]:
    """The labels to learn from, those kept at `out` among them, and those of products that are not there now.

    What is given now holds where both say something about a pair.
    """
    from shelfspace.data import Pairs
    from shelfspace.errors import SpaceError
    from shelfspace.space.opening import kept_pairs

    try:
        kept = kept_pairs(out)
    except SpaceError as error:
        raise SpaceError(
            f"The labels kept in {out} cannot be read: {error.given}",
            "They are learned from again.",
            f"{error.remedy} Or leave them out with --forget-labels.",
        ) from error
    if not len(kept):
        return given, None
    left, right = (catalog.rows_of(kept.table, f"{side}_shop", f"{side}_id") for side in ("left", "right"))
    present = (left >= 0) & (right >= 0)
    here, waiting = Pairs(kept.table.filter(present)), Pairs(kept.table.filter(~present))
    say(
        f"  {len(here):,} labelled pairs kept in {out} are learned from too (--forget-labels leaves them out)"
    )
    if len(waiting):
        say(f"  {len(waiting):,} more wait for their products, which these feeds do not hold")
    return here.amended(given) if given is not None else here, waiting


def _tell(space: Space, out: Path, version: str, *, as_json: bool) -> None:
    """Print what was learned, and say what to do with it."""
    import polars as pl

    from shelfspace.tasks.fit import TUNING

    shops = space.catalog.shops
    if TUNING in space.artifacts and not as_json:
        show(pl.read_json(space.artifacts[TUNING]))
    figures: dict[str, Any] = {
        "version": version,
        "products": len(space),
        "shops": ", ".join(shops),
        **space.figures,
    }
    if as_json:
        typer.echo(json.dumps({**figures, "shops": shops}, ensure_ascii=False))
    else:
        texts = [f"{value:g}" if isinstance(value, float) else str(value) for value in figures.values()]
        show(pl.DataFrame({"figure": list(figures), "value": texts}))
    named = f" --left {shops[0]} --right {shops[1]}" if len(shops) > 2 else ""
    matching = (
        [f"shelfspace match {out}{named} --out matches.csv --report matches.html"] if len(shops) > 1 else []
    )
    first = f"{shops[0]}/{space.catalog.table['id'][0]}"
    users = space.events.table["user_id"].tail(1)
    asking = [f'shelfspace recommend {out} --user "{user}"' for user in users]
    say_next(
        *matching,
        *asking,
        f'shelfspace similar {out} "{first}"',
        f'shelfspace search {out} "what you look for"',
    )
