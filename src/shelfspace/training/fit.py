"""The one fit loop: encoder → vectors → objective → step, whatever the modality."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from shelfspace.objectives.collapse import effective_rank, spread
from shelfspace.progress import progress
from shelfspace.training.checkpoint import clear_checkpoints, load_checkpoint, save_checkpoint
from shelfspace.training.epoch import Batch, Batches, Loss, Training, run_epoch
from shelfspace.training.history import Ending, Epoch, History
from shelfspace.training.left_as_found import left_as_found
from shelfspace.training.optimisers import optimisers_of
from shelfspace.training.plan import Plan
from shelfspace.training.snapshot import Run, restore, snapshot, weights_of

Validate = Callable[[nn.Module], float]
Probe = Callable[[nn.Module], Tensor]

#: A space below either is a point or a line; sound ones have a spread near 1 and a rank of many.
_COLLAPSED_SPREAD = 0.05
_COLLAPSED_RANK = 1.5


def fit_encoder(
    module: nn.Module,
    batches: Batches[Batch],
    loss: Loss[Batch],
    *,
    plan: Plan,
    validate: Validate | None = None,
    probe: Probe | None = None,
    checkpoint: Path | None = None,
    resume: bool = False,
    label: str = "Training",
) -> History:
    """Train `module` in place and give the history; the module is left with the best weights.

    `batches(epoch, rng)` gives an epoch's batches, drawing only from `rng`; `loss(module, batch)` is a
    scalar. `validate(module)`, higher is better, runs before the first epoch and after each: the best
    weights win, the starting ones included, so training never returns a module that validates worse.
    Without it the last weights stay. `probe(module)` gives the vectors [n, d] of a fixed sample; their
    effective rank and spread are logged, and a collapsed space ends the run with a note.

    `checkpoint` is a folder that holds the state after every whole epoch; `resume` goes on from the newest
    sound one and gives the same weights, bit for bit, as a run without interruption (a run cut short by its
    time limit repeats the epoch it was in). Deterministic by `plan.seed`; the caller's random states, and
    which parts of the module were in training mode, are left as they were. `plan.epochs` of 0 trains nothing.

    A step whose loss or gradient is not finite is skipped; `ShelfspaceError` is raised after ten in a row.
    Raises `OptionError` for a loss that is no scalar with a gradient, for a module without trainable
    parameters, and for a checkpoint of another plan or module.
    """
    training = Training(module, batches, loss, optimisers_of(module, plan), plan)
    steps = plan.steps_per_epoch or 1
    with left_as_found(module), progress(label, plan.epochs * steps) as advance:
        run = _begin(training, validate, checkpoint, resume)
        advance(len(run.history.epochs) * steps)
        while (ending := _ending(run.history, plan)) is None:
            epoch = run_epoch(training, len(run.history.epochs), run.history.seconds, advance)
            _judge(module, run, epoch, validate, probe)
            if checkpoint is not None and not _out_of_time(run.history, plan):
                kept = snapshot(module, training.optimisers, run, plan)
                save_checkpoint(checkpoint, epoch.epoch, kept)
        module.zero_grad(set_to_none=True)
        if run.best is not None:
            module.load_state_dict(run.best)
    return _concluded(run.history, ending)


def _begin(
    training: Training[Batch], validate: Validate | None, checkpoint: Path | None, resume: bool
) -> Run:
    notes: list[str] = []
    if checkpoint is not None and not resume:
        clear_checkpoints(checkpoint)
    elif checkpoint is not None:
        found, notes = load_checkpoint(checkpoint)
        if found is not None:
            run = restore(found, training.module, training.optimisers, training.plan)
            run.history = replace(run.history, notes=(*run.history.notes, *notes))
            return run
    run = Run(History(notes=tuple(notes)))
    if validate is not None:
        score = _score(training.module, validate)
        run.history = replace(run.history, start_score=score, best_score=score)
        run.best = weights_of(training.module)
    return run


def _judge(module: nn.Module, run: Run, epoch: Epoch, validate: Validate | None, probe: Probe | None) -> None:
    """Validate and probe after `epoch`, and enter it into the run."""
    began, history = time.perf_counter(), run.history
    if probe is not None:
        module.eval()
        with torch.no_grad():
            vectors = probe(module)
        epoch = replace(epoch, effective_rank=effective_rank(vectors), spread=spread(vectors))
    if validate is None:
        history = replace(history, best_epoch=epoch.epoch)
    else:
        score = _score(module, validate)
        epoch = replace(epoch, score=score)
        if history.best_score is None or score > history.best_score:
            history = replace(history, best_score=score, best_epoch=epoch.epoch)
            run.best = weights_of(module)
    epoch = replace(epoch, seconds=epoch.seconds + time.perf_counter() - began)
    run.history = replace(history, epochs=(*history.epochs, epoch))


def _score(module: nn.Module, validate: Validate) -> float:
    """The validation; one that is not a number is worse than any."""
    module.eval()
    with torch.no_grad():
        score = float(validate(module))
    return score if score == score else -torch.inf


def _ending(history: History, plan: Plan) -> Ending | None:
    """Why the run is over, a function of its history alone so that a resumed run agrees; None to go on."""
    if history.epochs and _collapsed(history.epochs[-1]):
        return "collapse"
    if len(history.epochs) >= plan.epochs:
        return "epochs"
    stale = len(history.epochs) - 1 - history.best_epoch
    if plan.patience is not None and stale >= plan.patience:
        return "patience"
    return "time" if _out_of_time(history, plan) else None


def _out_of_time(history: History, plan: Plan) -> bool:
    return plan.time_limit_seconds is not None and history.seconds >= plan.time_limit_seconds


def _collapsed(epoch: Epoch) -> bool:
    if epoch.spread is None or epoch.effective_rank is None:
        return False
    return epoch.spread < _COLLAPSED_SPREAD or epoch.effective_rank < _COLLAPSED_RANK


def _concluded(history: History, ending: Ending) -> History:
    notes = history.notes
    if ending == "collapse":
        last = history.epochs[-1]
        notes = (
            *notes,
            f"Training stopped as the vectors collapsed in epoch {last.epoch + 1} (spread {last.spread:.3f}, "
            f"effective rank {last.effective_rank:.1f}): lower the learning rate, raise the temperature, or "
            "give the objective more negatives. One without negatives (BYOL, SimSiam) needs a predictor "
            "behind one of the looks, no gradient through the other, and batch normalisation.",
        )
    return replace(history, ending=ending, notes=notes)
