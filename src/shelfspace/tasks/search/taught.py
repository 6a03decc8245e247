"""Teach a space to search: from a query log where there is one, else from its listings' own words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shelfspace.data.query_log import QueryLog
from shelfspace.errors import OptionError
from shelfspace.space.space import Space
from shelfspace.tasks.match.tuned import TextModel
from shelfspace.tasks.search.judged import Judged
from shelfspace.tasks.search.learn import learn_ranking
from shelfspace.tasks.search.logged import judged_of_log
from shelfspace.tasks.search.made_up import made_up_queries
from shelfspace.tasks.search.ranking import Ranking
from shelfspace.tasks.search.signals import Reader, reader_of

_MADE_UP, _PRODUCTS_A_QUERY = 300, 10
_FEWEST_MADE_UP = 20
_FEWEST = 40  # different queries of a log, below which it says too little
_HELD_OUT, _MOST_HELD_OUT = 0.25, 500


def with_search(
    space: Space, log: QueryLog | None = None, *, text_model: TextModel | None = None, seed: int = 0
) -> Space:
    """The space with what it learned to search by in its artifacts, and what that is in its figures.

    From a log of at least 40 different queries it learns what their words mean, how signals are weighed,
    trees, and a cross-encoder that starts as `text_model`, where there is one; a quarter of the queries is
    held out to choose and to calibrate by. Without such a log, queries
    made of the listings' own words weigh the signals; of a catalogue of fewer than 200 products nothing is
    learned. `space` itself stays as it is.

    Raises `OptionError` where no row of the log names a product of the space.
    """
    reader = reader_of(space)
    judged = None if log is None else _known(space, log)
    if judged is not None and len(judged) >= _FEWEST:
        ranking = learn_ranking(reader, *split(judged, seed), text_model=text_model, seed=seed)
        told = {"search_queries": float(len(judged))}
    elif (weighed := _weighed(reader, seed)) is not None:
        ranking, told = weighed, {}
    else:
        return space
    learned = replace(
        space, artifacts=space.artifacts | ranking.artifacts(), figures={**space.figures, **told}
    )
    learned.part("index", lambda: space.index)
    learned.part("search reader", lambda: replace(reader, space=learned))
    return learned


def untaught(reader: Reader, *, seed: int = 0) -> Ranking:
    """The ranking of a space that nobody has told of any query."""
    return _weighed(reader, seed) or Ranking()


def split(judged: Judged, seed: int) -> tuple[Judged, Judged]:
    """The queries to learn from, and those to choose by: a quarter, 500 at most."""
    order = np.random.default_rng(seed).permutation(len(judged))
    n = min(_MOST_HELD_OUT, round(len(judged) * _HELD_OUT))
    return judged.take(np.sort(order[n:])), judged.take(np.sort(order[:n]))


def _weighed(reader: Reader, seed: int) -> Ranking | None:
    """The ranking that the listings' own words teach; None of few products."""
    count = min(_MADE_UP, len(reader.space) // _PRODUCTS_A_QUERY)
    found = made_up_queries(reader, count, seed=seed) if count >= _FEWEST_MADE_UP else None
    if found is None or len(found) < _FEWEST_MADE_UP:
        return None
    return learn_ranking(reader, None, found, seed=seed)


def _known(space: Space, log: QueryLog) -> Judged:
    judged = judged_of_log(space.catalog, log)
    if not len(judged):
        raise OptionError(
            f"None of the {len(log):,} rows of the query log names a product of this space.",
            "A row names a product by its id, and where several shops have it by shop and id.",
            "Compare the ids of the log with those of the feed.",
        )
    return judged
