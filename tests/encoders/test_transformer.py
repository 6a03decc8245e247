import json
import sys

import numpy as np
import pytest
import torch

from shelfspace.encoders import Listings, load_encoder
from shelfspace.encoders.transformer import TransformerTextEncoder
from shelfspace.errors import MissingExtraError, OptionError, ShelfspaceError, SpaceError

WORDS = [f"word{number}" for number in range(300)]
DIM = 24


@pytest.fixture(scope="module")
def folder(tiny_bert):
    return tiny_bert


@pytest.fixture(scope="module")
def encoder(folder):
    return TransformerTextEncoder.from_pretrained(folder, precision="float32")


def copied(folder, tmp_path):
    tmp_path.mkdir(exist_ok=True)
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def texts(n, seed=0):
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, rng.integers(1, 20))) for _ in range(n)]


def test_vectors_are_the_models_mean_states(folder, encoder):
    from transformers import AutoModel, AutoTokenizer

    model, tokenizer = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    sample = texts(30)
    vectors = encoder.encode(Listings.of_texts(sample))
    for text, vector in zip(sample, vectors, strict=True):
        with torch.no_grad():
            states = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0]
        mean = states.mean(dim=0).numpy()
        assert vector == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)


def test_a_vector_does_not_depend_on_what_stands_beside_it(folder):
    listings = Listings.of_texts([*texts(150), "word1", " ".join(WORDS[:60])])
    for precision, tolerance in (("float32", 1e-6), ("bfloat16", 1e-4)):
        encoder = TransformerTextEncoder.from_pretrained(folder, precision=precision, batch_size=32)
        together = encoder.encode(listings)
        alone = np.concatenate([encoder.encode(listings.take(np.array([row]))) for row in range(0, 152, 7)])
        assert (together[::7] * alone).sum(axis=1).min() > 1 - tolerance
    assert np.unique(together.round(3), axis=0).shape[0] > 140, "the texts must differ, or this tests nothing"


def test_bfloat16_stays_near_float32(folder, encoder):
    listings = Listings.of_texts(texts(50))
    fast = TransformerTextEncoder.from_pretrained(folder, precision="bfloat16").encode(listings)
    assert fast.dtype == np.float32
    assert (fast * encoder.encode(listings)).sum(axis=1).min() > 0.999


def test_poolings_differ(folder, encoder):
    listings = Listings.of_texts(texts(5))
    first, last = (
        TransformerTextEncoder.from_pretrained(folder, pooling=pooling, precision="float32").encode(listings)
        for pooling in ("cls", "last")
    )
    mean = encoder.encode(listings)
    assert not np.allclose(first, last, atol=0.01)
    assert not np.allclose(first, mean, atol=0.01)


def test_details_follow_the_name_and_the_text_is_cut(encoder, folder):
    both = encoder.encode(Listings(["word1 word2"], ["word3"]))
    assert np.array_equal(both, encoder.encode(Listings.of_texts(["word1 word2 word3"])))
    short = TransformerTextEncoder.from_pretrained(folder, max_tokens=5, precision="float32")
    cut = short.encode(Listings.of_texts(["word1 word2 word3 word4", "word1 word2 word3 word9"]))
    assert cut[0] == pytest.approx(cut[1], abs=1e-6)
    assert encoder.max_tokens == 40, "the model has no more positions"
    assert encoder.encode(Listings.of_texts(["word1 " * 500])).shape == (1, DIM)


@pytest.mark.parametrize("text", ["", "  ", "\x00", "\u200b"], ids=ascii)
def test_a_listing_without_tokens_is_the_zero_vector(encoder, text):
    vectors = encoder.encode(Listings(["word1", text, "word2"], ["", "", ""]))
    assert not vectors[1].any()
    assert np.linalg.norm(vectors[[0, 2]], axis=1) == pytest.approx([1, 1])


def test_lone_surrogates_are_read_as_question_marks(encoder):
    vectors = encoder.encode(Listings(["word1 \ud800", "word1 ?"], ["", ""]))
    assert np.array_equal(vectors[0], vectors[1])


def test_it_draws_no_bars_where_nobody_watches(encoder, tmp_path, capfd):
    encoder.save(tmp_path)
    load_encoder(tmp_path).encode(Listings.of_texts(texts(200)))
    assert capfd.readouterr() == ("", "")


def test_it_reopens_without_a_network(encoder, tmp_path, monkeypatch):
    encoder.save(tmp_path)
    monkeypatch.setattr("socket.socket.connect", None)
    again = load_encoder(tmp_path)
    listings = Listings.of_texts(texts(20))
    assert np.array_equal(again.encode(listings), encoder.encode(listings))
    assert (again.kind, again.dim, again.max_tokens, again.precision) == ("transformer", DIM, 40, "float32")
    assert not list(tmp_path.glob("*.bin"))
    assert str(encoder.model.name_or_path) not in (tmp_path / "config.json").read_text(encoding="utf-8")


