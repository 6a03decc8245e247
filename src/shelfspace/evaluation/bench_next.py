"""The benchmark of what comes next: the whole catalogue ranked for every test history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from shelfspace.data.interactions import Float32, Int64, Interactions
from shelfspace.evaluation.bench_result import BenchResult, Figures
from shelfspace.evaluation.cost import measured
from shelfspace.evaluation.metrics import mean_reciprocal_rank, recall_at_k
from shelfspace.evaluation.next_floors import next_floors
from shelfspace.evaluation.sequence_folders import SequenceFolder, read_sequence_folder
from shelfspace.objectives.spectral import truncated_svd
from shelfspace.tasks.match.study import Preset
from shelfspace.tasks.recommend.alike import Alike
from shelfspace.tasks.recommend.blend import Blend
from shelfspace.tasks.recommend.confirmed import blend_of, confirmed
from shelfspace.tasks.recommend.continuations import Continuations, reached, target_ranks
from shelfspace.tasks.recommend.fit_next import MEMBERS, NextFit, fit_next, learned, with_members
from shelfspace.tasks.recommend.scorer import Scorer
from shelfspace.tasks.recommend.session_neighbours import SessionNeighbours
from shelfspace.tasks.recommend.transitions import Transitions
from shelfspace.training.sequences import SequenceRecipe

_EPOCHS: dict[Preset, int] = {"fast": 3, "balanced": 8, "best": 16}
_RARE = (3, 5)  # training events up to which a product counts as one that few have taken
_FEW = (1, 2)  # events that a new user is known by


def bench_next(folder: str | Path, *, seed: int = 0, preset: Preset = "balanced") -> BenchResult:
    """`hr@k`, `ndcg@k` (k = 5, 10, 20) and `mrr@20` of what test users took next, with floors.

    The whole catalogue is ranked. Items already taken are left out where validation shows that they do not
    come again. `data` adds each part alone, products that few have taken (`_rare_3`: at most 3 training
    events; with and without attributes where the folder has them), new users (the last 1 or 2 events alone
    are told), and for sequences the figures with validation items in the closed form (`_valid_added`).

    Raises `FeedError` where the folder cannot be read, see `read_sequence_folder`.
    """
    data = read_sequence_folder(folder, seed=seed)
    recipe = SequenceRecipe(epochs=_EPOCHS[preset], seed=seed)
    members = MEMBERS[preset]
    with measured() as cost:
        found = fit_next(data.train, data.valid, whole=data.whole, recipe=recipe, members=members)
        ranks = target_ranks(found.mixture, data.test, seen=found.seen)
    floors = {
        name: next_figures(target_ranks(floor, data.test, seen=found.seen))
        for name, floor in next_floors(data.whole, sessions=data.sessions).items()
    }
    told = {
        **_alone(found, data.test),
        **_cold(found, data, ranks),
        **_more(found, data, recipe, members),
    }
    result = BenchResult(
        task="next",
        dataset=data.name,
        seed=seed,
        preset=preset,
        metrics=next_figures(ranks),
        floors=floors,
        n_train=len(data.whole),
        data={
            "users": float(data.whole.n_users),
            "items": float(data.whole.n_items),
            "asked": float(len(data.test)),
            "repeats_kept": float(found.seen == "keep"),
            **{f"weight_{name}": weight for name, weight in found.weights.items()},
            "ndcg@20_valid": found.verdict.score,
            **told,
        },
    )
    return result.costing(cost)


def next_figures(ranks: Int64) -> Figures:
    """The figures of targets at `ranks`, 0 the best."""
    depths = (5, 10, 20)
    return {
        **{f"hr@{k}": recall_at_k(ranks, k) for k in depths},
        **{f"ndcg@{k}": float(reached(ranks, k).mean()) if len(ranks) else 0.0 for k in depths},
        "mrr@20": mean_reciprocal_rank(ranks, 20),
    }


def _alone(found: NextFit, test: Continuations) -> Figures:
    """Each part's own figures."""
    figures: Figures = {}
    for name, part in found.parts.items():
        alone = next_figures(target_ranks(part, test, seen=found.seen))
        figures |= {f"{name}_{key}": alone[key] for key in ("hr@10", "ndcg@10", "hr@20", "mrr@20")}
    return figures


