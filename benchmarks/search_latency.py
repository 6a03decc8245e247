"""How long a search takes on one core, and what its candidates miss, at 35 thousand products and a million.

    python benchmarks/search_latency.py --size 35000 --size 1000000

makes up a catalogue of each size (brands, series, kinds of goods, colours, measures and model codes of skewed
frequencies), embeds it, and asks for products in shoppers' words: some of a title's, half of them with a slip
of the keys, and model codes. Seconds are those of the processor, so that a busy machine does not blur them.
`recall` is the share of the ten best products of the whole catalogue, every one scored by every signal, that
the search's answer holds.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from random import Random

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import polars as pl

SIZES = (35_000, 1_000_000)
QUERIES, EXACT = 500, 50
ENDINGS = ("a", "e", "i", "o", "u", "ar", "en", "il", "on", "us")
SYLLABLES = [consonant + ending for consonant in "bdfgklmnprstvz" for ending in ENDINGS]
COLOURS = ["black", "white", "blue", "red", "green", "grey", "silver", "brown", "pink", "beige"]
UNITS = ["ml", "g", "gb", "w", "cm"]
CHUNK = 50_000


def words(rng: np.random.Generator, count: int, syllables: int) -> np.ndarray:
    """Made-up words."""
    drawn = rng.choice(SYLLABLES, (count * 2, syllables))
    return np.unique(["".join(row) for row in drawn])[:count]


def skewed(rng: np.random.Generator, values: np.ndarray, size: int) -> np.ndarray:
    """Values drawn such that few are common."""
    place = (len(values) ** rng.random(size) - 1).astype(np.int64)
    return values[rng.permutation(len(values))][place]


def made_up(size: int, seed: int) -> pl.DataFrame:
    """Products with titles, brands and prices."""
    rng = np.random.default_rng(seed)
    brands, kinds = words(rng, max(50, size // 300), 3), words(rng, 400, 2)
    series, traits = words(rng, max(100, size // 30), 3), words(rng, 800, 2)
    brand = skewed(rng, brands, size)
    table = pl.DataFrame(
        {
            "brand": brand,
            "series": skewed(rng, series, size),
            "kind": skewed(rng, kinds, size),
            "trait": skewed(rng, traits, size),
            "colour": skewed(rng, np.array(COLOURS), size),
            "amount": rng.choice([50, 100, 250, 500, 64, 128, 256], size),
            "unit": rng.choice(UNITS, size),
            "code": rng.integers(10**5, size=size),
            "letters": rng.choice([a + b for a in "bdkmxz" for b in "abtx"], size),
            "price": rng.lognormal(3, 1, size).round(2),
        }
    )
    code = pl.format("{}-{}", "letters", "code")
    title = pl.format(
        "{} {} {} {} {} {} {} {}", "brand", "series", code, "trait", "kind", "colour", "amount", "unit"
    )
    return table.select(
        pl.lit("shop").alias("shop"),
        pl.int_range(pl.len()).cast(pl.String).alias("id"),
        title.alias("title"),
        "brand",
        "price",
    )


def asked(titles: list[str], count: int, seed: int) -> list[str]:
    """Queries: two to four words of a title, half with a slip; one in ten is a model code."""
    from shelfspace.views.text import typo

    rng = Random(seed)
    queries = []
    for title in rng.sample(titles, count):
        said = title.split()
        if rng.random() < 0.1:
            queries.append(said[2])
            continue
        chosen = sorted(rng.sample(range(len(said) - 2), rng.randint(2, 4)))
        text = " ".join(said[place] for place in chosen)
        queries.append(typo(text, rng) if rng.random() < 0.5 else text)
    return queries


def exact_scores(reader, ranking, texts: list[str], k: int = 10) -> np.ndarray:
    """The k best scores of each query among all products, all of them scored by all signals."""
    best = [np.zeros(0)] * len(texts)
    queries = [reader.read(text, ranking.query_words) for text in texts]
    for start in range(0, len(reader.space), CHUNK):
        rows = np.arange(start, min(start + CHUNK, len(reader.space)))
        letters = reader.alike(texts, rows)
        for number, query in enumerate(queries):
            looked = reader.seen(query, rows, letters[number])
            near, scores = looked.best(ranking.first.of(looked.signals), k)
            worth = np.concatenate([best[number], scores[0] + near.exact[0]])
            best[number] = -np.sort(-worth)[:k]
    return np.stack(best)


def found_share(reader, ranking, texts: list[str], k: int = 10) -> float:
    """The share of the k best products that a search finds; of equally good ones any will do."""
    truth = exact_scores(reader, ranking, texts, k)
    shares = []
    for text, best in zip(texts, truth, strict=True):
        looked = reader.look(text, ranking.query_words)
        near, scores = looked.best(ranking.first.of(looked.signals), k)
        shares.append(np.mean(scores[0] + near.exact[0] >= best[-1] - 1e-4))
    return float(np.mean(shares))


def one(size: int, seed: int) -> dict[str, float]:
    """The figures of one size."""
    from shelfspace.data.catalog import Catalog
    from shelfspace.encoders.bags import fit_vocabulary
    from shelfspace.encoders.listing import Listings
    from shelfspace.encoders.static import StaticTextEncoder
    from shelfspace.evaluation.cost import peak_mib
    from shelfspace.space.space import Space
    from shelfspace.tasks.search.ranking import Ranking
    from shelfspace.tasks.search.signals import reader_of

    catalog = Catalog.from_table(made_up(size, seed))
    listings = Listings.of_catalog(catalog)
    began = time.process_time()
    encoder = StaticTextEncoder.closed_form(fit_vocabulary(listings), seed=seed)
    space = Space(catalog, encoder, encoder.encode(listings), seed=seed)
    embedded = time.process_time()
    kind = space.index.kind
    indexed = time.process_time()
    reader, ranking = reader_of(space), Ranking()
    ready = time.process_time()
    queries = asked(catalog.table["title"].to_list(), QUERIES, seed)
    for text in queries[:20]:
        space.search(text)
    seconds = []
    for text in queries:
        start = time.process_time()
        space.search(text)
        seconds.append(time.process_time() - start)
    recall = found_share(reader, ranking, queries[:EXACT])
    return {
        "products": size,
        "p50_ms": 1000 * float(np.quantile(seconds, 0.5)),
        "p99_ms": 1000 * float(np.quantile(seconds, 0.99)),
        "recall": recall,
        "index": kind,
        "index_recall": space.index.recall,
        "embed_seconds": embedded - began,
        "index_seconds": indexed - embedded,
        "words_seconds": ready - indexed,
        "peak_mib": peak_mib(),
    }


def main() -> None:
    """Print the figures of each size as a line of JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, action="append", help="how many products; repeat it")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="write the figures there too, a line each")
    given = parser.parse_args()
    lines = [json.dumps(one(size, given.seed)) for size in given.size or SIZES]
    print("\n".join(lines))
    if given.out is not None:
        given.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
