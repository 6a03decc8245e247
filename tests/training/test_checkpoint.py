import os
from dataclasses import replace

import pytest
import torch
from torch import nn

from shelfspace.errors import OptionError
from shelfspace.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from shelfspace.training.fit import fit_encoder
from shelfspace.training.plan import Plan

PLAN = Plan(epochs=7, steps_per_epoch=5, learning_rate=0.05, seed=1, patience=3)


class Small(nn.Module):
    """Dropout, batch statistics and sparse rows: all that a resumption could lose."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.rows = nn.EmbeddingBag(30, 6, sparse=True, mode="mean")
        self.norm = nn.BatchNorm1d(6)
        self.head = nn.Linear(6, 6)
        self.dropout = nn.Dropout(0.3)

    def forward(self, tokens):
        return self.head(self.dropout(self.norm(self.rows(tokens))))


def batches(epoch, rng):
    return [torch.tensor(rng.integers(0, 30, (8, 4))) for _ in range(5)]


def loss(module, batch):
    return (module(batch) - 1.0).square().mean()


class KilledError(Exception):
    pass


def killed_in(epoch):
    def until(number, rng):
        if number == epoch:
            raise KilledError
        return batches(number, rng)

    return until


class Scores:
    """A validation that peaks in epoch 3, by the number of steps that the module has seen."""

    def __call__(self, module):
        epochs = int(module.norm.num_batches_tracked) // 5
        return -abs(epochs - 3) / 10


def fitted(folder, plan=PLAN, source=batches, validate=None, resume=False, module=None):
    module = module or Small()
    history = fit_encoder(
        module, source, loss, plan=plan, validate=validate, checkpoint=folder, resume=resume
    )
    return module.state_dict(), history


def same(left, right):
    return all(torch.equal(left[name], right[name]) for name in left)


def timeless(history):
    return replace(
        history, epochs=tuple(replace(epoch, seconds=0.0, waiting_seconds=0.0) for epoch in history.epochs)
    )


@pytest.mark.parametrize("validate", [None, Scores()], ids=["plain", "early stopping"])
@pytest.mark.parametrize("killed", [1, 3, 5])
def test_a_resumed_run_gives_the_weights_of_an_uninterrupted_one(tmp_path, validate, killed):
    expected, told = fitted(None, validate=validate)
    with pytest.raises(KilledError):
        fitted(tmp_path, source=killed_in(killed), validate=validate)
    weights, history = fitted(tmp_path, validate=validate, resume=True)
    assert same(weights, expected)
    assert timeless(history) == timeless(told)


def test_a_finished_run_is_not_run_again(tmp_path):
    expected, _ = fitted(tmp_path, validate=Scores())
    weights, history = fitted(tmp_path, source=killed_in(0), validate=Scores(), resume=True)
    assert same(weights, expected)
    assert history.ending == "patience"


@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty", "text"])
def test_a_damaged_checkpoint_is_passed_over_with_a_note(tmp_path, damage):
    expected, _ = fitted(None)
    with pytest.raises(KilledError):
        fitted(tmp_path, source=killed_in(4))
    newest = max(tmp_path.glob("checkpoint-*.safetensors"))
    content = bytearray(newest.read_bytes())
    content[-3] ^= 1
    newest.write_bytes(
        {"truncated": content[:-50], "flipped": content, "empty": b"", "text": b"not a checkpoint"}[damage]
    )
    weights, history = fitted(tmp_path, resume=True)
    assert same(weights, expected)
    assert newest.name in history.notes[0]


def test_all_damaged_means_from_the_start(tmp_path):
    expected, _ = fitted(None)
    with pytest.raises(KilledError):
        fitted(tmp_path, source=killed_in(4))
    for path in tmp_path.glob("checkpoint-*.safetensors"):
        path.write_bytes(b"")
    weights, history = fitted(tmp_path, resume=True)
    assert same(weights, expected)
    assert len(history.notes) == 2


def test_a_crash_while_writing_leaves_the_last_good_one(tmp_path, monkeypatch):
    save_checkpoint(tmp_path, 0, Checkpoint({"a": torch.ones(2)}, {"epoch": 0}))

    def crash(handle):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError, match="no space"):
        save_checkpoint(tmp_path, 1, Checkpoint({"a": torch.zeros(2)}, {"epoch": 1}))
    found, notes = load_checkpoint(tmp_path)
    assert found.state == {"epoch": 0}
    assert notes == []


def test_tied_empty_and_half_precision_tensors_come_back(tmp_path):
    one = torch.arange(6.0).reshape(2, 3)
    tensors = {"a": one, "tied": one, "turned": one.T, "none": torch.zeros(0, 3), "half": one.bfloat16()}
    tensors["number"] = torch.tensor(3)
    save_checkpoint(tmp_path, 0, Checkpoint(tensors, {"nan": float("inf"), "text": "ü"}))
    found, _ = load_checkpoint(tmp_path)
    assert same(tensors, found.tensors)
    assert found.state == {"nan": float("inf"), "text": "ü"}


def test_without_resume_an_old_run_is_forgotten(tmp_path):
    fitted(tmp_path)
    fitted(tmp_path, plan=replace(PLAN, epochs=1))
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-000000.safetensors"]


def test_another_plan_or_module_is_refused(tmp_path):
    fitted(tmp_path)
    with pytest.raises(OptionError, match="another learning_rate, seed"):
        fitted(tmp_path, plan=replace(PLAN, seed=2, learning_rate=0.1), resume=True)
    wider = Small()
    wider.head = nn.Linear(6, 9)
    with pytest.raises(OptionError, match=r"head\.bias, head\.weight"):
        fitted(tmp_path, resume=True, module=wider)


def test_a_run_cut_short_by_time_goes_on_with_more_time(tmp_path):
    expected, _ = fitted(None)
    _, history = fitted(tmp_path, plan=replace(PLAN, time_limit_seconds=1e-9))
    assert history.ending == "time"
    weights, _ = fitted(tmp_path, resume=True)
    assert same(weights, expected)
