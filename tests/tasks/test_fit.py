from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

import shelfspace
from shelfspace.data.catalog import Catalog
from shelfspace.data.pairs import Pairs
from shelfspace.errors import OptionError
from shelfspace.tasks.fit import TUNING, fit
from shelfspace.tasks.match import match
from shelfspace.tasks.match import study as match_study
from shelfspace.tasks.match.matcher import artifact_name
from shelfspace.tasks.search.ranking import ARTIFACT, WORDS_ARTIFACT
from shelfspace.training.study import TextStudy
from shelfspace.views.aliases import ALIASES

STEPS = 6


@pytest.fixture(scope="module")
def learned(planted, labelled):
    """Fitted on labels, with a few steps of training."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(match_study.STEPS, "balanced", STEPS)
        yield fit(planted.catalog, pairs=planted.named(labelled.pairs, labelled.labels), seed=3)


def gtin(number):
    """A number with its check digit, as a catalogue writes it."""
    digits = f"{4_000_000_000_00 + number:012d}"
    weighed = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits))
    return f"0{digits}{-weighed % 10}"


def shops(*names, n=20):
    kinds = ["kettle", "drill", "lamp", "chair"] * (n // 4)
    rows = [
        {"shop": shop, "id": str(i), "title": f"{kind} number {i} v{i}0", "gtin": gtin(i)}
        for shop in names
        for i, kind in enumerate(kinds)
    ]
    return Catalog.from_table(pl.DataFrame(rows))


def ruined(self, lesson, recipe, **options):
    """Training that forgets everything: all tokens one vector."""
    worse = self.closed.blended(self.closed, 0.5)
    worse.vectors[:] = worse.vectors[0]
    return worse


def test_training_goes_through_the_gate_and_into_the_figures(planted, learned):
    figures = learned.figures
    assert figures["learned_from"] == "labels"
    assert figures["shipped"] in ("closed", "quarter", "half", "most", "learned")
    assert figures["held_out_mrr"] >= figures["held_out_mrr_closed_form"]
    assert 0 < figures["match_threshold"] < 1
    assert learned.seed == 3
    precision, recall = planted.figures(match(learned))
    assert precision > 0.7
    assert recall > 0.75


def test_the_scorer_of_two_shops_is_kept(learned, tmp_path):
    name = artifact_name("left", "right")
    assert set(learned.artifacts) - {ALIASES, ARTIFACT, WORDS_ARTIFACT} == {
        f"{name}.json",
        f"{name}.parquet",
        f"{name}.blocking.json",
    }
    kept = json.loads(learned.artifacts[f"{name}.json"])
    assert kept["kind"] == "guided"
    learned.save(tmp_path / "space")
    read = shelfspace.load(tmp_path / "space")
    assert read.figures == learned.figures
    assert read.match().equals(learned.match())


def test_a_fit_is_the_same_by_seed(planted, fast_space):
    again, other = (fit(planted.catalog, preset="fast", seed=seed) for seed in (0, 1))
    assert np.array_equal(again.vectors, fast_space.vectors)
    assert again.artifacts == fast_space.artifacts
    assert again.figures == fast_space.figures
    assert not np.array_equal(other.vectors, fast_space.vectors)


def test_training_is_the_same_by_seed(monkeypatch):
    monkeypatch.setitem(match_study.STEPS, "balanced", 2)
    first, again = (fit(shops("a", "b"), seed=2) for _ in range(2))
    assert np.array_equal(first.vectors, again.vectors)
    assert first.artifacts == again.artifacts


@pytest.mark.parametrize("names", [("a", "b"), ("a", "b", "c")])
def test_the_gate_never_ships_what_is_worse(monkeypatch, names):
    monkeypatch.setattr(TextStudy, "learn", ruined)
    space = fit(shops(*names))
    assert space.figures["shipped"] == "closed"
    assert np.array_equal(space.vectors, fit(shops(*names), preset="fast").vectors)


def test_an_empty_catalogue_and_an_unknown_preset_are_refused(planted):
    with pytest.raises(OptionError, match="catalogue is empty"):
        fit(Catalog.concat([]))
    with pytest.raises(OptionError, match="fast, balanced, best"):
        fit(planted.catalog, preset="slow")


def test_one_shop_alone_has_no_scorer_and_nothing_to_judge_training_by(monkeypatch):
    monkeypatch.setitem(match_study.STEPS, "balanced", 2)
    space = fit(shops("a"))
    assert space.figures == {"shipped": "closed", "preset": "balanced"}
    assert space.artifacts == {}
    assert space.similar("a/0", 3).height == 3


def test_one_product_alone():
    space = fit(shops("a", n=20).take(np.array([0])), preset="fast")
    assert space.vectors.shape[0] == 1
    assert space.similar("0").height == 0


def test_three_shops_learn_one_encoder(monkeypatch):
    monkeypatch.setitem(match_study.STEPS, "balanced", 2)
    space = fit(shops("a", "b", "c"))
    assert space.artifacts == {}
    assert space.figures["shipped"] in ("closed", "quarter", "half", "most", "learned")
    assert 0 <= space.figures["share_learned"] <= 1


@pytest.mark.parametrize("n", [1, 4])
def test_a_handful_of_labels_does_no_harm(planted, labelled, fast_space, n):
    few = labelled.take(np.concatenate([np.arange(n), np.arange(-n, 0)]))
    space = fit(planted.catalog, pairs=planted.named(few.pairs, few.labels), preset="fast")
    assert len(space.pairs) == 2 * n
    assert space.artifacts == fast_space.artifacts


def test_pairs_of_products_that_are_not_there_teach_nothing(planted, fast_space):
    far = Pairs.from_table(
        pl.DataFrame({"left_shop": ["x"], "left_id": ["1"], "right_shop": ["y"], "right_id": ["2"]})
    )
    space = fit(planted.catalog, pairs=far, preset="fast")
    assert space.artifacts == fast_space.artifacts


def test_training_goes_on_from_its_checkpoint(monkeypatch, tmp_path):
    monkeypatch.setitem(match_study.STEPS, "balanced", 5)
    whole = fit(shops("a", "b"), checkpoint=tmp_path)
    assert [folder.name for folder in tmp_path.iterdir()] == ["all"]
    again = fit(shops("a", "b"), checkpoint=tmp_path, resume=True)
    assert np.array_equal(again.vectors, whole.vectors)


def test_a_hugging_face_model_is_used_as_it_is(tmp_path):
    transformers = pytest.importorskip("transformers")
    words = ["kettle", "drill", "lamp", "chair", "number", "v", *"0123456789"]
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    (tmp_path / "vocab.txt").write_text("\n".join([*marks, *words, *(f"##{w}" for w in "v0123456789")]))
    tokenizer = transformers.BertTokenizerFast(vocab=str(tmp_path / "vocab.txt"))
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    transformers.BertModel(transformers.BertConfig(vocab_size=len(tokenizer), **sizes)).save_pretrained(
        tmp_path
    )
    tokenizer.save_pretrained(tmp_path)
    space = fit(shops("a", "b"), encoder=str(tmp_path))
    assert space.vectors.shape == (40, 16)
    assert space.figures == {"encoder": str(tmp_path), "preset": "balanced"}
    assert space.artifacts == {}
    assert space.similar("a/3", 1)["id"].to_list() == ["3"]


def test_recipes_are_searched_and_members_averaged(planted, labelled, monkeypatch):
    monkeypatch.setitem(match_study.STEPS, "balanced", 4)
    space = fit(planted.catalog, pairs=planted.named(labelled.pairs, labelled.labels), tune=2, ensemble=2)
    assert space.figures["ensemble"] == 2
    table = pl.read_json(space.artifacts[TUNING])
    assert table["kept"].sum() == 1
    assert space.figures["recipe"] == f"{table.filter('kept')['recipe'][0]} of 2"
    with pytest.raises(OptionError, match="preset fast"):
        fit(planted.catalog, preset="fast", ensemble=2)