def _cold(found: NextFit, data: SequenceFolder, ranks: Int64) -> Figures:
    """Products that few have taken, and users of whom only the newest events are known."""
    figures = _rare(data, ranks)
    figures |= {f"asked_rare_{most}": float(_taken_by(data, most).sum()) for most in _RARE}
    for n in _FEW:
        if data.sessions:
            short = data.test.histories.lengths <= n
            figures[f"hr@20_up_to_{n}"] = recall_at_k(ranks[short], 20)
        else:
            # What a user is known by is cut; what they have is not recommended again all the same.
            known = _Newest(found.mixture, n)
            figures[f"hr@10_last_{n}"] = recall_at_k(target_ranks(known, data.test, seen=found.seen), 10)
    return figures


@dataclass(frozen=True)
class _Newest:
    """Recommends as `whole` does to somebody of whom the `n` newest events alone are known."""

    whole: Scorer
    n: int

    def scores(self, histories: Interactions, users: Int64 | None = None) -> Float32:
        return self.whole.scores(histories.last(self.n))


def _rare(data: SequenceFolder, ranks: Int64, suffix: str = "") -> Figures:
    """The hit rate among those who took a product that few had taken."""
    return {f"hr@10_rare_{most}{suffix}": recall_at_k(ranks[_taken_by(data, most)], 10) for most in _RARE}


def _taken_by(data: SequenceFolder, most: int) -> npt.NDArray[np.bool_]:
    """Which test targets have at most so many training events."""
    few: npt.NDArray[np.bool_] = data.whole.popularity()[data.test.targets] <= most
    return few


def _more(found: NextFit, data: SequenceFolder, recipe: SequenceRecipe, members: int) -> Figures:
    """What validation items in the closed forms would add, and what the products' attributes do."""
    if data.sessions:
        return {}
    figures = _figures_with(_valid_added(found, data), found, data, "_valid_added")
    if data.attributes is None:
        return figures
    aided = _with_attributes(found, data, recipe, members)
    ranks = target_ranks(aided, data.test, seen=found.seen)
    return {
        **figures,
        **_rare(data, ranks, "_attributes"),
        **_figures_with(aided, found, data, "_attributes"),
    }


def _figures_with(mixture: Blend, found: NextFit, data: SequenceFolder, suffix: str) -> Figures:
    figures = next_figures(target_ranks(mixture, data.test, seen=found.seen))
    return {f"{key}{suffix}": figures[key] for key in ("hr@10", "ndcg@10")}


def _valid_added(found: NextFit, data: SequenceFolder) -> Blend:
    """The same mixture whose closed forms know the validation items too: another protocol than the usual."""
    whole = data.test.histories
    parts = dict(found.parts)
    for name, part in found.parts.items():
        if isinstance(part, Transitions):
            parts[name] = Transitions.fit(whole, part.options)
        elif isinstance(part, SessionNeighbours):
            parts[name] = SessionNeighbours.fit(whole, part.options)
    return Blend(tuple(parts.values()), found.mixture.weights)


def _with_attributes(found: NextFit, data: SequenceFolder, recipe: SequenceRecipe, members: int) -> Blend:
    """A mixture whose transformers read the products' attributes too, with what is alike by them."""
    products = product_vectors(data.attributes, seed=recipe.seed)
    sequence, epochs = learned(data.train, data.valid, found.seen, recipe, products)
    again = replace(recipe, epochs=epochs)
    parts = {
        **found.parts,
        "alike": Alike.fit(data.train, products),
        "sequence": with_members([sequence], data.train, again, products, members),
    }
    return blend_of(parts, confirmed(parts, data.valid, seen=found.seen, seed=recipe.seed))


def product_vectors(attributes: Any, *, dim: int = 128, seed: int = 0) -> Float32:
    """Unit vectors [n, `dim` at most] of products by attributes, rare ones weighing more; 0 without any.

    `attributes` is sparse [n, m] of 0 and 1: the m attributes by inverse document frequency on their main
    directions.
    """
    counts = np.asarray(attributes.sum(axis=0)).ravel()
    weighed = sparse.csr_array(
        attributes @ sparse.diags_array(np.log(1 + attributes.shape[0] / np.maximum(counts, 1)))
    )
    found = truncated_svd(weighed, min(dim, *attributes.shape), seed=seed)
    vectors = found.left * found.values
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 1e-9, lengths, 1), np.float32)
