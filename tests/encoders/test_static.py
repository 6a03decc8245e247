import json

import numpy as np
import pytest

from shelfspace.encoders import Listings, load_encoder
from shelfspace.encoders.bags import bags_of, fit_vocabulary
from shelfspace.encoders.lexical import lexical_matrix, paired_products
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.vocabulary import N_KINDS, N_SHARED_VECTORS
from shelfspace.errors import SpaceError

WORDS = [
    f"{stem}{end}" for stem in ("lamp", "chair", "phone", "brush", "saw") for end in ("", "s", "x1", "990")
]


def catalogue(n=300, seed=0):
    """Listings whose words are shared by some and repeated in the details."""
    rng = np.random.default_rng(seed)
    names = [" ".join(rng.choice(WORDS, rng.integers(2, 6))) + f" m{rng.integers(80)}" for _ in range(n)]
    return Listings(names, [" ".join(rng.choice(WORDS, rng.integers(0, 8))) for _ in range(n)])


def rewritten(listings, seed=1):
    """The listings with some of their words, between none and all, exchanged."""
    rng = np.random.default_rng(seed)

    def exchanged(name):
        share = rng.random()
        return " ".join(rng.choice(WORDS) if rng.random() < share else word for word in name.split())

    return Listings([exchanged(name) for name in listings.names], listings.details)


@pytest.fixture(scope="module")
def listings():
    return catalogue()


@pytest.fixture(scope="module")
def encoder(listings):
    return StaticTextEncoder.closed_form(fit_vocabulary(listings), seed=1)


def test_untrained_it_is_the_lexical_cosine_up_to_the_projections_noise(listings):
    altered = rewritten(listings)
    everything = Listings([*listings.names, *altered.names], [*listings.details, *altered.details])
    encoder = StaticTextEncoder.closed_form(fit_vocabulary(everything), seed=1)
    bags = bags_of(everything, encoder.vocabulary)
    matrix = lexical_matrix(bags, encoder.vocabulary, encoder.entry_weights(bags))
    vectors = encoder.encode_bags(bags)
    left = np.tile(np.arange(300), 2)
    right = np.concatenate([np.arange(300, 600), np.roll(np.arange(300), 1)])
    true = paired_products(matrix[left], matrix[right])
    projected = (vectors[left] * vectors[right]).sum(axis=1)
    assert np.corrcoef(true, projected)[0, 1] > 0.95
    assert abs((projected - true).mean()) < 0.01, "without bias"
    assert (projected - true).std() < 1.1 / np.sqrt(encoder.dim)


def test_the_noise_has_no_bias_over_seeds(listings):
    few = listings.take(np.arange(12))
    vocabulary = fit_vocabulary(listings)
    bags = bags_of(few, vocabulary)
    cosines = []
    for seed in range(20):
        encoder = StaticTextEncoder.closed_form(vocabulary, dim=128, seed=seed)
        vectors = encoder.encode_bags(bags)
        cosines.append(vectors @ vectors.T)
    matrix = lexical_matrix(bags, vocabulary, encoder.entry_weights(bags))
    error = np.mean(cosines, axis=0) - (matrix @ matrix.T).toarray()
    assert np.abs(error[np.triu_indices(12, 1)]).max() < 4 / np.sqrt(128 * 20)


def test_a_longer_vector_is_less_noisy(listings):
    vocabulary = fit_vocabulary(listings)
    bags = bags_of(listings, vocabulary)
    errors = []
    for dim in (32, 512):
        encoder = StaticTextEncoder.closed_form(vocabulary, dim=dim)
        matrix = lexical_matrix(bags, vocabulary, encoder.entry_weights(bags))
        vectors = encoder.encode_bags(bags)
        errors.append((vectors @ vectors.T - (matrix @ matrix.T).toarray()).std())
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.25), "it falls with the root of the dimension"


def test_the_same_text_has_the_same_vector_unseen_words_or_not(encoder):
    vectors = encoder.encode(Listings.of_texts(["lamp unheard", "chair", "lamp unheard"]))
    assert vectors[0] == pytest.approx(vectors[2], abs=1e-7)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    unseen = encoder.encode(Listings.of_texts(["qwvx zzkj", "qwvx zzkj", "flimflam"]))
    assert unseen[0] @ unseen[1] == pytest.approx(1, abs=1e-5)
    assert abs(unseen[0] @ unseen[2]) < 0.3


def test_a_model_code_meets_its_other_spellings(encoder):
    vectors = encoder.encode(Listings.of_texts(["kx-t5500b", "kxt5500b", "kx t5500b", "kx-t5501b"]))
    cosines = vectors @ vectors[0]
    assert cosines[1:3].min() > cosines[3]


def test_details_count_less_than_the_name(encoder):
    both = encoder.encode(Listings(["lamp", "lamp", "saw"], ["saw", "", ""]))
    assert both[0] @ both[1] > 0.8 > 0.5 > both[0] @ both[2]


@pytest.mark.parametrize("text", ["", "   ", "-,;!", "\x00"], ids=ascii)
def test_a_text_without_tokens_is_the_zero_vector(encoder, text):
    vectors = encoder.encode(Listings(["lamp", text], ["", ""]))
    assert vectors[0].any()
    assert not vectors[1].any()


