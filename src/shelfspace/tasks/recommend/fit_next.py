"""Learn what comes next: closed forms, a transformer, and the mixture that validation users confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from shelfspace.data.interactions import Float32, Interactions
from shelfspace.encoders.sequence import SequenceEncoder
from shelfspace.tasks.match.study import Preset
from shelfspace.tasks.recommend.alike import Alike
from shelfspace.tasks.recommend.blend import Blend
from shelfspace.tasks.recommend.confirmed import blend_of, confirmed
from shelfspace.tasks.recommend.continuations import Continuations, last_taken, reached, target_ranks
from shelfspace.tasks.recommend.linear import shares_of
from shelfspace.tasks.recommend.ranked import Seen
from shelfspace.tasks.recommend.scorer import Recommender
from shelfspace.tasks.recommend.sequence_recommender import SequenceRecommender
from shelfspace.tasks.recommend.session_neighbours import NeighbourOptions, SessionNeighbours
from shelfspace.tasks.recommend.transitions import TransitionOptions, Transitions
from shelfspace.tasks.recommend.tuned_closed import NEIGHBOUR_GRID, TRANSITION_GRID, tuned
from shelfspace.training.gate import Verdict
from shelfspace.training.sequences import SequenceRecipe, learn_sequences

#: How many transformers a preset mixes.
MEMBERS: dict[Preset, int] = {"fast": 1, "balanced": 3, "best": 5}
_TUNING_QUESTIONS = 2000  # by which closed forms are tuned and epochs told apart: seconds each
_BETWEEN_SEEDS = 1_000  # of members: far enough that runs of seeds 0, 1, 2 share none
_MOST_DROPPED = 0.5  # of what a wider member reads
_RARE_REPEATS = 0.01  # of the validation: up to here what was taken before is not recommended again


@dataclass(frozen=True)
class NextFit:
    """What was learned: the `mixture`, whether items already `seen` may come again, and the gate's `verdict`.

    `parts` are all that were learned, those without weight included; the transformer took `epochs`.
    """

    mixture: Blend
    seen: Seen
    verdict: Verdict
    parts: dict[str, Recommender] = field(default_factory=dict)
    epochs: int = 0

    @property
    def weights(self) -> dict[str, float]:
        """Each part's weight in the mixture."""
        return dict(zip(self.parts, self.mixture.weights, strict=True))


def fit_next(
    train: Interactions,
    valid: Continuations | None = None,
    *,
    whole: Interactions | None = None,
    recipe: SequenceRecipe | None = None,
    products: Float32 | None = None,
    members: int = 1,
) -> NextFit:
    """What comes next after each history, learned from `train`, whose events stand in time order.

    Options, epochs, weights, and whether items come again are chosen by `valid`, which is not learned from;
    without it the last event of each user of three and more is set aside for it. All parts are then learned
    once more from `whole`, all that may be learned from (by default all that was given; nothing is learned
    twice where it is `train`). `recipe` is the transformer's, one of 0 epochs leaves it out; `products`
    float32 [n_items, p] are product vectors, which let it recommend items that few or none have taken; what
    is like the history by them is then a part of the mixture too. `members` transformers are mixed in equal
    parts, see `with_members`; where all is learned once more, one alone is judged before.
    Raises `OptionError` where no history is long enough to learn from.
    """
    if valid is None:
        long = np.flatnonzero(train.lengths >= 3)
        whole = train if whole is None else whole
        valid = last_taken(train.take(long))
        train = _without_last(train, long)
    recipe = recipe or SequenceRecipe()
    epochs = 0
    seen = seen_by(valid)
    asked = valid.sample(_TUNING_QUESTIONS, seed=recipe.seed)
    transitions = tuned(
        lambda options: Transitions.fit(train, options),
        TransitionOptions(),
        TRANSITION_GRID,
        asked,
        seen=seen,
    )
    neighbours = tuned(
        lambda options: SessionNeighbours.fit(train, options),
        NeighbourOptions(),
        NEIGHBOUR_GRID,
        asked,
        seen=seen,
    )
    parts: dict[str, Recommender] = {
        "transitions": Transitions.fit(train, transitions),
        "session_neighbours": SessionNeighbours.fit(train, neighbours),
    }
    again = whole is not None and whole is not train
    if products is not None:
        parts["alike"] = Alike.fit(train, products)
    if recipe.epochs:
        found, epochs = learned(train, valid, seen, recipe, products)
        recipe = replace(recipe, epochs=epochs)
        alone = 1 if again else members
        parts["sequence"] = with_members([found], train, recipe, products, alone)
    verdict = confirmed(parts, valid, seen=seen, seed=recipe.seed)
    if whole is not None and again:
        if products is not None:
            parts["alike"] = Alike.fit(whole, products)
        parts["transitions"] = Transitions.fit(whole, transitions)
        parts["session_neighbours"] = SessionNeighbours.fit(whole, neighbours)
        if epochs:
            parts["sequence"] = with_members([], whole, recipe, products, members)
    return NextFit(blend_of(parts, verdict), seen, verdict, parts, epochs)


def with_members(
    known: Sequence[SequenceRecommender],
    whole: Interactions,
    recipe: SequenceRecipe,
    products: Float32 | None = None,
    members: int = 1,
) -> Recommender:
    """The transformers `known` of a recipe and others up to so many `members`, in equal parts.

    The others learn from `whole`, each with a seed of its own and every second one twice as wide: the less
    alike they are, the more of what each has by chance cancels out.
    """
    recipes = [_member(recipe, member) for member in range(len(known), members)]
    nobody = Continuations(whole.take([]), np.zeros(0, np.int64))
    more = [learned(whole, nobody, "keep", each, products)[0] for each in recipes]
    found = (*known, *more)
    return found[0] if len(found) == 1 else Blend(found, (1 / len(found),) * len(found))


def learned(
    train: Interactions,
    valid: Continuations,
    seen: Seen,
    recipe: SequenceRecipe,
    products: Float32 | None = None,
) -> tuple[SequenceRecommender, int]:
    """A transformer taught by `train`, and after how many epochs it had the best ndcg@20 on `valid`.

    A sample of `valid` is asked; where that is empty the last epoch counts.
    """
    asked = valid.sample(_TUNING_QUESTIONS, seed=recipe.seed)
    shares = shares_of(train)

    def validate(encoder: SequenceEncoder) -> float:
        return float(reached(target_ranks(SequenceRecommender(encoder, shares), asked, seen=seen)).mean())

    judge: Callable[[SequenceEncoder], float] | None = validate if len(asked) else None
    run = learn_sequences(train, recipe, products=products, validate=judge)
    return SequenceRecommender(run.encoder, shares), run.history.best_epoch + 1


def _member(recipe: SequenceRecipe, member: int) -> SequenceRecipe:
    shape = recipe.shape
    if member % 2:
        shape = replace(shape, dim=2 * shape.dim, dropout=min(1.5 * shape.dropout, _MOST_DROPPED))
    return replace(recipe, shape=shape, seed=recipe.seed + member * _BETWEEN_SEEDS)


def seen_by(valid: Continuations) -> Seen:
    """ "keep" where more than a hundredth of what users took next they had taken before, else "exclude"."""
    return "keep" if len(valid) and valid.repeats().mean() > _RARE_REPEATS else "exclude"


def _without_last(taken: Interactions, users: np.ndarray) -> Interactions:
    """`taken` without the last event of these users."""
    kept = np.ones(len(taken), np.bool_)
    kept[taken.starts[1:][users] - 1] = False
    return taken.where(kept)
