from __future__ import annotations

import numpy as np
import pytest

import shelfspace
from shelfspace.encoders.transformer import TransformerTextEncoder
from shelfspace.errors import SpaceError
from shelfspace.tasks.fit import fit
from shelfspace.tasks.match import study as steps_of
from shelfspace.tasks.match import tuned as room
from shelfspace.tasks.match.labelled import out_of_fold_columns
from shelfspace.tasks.match.matcher import matcher_of, matcher_of_space
from shelfspace.tasks.match.reader import READING
from shelfspace.tasks.match.study import study_match
from shelfspace.tasks.match.tuned import MEANING, TextModel, kept, restored, side_by_side
from shelfspace.training.tuning import Tuning


@pytest.fixture(scope="module", autouse=True)
def few_steps():
    """The static encoder is not what these tests are about."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps_of, "STEPS", dict.fromkeys(steps_of.STEPS, 4))
        yield


QUICK = Tuning(steps=2, batch_size=8, epochs=1, pairs_a_batch=8, learning_rate=1e-3)


@pytest.fixture(scope="module")
def tuned_study(planted, labelled, tiny_bert):
    encoder = TransformerTextEncoder.from_pretrained(tiny_bert, precision="float32", max_tokens=12)
    return study_match(
        planted.catalog, planted.left, planted.right, train=labelled, text_model=TextModel(encoder, QUICK)
    )


def test_the_mean_of_cosines_is_the_cosine_of_what_stands_side_by_side():
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=(6, 4)).astype(np.float32) for _ in range(3)]
    parts = [part / np.linalg.norm(part, axis=1, keepdims=True) for part in parts]
    both = side_by_side(parts)
    np.testing.assert_allclose(both @ both.T, np.mean([part @ part.T for part in parts], axis=0), atol=1e-6)


def test_folds_and_desk_have_the_signal_and_the_reading(tuned_study):
    assert len(tuned_study.desk.reader.judges) == len(tuned_study.folds) == 3
    for fold in tuned_study.folds:
        assert len(fold.reader.judges) == 1
        assert fold.signals[MEANING].shape == (len(tuned_study.desk.listings), 24)
    columns = out_of_fold_columns(tuned_study.desk, tuned_study.train, tuned_study.folds, "known")
    assert np.isfinite(columns[MEANING]).all()
    assert f"{MEANING} margin" in columns
    read = np.isfinite(columns[READING])
    assert 0 < read.sum() < len(read)


def test_no_judge_learns_from_the_pairs_that_it_reads(planted, labelled, tiny_bert, monkeypatch):
    taught = []
    monkeypatch.setattr(
        room, "tune_cross", lambda model, pairs, how, **told: (taught.append(pairs) or Silent(), how)
    )
    encoder = TransformerTextEncoder.from_pretrained(tiny_bert, precision="float32", max_tokens=12)
    model = TextModel(encoder, QUICK)
    study = study_match(planted.catalog, planted.left, planted.right, train=labelled, text_model=model)
    texts = study.desk.reader.texts
    for fold, pairs in zip(study.folds, taught, strict=True):
        mine = study.train.pairs.take(fold.held_out)
        held_out = {(texts[one], texts[other]) for one, other in zip(mine.left, mine.right, strict=True)}
        assert len(pairs) and not held_out & set(zip(pairs.left, pairs.right, strict=True))


class Silent:
    def log_odds(self, left, right):
        return np.zeros(len(left), np.float32)


def test_what_is_kept_restores_the_desk(tuned_study):
    blobs = kept(tuned_study.desk)
    assert {"meaning.safetensors", "reader.json", "judge-0.safetensors", "judge-2.safetensors"} <= set(blobs)
    bare = tuned_study.desk.with_learned(
        {name: rows for name, rows in tuned_study.desk.learned_signals.items() if name != MEANING}
    )
    again = restored(bare, blobs)
    pairs = tuned_study.valid.pairs
    one, other = (
        desk.columns(pairs, "known", tuned_study.train.matches) for desk in (tuned_study.desk, again)
    )
    for name in (MEANING, READING):
        np.testing.assert_allclose(one[name], other[name], atol=0.05)
    with pytest.raises(SpaceError, match="fine-tuned vectors"):
        restored(bare, {"meaning.safetensors": b"nothing"})


def test_a_scorer_is_learned_in_every_context(tuned_study, planted):
    for context in ("pair", "known"):
        probabilities = matcher_of(tuned_study, context=context).probabilities(planted.truth)
        assert np.mean(probabilities) > 0.5


def test_the_best_space_keeps_its_text_model(planted, labelled, tiny_bert, tmp_path):
    told = planted.named(labelled.pairs, labelled.labels)
    space = fit(planted.catalog, pairs=told, preset="best", encoder=str(tiny_bert), tuning=QUICK)
    space.save(tmp_path / "space")
    read = shelfspace.load(tmp_path / "space")
    assert read.match().equals(space.match())
    pairs = planted.truth.take(slice(0, 20))
    one, other = (matcher_of_space(each, "left", "right").probabilities(pairs) for each in (space, read))
    np.testing.assert_allclose(one, other, atol=0.05)


def test_a_desk_without_a_text_model_keeps_nothing(desk):
    assert kept(desk) == {}
    assert restored(desk, {"json": b"of something else"}) is desk


def test_static_is_no_text_model(planted, labelled):
    told = planted.named(labelled.pairs, labelled.labels)
    space = fit(planted.catalog, pairs=told, preset="best", encoder="static")
    assert not [name for name in space.artifacts if "judge" in name or "meaning" in name]