def test_it_encodes_with_a_vocabulary_of_nothing():
    encoder = StaticTextEncoder.closed_form(fit_vocabulary(Listings([], [])), dim=16)
    assert encoder.encode(Listings([], [])).shape == (0, 16)
    vectors = encoder.encode(Listings.of_texts(["lamp", "lamp", ""]))
    assert vectors[0] @ vectors[1] == pytest.approx(1, abs=1e-5)
    assert not vectors[2].any()


def moved(encoder, seed=0):
    rng = np.random.default_rng(seed)

    def noisy(array):
        return (array + rng.standard_normal(array.shape) / 10).astype(np.float32)

    return StaticTextEncoder(encoder.vocabulary, noisy(encoder.log_weights), noisy(encoder.vectors), 0.4)


def test_the_ends_of_a_blend_are_its_parts_and_the_middle_lies_between(encoder, listings):
    other = moved(encoder)
    for share, end in ((0.0, encoder), (1.0, other)):
        blend = encoder.blended(other, share)
        assert np.array_equal(blend.log_weights, end.log_weights)
        assert np.array_equal(blend.vectors, end.vectors)
        assert blend.detail_weight == end.detail_weight
        assert np.array_equal(blend.encode(listings), end.encode(listings))
    half = encoder.blended(other, 0.5)
    assert half.log_weights == pytest.approx((encoder.log_weights + other.log_weights) / 2, abs=1e-6)
    assert half.detail_weight == pytest.approx(np.sqrt(encoder.detail_weight * 0.4))


def test_a_broken_part_does_not_reach_the_other_end_of_a_blend(encoder):
    vectors = np.full_like(encoder.vectors, np.nan)
    broken = StaticTextEncoder(encoder.vocabulary, encoder.log_weights, vectors, 0.4)
    assert np.isfinite(encoder.blended(broken, 0.0).vectors).all()
    assert np.isfinite(broken.blended(encoder, 1.0).vectors).all()


def test_it_reopens_bit_for_bit(encoder, listings, tmp_path):
    trained = moved(encoder)
    trained.save(tmp_path)
    again = load_encoder(tmp_path)
    for name in ("hash", "kind", "count"):
        assert np.array_equal(getattr(again.vocabulary, name), getattr(trained.vocabulary, name))
    assert np.array_equal(again.log_weights, trained.log_weights)
    assert np.array_equal(again.vectors, trained.vectors)
    assert (again.detail_weight, again.vocabulary.n_texts) == (0.4, len(listings))
    assert np.array_equal(again.encode(listings), trained.encode(listings))


def saved(encoder, folder, **changed):
    """The encoder's folder with some tensors or settings replaced, or left out where None."""
    from safetensors.numpy import load_file, save_file

    encoder.save(folder)
    tensors = load_file(folder / "static.safetensors")
    settings = json.loads((folder / "encoder.json").read_text())
    for name, value in changed.items():
        part = tensors if name in tensors else settings
        part.pop(name) if value is None else part.update({name: value})
    save_file(tensors, folder / "static.safetensors")
    (folder / "encoder.json").write_text(json.dumps(settings))
    return folder


def test_parts_that_do_not_fit_are_a_damaged_space(encoder, tmp_path):
    n = len(encoder.vocabulary)
    spoiled = [
        {"vectors": None},
        {"dim": None},
        {"dim": 8},
        {"dim": "many"},
        {"detail_weight": "heavy"},
        {"kind": encoder.vocabulary.kind[:-1]},
        {"count": encoder.vocabulary.count.astype(np.float32)},
        {"hash": np.zeros(n - 1, np.int64)},
        {"hash": np.zeros(n, np.float16)},
        {"log_weights": np.zeros(n, np.float32)},
        {"log_weights": np.zeros(n + N_KINDS, np.float64)},
        {"vectors": np.zeros((N_SHARED_VECTORS, encoder.dim), np.float32)},
    ]
    for number, changed in enumerate(spoiled):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(SpaceError, match="roll back"):
            StaticTextEncoder.load(saved(encoder, folder, **changed))


@pytest.mark.parametrize("name", ["encoder.json", "static.safetensors"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff" * 64, None], ids=str)
def test_damaged_files_are_a_damaged_space(encoder, tmp_path, name, content):
    encoder.save(tmp_path)
    path = tmp_path / name
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(SpaceError, match="roll back"):
        load_encoder(tmp_path)


def test_a_kind_from_the_future_is_refused(tmp_path):
    (tmp_path / "encoder.json").write_text('{"kind": "telepathic"}')
    with pytest.raises(SpaceError, match="'telepathic'"):
        load_encoder(tmp_path)


def test_another_way_of_making_tokens_has_another_hash(monkeypatch):
    encoder = StaticTextEncoder.closed_form(fit_vocabulary(Listings.of_texts(["red lamp", "red saw"])), dim=4)
    before = encoder.preprocessing_hash
    assert before == encoder.preprocessing_hash and len(before) == 64
    monkeypatch.setattr("shelfspace.encoders.static.normalise", str.upper)
    assert encoder.preprocessing_hash != before