def sentence_transformer(folder, tmp_path, pooling, *more):
    copied(folder, tmp_path)
    parts = [("", "Transformer"), ("1_Pooling", "Pooling"), *more]
    modules = [
        {"idx": idx, "name": str(idx), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for idx, (path, kind) in enumerate(parts)
    ]
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return tmp_path


@pytest.mark.parametrize(
    ("settings", "pooling"),
    [
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False, "include_prompt": True}, "cls"),
        ({"pooling_mode_mean_tokens": True, "word_embedding_dimension": DIM}, "mean"),
        ({"pooling_mode": "lasttoken"}, "last"),
        ({"pooling_mode": ["cls"]}, "cls"),
    ],
    ids=str,
)
def test_sentence_transformers_pool_as_they_say(folder, tmp_path, settings, pooling):
    made = sentence_transformer(folder, tmp_path, settings, ("2_Normalize", "Normalize"))
    assert TransformerTextEncoder.from_pretrained(made).pooling == pooling
    assert TransformerTextEncoder.from_pretrained(made, pooling="mean").pooling == "mean"


def test_parts_that_it_does_not_run_are_refused(folder, tmp_path):
    dense = sentence_transformer(folder, tmp_path / "dense", {"pooling_mode": "mean"}, ("2_Dense", "Dense"))
    with pytest.raises(ShelfspaceError, match="of the kind Dense"):
        TransformerTextEncoder.from_pretrained(dense)
    largest = sentence_transformer(folder, tmp_path / "largest", {"pooling_mode_max_tokens": True})
    with pytest.raises(ShelfspaceError, match="pools by max_tokens"):
        TransformerTextEncoder.from_pretrained(largest)


def replaced(folder, tmp_path, model):
    """The tokenizer of `folder` beside another model."""
    made = copied(folder, tmp_path)
    model.save_pretrained(made)
    return made


def test_of_an_encoder_with_a_decoder_the_encoder_is_taken(folder, tmp_path):
    from transformers import T5Config, T5Model

    sizes = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2}
    made = replaced(folder, tmp_path, T5Model(T5Config(vocab_size=500, **sizes)))
    vectors = TransformerTextEncoder.from_pretrained(made).encode(Listings.of_texts(["word1", ""]))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0])


def test_a_model_of_pictures_is_refused(folder, tmp_path):
    from transformers import ViTConfig, ViTModel

    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    made = replaced(folder, tmp_path, ViTModel(ViTConfig(image_size=32, patch_size=16, **sizes)))
    with pytest.raises(ShelfspaceError, match="cannot encode a text"):
        TransformerTextEncoder.from_pretrained(made)


def test_what_cannot_be_loaded_is_refused_in_one_paragraph(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    for name in ("nobody/no-such-model", tmp_path, "not a name at all"):
        with pytest.raises(ShelfspaceError, match="local folder") as refusal:
            TransformerTextEncoder.from_pretrained(name)
        assert "\n" not in str(refusal.value)


def test_pickled_weights_are_not_read(folder, tmp_path):
    made = copied(folder, tmp_path)
    (made / "model.safetensors").rename(made / "pytorch_model.bin")
    with pytest.raises(ShelfspaceError, match="safetensors"):
        TransformerTextEncoder.from_pretrained(made)


def test_weights_that_lack_tensors_are_refused(folder, tmp_path):
    from safetensors.torch import load_file, save_file

    made = copied(folder, tmp_path)
    weights = load_file(made / "model.safetensors")
    without = {name: tensor for name, tensor in weights.items() if not name.startswith("pooler")}
    save_file(without, made / "model.safetensors", metadata={"format": "pt"})
    assert TransformerTextEncoder.from_pretrained(made).dim == DIM
    del without["encoder.layer.1.output.dense.weight"]
    save_file(without, made / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ShelfspaceError, match=r"encoder\.layer\.1\.output\.dense\.weight"):
        TransformerTextEncoder.from_pretrained(made)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("encoder.json", b'{"kind": "transformer"'),
        ("encoder.json", b'{"kind": "transformer"}'),
        ("model.safetensors", b"\x00" * 100),
        ("config.json", b"{"),
        ("tokenizer.json", b"{"),
    ],
)
def test_a_damaged_folder_is_a_damaged_space(encoder, tmp_path, name, content):
    encoder.save(tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SpaceError, match="roll back"):
        load_encoder(tmp_path)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingExtraError, match=r'pip install "shelfspace\[transformers\]"'):
        TransformerTextEncoder.from_pretrained("any")


@pytest.mark.parametrize(
    "options", [{"max_tokens": 1}, {"batch_size": 0}, {"pooling": "max"}, {"precision": "int8"}], ids=str
)
def test_options_out_of_range_are_refused(folder, options):
    with pytest.raises(OptionError, match=next(iter(options))):
        TransformerTextEncoder.from_pretrained(folder, **options)
