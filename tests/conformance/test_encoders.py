"""One contract for every encoder of texts. A new one is added to the list and passes unchanged."""

import numpy as np
import pytest
import torch

from shelfspace.data.images import Photos
from shelfspace.data.synthetic.drawn import drawn
from shelfspace.encoders import Listings, load_encoder
from shelfspace.encoders.bags import fit_vocabulary
from shelfspace.encoders.image.encoder import mixed_encoder
from shelfspace.encoders.image.parts import Colours, FineEdges
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.tokens import normalise
from shelfspace.training.product import study_product

WORDS = ["lamp", "desk", "oak", "white", "500g", "kx-t5500b", "白色台灯", "แก้ว", "лампа", "무선", "x", "40"]
STRANGE = [
    "",
    " ",
    "\x00",
    "\ud800",
    "-/.,",
    "😀👍🏽",
    "ｶﾞﾗｽ ５００ＧＢ",
    "e\u0301\u0302 \u202eright",
    "קומקום",
    "ไทยไทย",
    "a" * 100_000,
    "lamp " * 20_000,
    "白" * 100_000,
]


def catalogue(n=70):
    rng = np.random.default_rng(0)
    names = [" ".join(rng.choice(WORDS, rng.integers(1, 9))) for _ in range(n)]
    details = [" ".join(rng.choice(WORDS, rng.integers(0, 30))) for _ in range(n)]
    names[5], details[5], names[6], names[8] = "", "", "", names[7]
    details[8] = details[7]
    return Listings(names, details)


def untrained():
    return StaticTextEncoder.closed_form(fit_vocabulary(catalogue()), dim=64, seed=3)


def trained():
    """What training leaves: other weights and vectors, of other lengths."""
    start, rng = untrained(), np.random.default_rng(4)
    weights = start.log_weights + rng.standard_normal(start.log_weights.shape)
    vectors = start.vectors + 0.2 * rng.standard_normal(start.vectors.shape)
    return StaticTextEncoder(
        start.vocabulary, weights.astype(np.float32), vectors.astype(np.float32), detail_weight=0.7
    )


def transformer(folder, precision="float32"):
    transformers = pytest.importorskip("transformers")
    from shelfspace.encoders.transformer import TransformerTextEncoder

    characters = sorted(set("".join(WORDS) + "abcdefghijklmnopqrstuvwxyz0123456789"))
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *characters]
    vocabulary += [f"##{character}" for character in characters]
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(vocabulary)), encoding="utf-8")
    tokenizer = transformers.BertTokenizerFast(vocab=str(folder / "vocab.txt"))
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = transformers.BertModel(transformers.BertConfig(vocab_size=len(tokenizer), **sizes))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return TransformerTextEncoder.from_pretrained(folder, precision=precision, batch_size=16)


def product(folder):
    """A product encoder that has seen drawn photos; here it is given texts alone."""
    seen = drawn(60)
    photos = Photos(seen.pixels, np.ones(60, bool))
    listings = Listings(catalogue().names[:60], catalogue().details[:60], photos)
    photo = mixed_encoder([FineEdges(), Colours()], photos.pixels, dim=60)
    vectors = photo.encode(listings)
    return study_product(listings, untrained(), photo, vectors).encoder


ENCODERS = {
    "static, untrained": lambda folder: untrained(),
    "static, trained": lambda folder: trained(),
    "transformer": transformer,
    "product": lambda folder: product(folder),
    "transformer, bfloat16": lambda folder: transformer(folder, "bfloat16"),
}


@pytest.fixture(scope="module", params=list(ENCODERS))
def encoder(request, tmp_path_factory):
    return ENCODERS[request.param](tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def listings():
    return catalogue()


@pytest.fixture(scope="module")
def vectors(encoder, listings):
    return encoder.encode(listings)


def assert_sound(vectors, n, dim):
    assert isinstance(vectors, np.ndarray)
    assert vectors.shape == (n, dim)
    assert vectors.dtype == np.float32
    assert vectors.flags.c_contiguous
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    assert ((np.abs(lengths - 1) < 1e-5) | (lengths == 0)).all(), "unit or zero, never NaN"


def assert_same(left, right):
    """Row by row the same: a cosine of 1 within 1e-5, or both zero."""
    cosines = (left.astype(np.float64) * right).sum(axis=1)
    zero = ~left.any(axis=1)
    assert np.array_equal(zero, ~right.any(axis=1))
    assert (np.abs(cosines[~zero] - 1) < 1e-5).all()


def test_vectors_are_unit_float32_rows(encoder, listings, vectors):
    assert_sound(vectors, len(listings), encoder.dim)
    assert encoder.dim > 0
    assert isinstance(encoder.kind, str)


def test_only_a_listing_without_content_is_zero(listings, vectors):
    bare = [not name and not detail for name, detail in zip(listings.names, listings.details, strict=True)]
    assert np.flatnonzero(~vectors.any(axis=1)).tolist() == np.flatnonzero(bare).tolist() == [5]


def test_equal_listings_have_equal_vectors_and_others_others(vectors):
    assert vectors[7] @ vectors[8] == pytest.approx(1, abs=1e-5)
    distinct = np.delete(np.arange(len(vectors)), [5, 8])
    cosines = vectors[distinct] @ vectors[distinct].T
    assert cosines[np.triu_indices(len(distinct), 1)].max() < 1 - 1e-6


def test_it_is_deterministic(encoder, listings, vectors):
    state = torch.random.get_rng_state()
    assert np.array_equal(encoder.encode(listings), vectors)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_order_is_kept(encoder, listings, vectors):
    order = np.random.default_rng(1).permutation(len(listings))
    assert_same(encoder.encode(listings.take(order)), vectors[order])


def test_a_vector_does_not_depend_on_the_batch(encoder, listings, vectors):
    alone = np.concatenate([encoder.encode(listings.take(np.array([row]))) for row in range(len(listings))])
    assert_same(alone, vectors)
    longer = Listings([*listings.names, "lamp " * 300], [*listings.details, ""])
    assert_same(encoder.encode(longer)[:-1], vectors)


def test_no_listings_are_no_rows(encoder):
    assert_sound(encoder.encode(Listings([], [])), 0, encoder.dim)


def test_sequences_of_any_kind_are_read(encoder):
    as_tuples = encoder.encode(Listings(("lamp", "desk"), ("", "oak")))
    assert np.array_equal(as_tuples, encoder.encode(Listings(["lamp", "desk"], ["", "oak"])))


def test_it_reopens_as_it_was(encoder, listings, vectors, tmp_path):
    encoder.save(tmp_path)
    again = load_encoder(tmp_path)
    assert type(again) is type(encoder)
    assert (again.kind, again.dim) == (encoder.kind, encoder.dim)
    assert_same(again.encode(listings), vectors)
    suffixes = {path.suffix for path in tmp_path.rglob("*") if path.is_file()}
    assert suffixes <= {".json", ".safetensors", ".txt"}, "nothing that could hold code"
    once_more = tmp_path / "again"
    once_more.mkdir()
    again.save(once_more)
    assert_same(load_encoder(once_more).encode(listings), vectors)


@pytest.mark.parametrize("text", STRANGE, ids=lambda text: ascii(text[:8]))
def test_strange_texts_are_sound(encoder, text):
    read = normalise(text)
    made = encoder.encode(Listings([read, "lamp", ""], ["", read, read]))
    assert_sound(made, 3, encoder.dim)
    assert made[1].any()
    assert_same(made[:1], encoder.encode(Listings.of_texts([text])))
