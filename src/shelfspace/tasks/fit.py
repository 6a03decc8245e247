"""Fit: learn a space from a catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shelfspace.data.catalog import Catalog
from shelfspace.data.events import Events
from shelfspace.data.pairs import Pairs
from shelfspace.data.query_log import QueryLog
from shelfspace.data.table_schema import SCHEMA_NAME, TableSchema
from shelfspace.encoders.encoder import Encoder
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.match.matcher import matcher_of, with_blocking
from shelfspace.tasks.match.recall import check_recall
from shelfspace.tasks.match.study import STEPS, MatchStudy, Preset, labels_of_pairs, study_match
from shelfspace.tasks.match.transfer import Init
from shelfspace.tasks.match.tuned import TextModel
from shelfspace.tasks.search.taught import with_search
from shelfspace.tasks.seen import Seen
from shelfspace.training.common_space import EPOCHS
from shelfspace.training.recipe import TextRecipe
from shelfspace.training.recipe_search import RecipeSearch, recipe_for
from shelfspace.training.study import study_text
from shelfspace.training.text import SHARES, choose_text
from shelfspace.training.tuning import Tuning
from shelfspace.views.aliases import ALIASES, learn_aliases, with_aliases
from shelfspace.views.evidence import evidence, rows_of_pairs, same

#: The part of the known pairs that the gate keeps to itself.
_HELD_OUT = 0.15
#: The artifact with the table of recipes that were tried.
TUNING = "tuning.json"


@dataclass(frozen=True)
class _Way:
    """How a space is fitted, apart from what it is fitted on."""

    preset: Preset
    seed: int
    recall: float | None
    lent: Init | None
    text_model: TextModel | None
    checkpoint: Path | None
    resume: bool
    photos: Seen | None
    tune: int
    ensemble: int

    @property
    def start(self) -> StaticTextEncoder | None:
        """The encoder that learning starts from, where another space lends one."""
        return None if self.lent is None else self.lent.encoder


def fit(
    catalog: Catalog,
    *,
    pairs: Pairs | None = None,
    preset: Preset = "balanced",
    encoder: str = "auto",
    tuning: Tuning | None = None,
    seed: int = 0,
    recall: float | None = None,
    init: Space | None = None,
    checkpoint: Path | None = None,
    resume: bool = False,
    images: str | Path | None = None,
    events: Events | None = None,
    queries: QueryLog | None = None,
    reranker: str | None = None,
    schema: TableSchema | None = None,
    tune: int = 0,
    ensemble: int = 1,
) -> Space:
    """The space learned from `catalog` and, where there are any, from labelled `pairs`; save it with `save`.

    The static text encoder starts as IDF-weighted lexical cosine and is trained on labelled pairs, on what
    the catalogue gives away (equal trade item and part numbers) and on two looks at each listing; a gate
    on held-out pairs ships the start, the trained one, or what lies between. With two shops the pair scorer
    of `match` is learned at once and kept. `preset` "fast" trains nothing, "balanced" takes minutes, "best"
    a quarter of an hour: there the pair scorer of two shops also learns from a pretrained text model,
    fine-tuned as `tuning` says. `encoder` names it, by its Hugging Face name or path; "auto" is the small one
    that the extra `best` installs, and "static" is none. With another preset, or without two shops, a named
    model is the space's encoder as it is.

    Where feeds are in two scripts, what both call the same is learned first and joins the texts, see
    `learn_aliases`; the artifact `ALIASES` lists it.

    With `recall` the pairs of two shops that are scored and kept are the fewest that hold this share of the
    matches, judged by matches that were held out; the figures then say what was promised.

    `init` is a space fitted on other feeds: its token weights are where learning starts, and for two shops
    its pair scorer adds to what these feeds teach.

    `images` is the folder in which the products' `image_link`s are looked for, see `product_photos`. Words,
    photo, price and category then make one product vector; a text can be asked for photos, a photo for
    texts, and `match` compares photos too. What could not be read joins the catalogue's rejects.

    `events` teach the space to `recommend`, see `with_recommender`, and `queries` to search, see
    `with_search`; without them the listings' own words do. `reranker` names a pretrained text model, as
    `encoder` does, that learns from the queries to read query and listing at once, and then looks closer at
    the best twenty answers, if held-out queries surely gain by it.

    `schema` says what the columns of a table are that is no product feed, see `read_tables`; the space keeps
    it.

    `tune` is how many recipes of text learning are tried by cross-validation over the known pairs before one
    is learned by, see `tuned_recipe`; the artifact `TUNING` holds the table. `ensemble` encoders are trained
    with different seeds and averaged, see `TextStudy.learn`. Neither costs anything when the space is asked.

    Each encoder's training keeps its state under `checkpoint`, and `resume` goes on from there.
    Deterministic by `seed`. Raises `OptionError` for an empty catalogue, an unknown preset, a recall that
    cannot be promised, or one for anything else than two shops and the static encoder; `SpaceError` where
    `init` has nothing to lend; `OptionError` where no link leads to a photo in `images` and
    where no event is of a product.
    """
    if preset not in STEPS:
        raise OptionError(f"The preset is {preset!r}.", f"It is one of {', '.join(STEPS)}.", "Choose one.")
    if (tune or ensemble != 1) and (not STEPS[preset] or encoder not in ("auto", "static")):
        raise OptionError(
            f"tune {tune} and ensemble {ensemble} came with the preset {preset} and the encoder {encoder}.",
            "They are of how the static encoder is trained, which these leave as it is.",
            "Choose another preset, or leave them and --encoder out.",
        )
    if reranker is not None and queries is None:
        raise OptionError(
            f"The reranker {reranker} came without queries.",
            "It learns from a query log which products people take for which words.",
            "Give --queries too, or leave --reranker out.",
        )
    if not len(catalog):
        raise OptionError("The catalogue is empty.", "A space needs products.", "Look at its rejects.")
    known = pairs if pairs is not None else Pairs.concat([])
    aliases = learn_aliases(catalog, known)
    catalog = with_aliases(catalog, aliases)
    shops = catalog.shops
    tuned = preset == "best" and len(shops) == 2 and encoder != "static"
    as_it_is = encoder not in ("auto", "static") and not tuned
    if recall is not None:
        _check_blocking(check_recall(recall), shops, encoder if as_it_is else "static")
    lent = None if init is None else _lent(init, shops, encoder if as_it_is else "static")
    photos = None if images is None else Seen.of(catalog, images, seed=seed)
    if as_it_is:
        space = _space(catalog, _pretrained(encoder), known, seed, {"encoder": encoder})
    else:
        text_model = TextModel.named(encoder, tuning, seed) if tuned else None
        way = _Way(preset, seed, recall, lent, text_model, checkpoint, resume, photos, tune, ensemble)
        space = _fit_two(catalog, shops, known, way) if len(shops) == 2 else _fit_text(catalog, known, way)
    if photos is not None:
        space = photos.joined(space, epochs=EPOCHS if STEPS[preset] else 0)
    space.figures["preset"] = preset
    if schema is not None:
        space.artifacts[SCHEMA_NAME] = schema.to_json().encode()
    if len(aliases):
        space.figures["aliases"] = str(aliases)
        space.artifacts[ALIASES] = aliases.to_json().encode()
    if events is not None:
        from shelfspace.tasks.recommend.learn import with_recommender

        space = with_recommender(space, events, preset=preset, seed=seed)
    text_model = None if reranker is None else TextModel.named(reranker, tuning, seed)
    return with_search(space, queries, text_model=text_model, seed=seed)


def _fit_two(catalog: Catalog, shops: Sequence[str], known: Pairs, way: _Way) -> Space:
    """The space of two shops, with the scorer of their pairs."""
    rows = catalog.rows_of_shop(shops[0]), catalog.rows_of_shop(shops[1])
    labelled = labels_of_pairs(catalog, known.table, *rows)
    train = labelled if len(labelled.labels) else None
    study = study_match(
        catalog,
        *rows,
        train=train,
        preset=way.preset,
        seed=way.seed,
        init=way.start,
        text_model=way.text_model,
        checkpoint=way.checkpoint,
        resume=way.resume,
        seen=None if way.photos is None else way.photos.signals(),
        tune=way.tune,
        ensemble=way.ensemble,
    )
    transferred = None if way.lent is None else way.lent.transferred
    matcher = with_blocking(matcher_of(study, transferred=transferred, seed=way.seed), study)
    figures = _figures(study) | {"match_threshold": round(matcher.threshold, 4)}
    encoder, search = study.encoder, study.search
    del study  # its folds hold an encoder each, and the shortlist wants the memory
    if way.recall is not None:
        blocked = matcher.blocked(way.recall)
        matcher, figures = matcher.with_shortlist(blocked.pairs), figures | blocked.figures()
    artifacts = matcher.artifacts(shops[0], shops[1])
    vectors = matcher.desk.learned_signals["learned meaning"]
    space = Space(catalog, encoder, vectors, known, figures, way.seed, artifacts)
    return space if search is None else _with_search(space, search, way)


def _with_search(space: Space, search: RecipeSearch, way: _Way) -> Space:
    """The same space, which tells of the search and of its members."""
    if way.ensemble != 1:
        space.figures["ensemble"] = float(way.ensemble)
    if len(search.table):
        space.figures["recipe"] = f"{int(search.table.filter('kept')['recipe'][0])} of {len(search.table)}"
        space.artifacts[TUNING] = search.table.write_json().encode()
    return space


def _lent(init: Space, shops: Sequence[str], encoder: str) -> Init:
    """What a space lends to these shops."""
    if encoder != "static":
        raise OptionError(
            f"A space to start from was given beside the encoder {encoder}.",
            "A pretrained text model is used as it is and starts from nothing else.",
            "Leave --init or --encoder out.",
        )
    return Init.of_space(init, pairs=len(shops) == 2)


def _check_blocking(recall: float, shops: Sequence[str], encoder: str) -> None:
    """Refuse a recall where no pairs are kept with the space."""
    if len(shops) != 2 or encoder != "static":
        raise OptionError(
            f"A recall of {recall:g} was asked for, of {len(shops)} shops and the encoder {encoder}.",
            "A space keeps the scored pairs of two shops, fitted with the static encoder.",
            "Leave --recall out here, and give it to match.",
        )


def _figures(study: MatchStudy) -> dict[str, float | str]:
    """What the manifest says of the making."""
    figures: dict[str, float | str] = {"learned_from": study.origin}
    if study.train is not None:
        figures["labelled_pairs"] = float(len(study.train.labels))
    if study.verdict is not None:
        closed = next(trial.score for trial in study.verdict.table if trial.name == "closed")
        figures |= {
            "shipped": study.verdict.name,
            "held_out_mrr": round(study.verdict.score, 4),
            "held_out_mrr_closed_form": round(closed, 4),
        }
    return figures


def _fit_text(catalog: Catalog, known: Pairs, way: _Way) -> Space:
    """The space of one shop or of many: the encoder alone."""
    seed, start = way.seed, TextRecipe(steps=STEPS[way.preset])
    study = study_text(catalog, seed=seed, init=way.start)
    positives = np.column_stack(rows_of_pairs(catalog, same(evidence(catalog, known))))
    no_negatives = np.empty((0, 2), np.int64)
    shuffled = np.random.default_rng(seed).permutation(positives)
    n_held = int(len(shuffled) * _HELD_OUT)
    held_out, lesson = shuffled[:n_held], study.lesson(shuffled[n_held:], no_negatives)
    if start.steps == 0:
        return _space(catalog, study.closed, known, seed, {"shipped": "closed"})
    search = recipe_for(study, lesson, start, trials=way.tune, members=way.ensemble, seed=seed)
    learned = study.learn(lesson, search.recipe, seed=seed, checkpoint=way.checkpoint, resume=way.resume)
    if len(held_out) < 2:
        # Nothing can tell whether training helped, so that the start is what is shipped.
        return _space(catalog, study.closed, known, seed, {"shipped": "closed"})
    chosen, verdict = choose_text(study.closed, learned, lesson, held_out)
    figures: dict[str, float | str] = {"shipped": verdict.name, "held_out_mrr": round(verdict.score, 4)}
    space = _space(catalog, chosen, known, seed, figures | {"share_learned": SHARES[verdict.name]})
    return _with_search(space, search, way)


def _space(
    catalog: Catalog, encoder: Encoder, known: Pairs, seed: int, figures: dict[str, float | str]
) -> Space:
    vectors = encoder.encode(Listings.of_catalog(catalog))
    return Space(catalog, encoder, vectors, known, figures, seed, {})


def _pretrained(name: str) -> Encoder:
    from shelfspace.encoders.transformer import TransformerTextEncoder

    return TransformerTextEncoder.from_pretrained(name)
