from collections import Counter

import numpy as np
import pytest

from shelfspace.encoders import vocabulary as module
from shelfspace.encoders.tokens import Kind, word_hash
from shelfspace.encoders.vocabulary import KIND_WEIGHTS, N_KINDS, Vocabulary


def part(*tokens):
    """Occurrences (hash, kind) as arrays."""
    return (
        np.array([token for token, _ in tokens], np.uint64),
        np.array([kind for _, kind in tokens], np.int8),
    )


def random_parts(n_parts=5, seed=0):
    rng = np.random.default_rng(seed)
    hashes = [rng.integers(0, 60, 200, np.uint64) for _ in range(n_parts)]
    return [(part, (part % np.uint64(N_KINDS)).astype(np.int8)) for part in hashes]


def test_counts_are_those_of_a_counter_however_the_occurrences_are_parted():
    parts = random_parts()
    counted = Counter(np.concatenate([hashes for hashes, _ in parts]).tolist())
    vocabulary = Vocabulary.fit(parts, 1000)
    assert vocabulary.hash.tolist() == sorted(token for token, count in counted.items() if count >= 2)
    assert vocabulary.count.tolist() == [counted[token] for token in vocabulary.hash.tolist()]
    whole = Vocabulary.fit([tuple(np.concatenate(column) for column in zip(*parts, strict=True))], 1000)
    for name in ("hash", "kind", "count"):
        assert np.array_equal(getattr(whole, name), getattr(vocabulary, name))
        assert getattr(whole, name).dtype == getattr(vocabulary, name).dtype


def test_a_token_seen_once_is_known_by_its_kind_only():
    vocabulary = Vocabulary.fit([part((7, Kind.WORD), (9, Kind.CODE)), part((7, Kind.WORD))], 2)
    assert len(vocabulary) == 1
    numbers = vocabulary.lookup(*part((7, Kind.WORD), (9, Kind.CODE), (8, Kind.GRAM)))
    assert numbers.tolist() == [0, 1 + Kind.CODE, 1 + Kind.GRAM]
    assert vocabulary.kinds[numbers].tolist() == [Kind.WORD, Kind.CODE, Kind.GRAM]


def test_a_word_that_is_also_a_joined_pair_counts_as_the_word():
    for order in (1, -1):
        parts = [part((5, Kind.JOINED)), part((5, Kind.CODE)), part((5, Kind.JOINED))][::order]
        vocabulary = Vocabulary.fit(parts, 3)
        assert vocabulary.kind.tolist() == [Kind.CODE]
        assert vocabulary.count.tolist() == [3]


def test_idf_and_weights_are_the_formula():
    vocabulary = Vocabulary.fit([part((1, Kind.WORD), (2, Kind.CODE))] * 2 + [part((1, Kind.WORD))], 8)
    assert vocabulary.idf[:2] == pytest.approx(np.log(1 + 8 / np.array([3, 2])))
    assert vocabulary.idf[2:] == pytest.approx(np.log(9)), "what was never seen twice counts as seen once"
    weights = np.exp(vocabulary.closed_form_weights())
    assert weights == pytest.approx(vocabulary.idf * KIND_WEIGHTS[vocabulary.kinds], rel=1e-5)
    assert weights[2 + Kind.CODE] == pytest.approx(1.5 * np.log(9), rel=1e-5)


@pytest.mark.parametrize("parts", [[], [part()], [part((1, Kind.WORD))]], ids=["none", "empty", "once"])
def test_nothing_seen_twice_is_an_empty_vocabulary(parts):
    vocabulary = Vocabulary.fit(parts, len(parts))
    assert len(vocabulary) == vocabulary.n_own_vectors == 0
    assert vocabulary.lookup(*part((3, Kind.CODE))).tolist() == [Kind.CODE]
    assert np.isfinite(vocabulary.closed_form_weights()).all()
    assert len(vocabulary.closed_form_weights()) == N_KINDS


def test_the_commonest_tokens_have_vectors_of_their_own(monkeypatch):
    monkeypatch.setattr(module, "N_VECTORS", 3)
    occurrences = [
        part(*((token, Kind.WORD) for token in range(10) if step < 2 + token)) for step in range(12)
    ]
    vocabulary = Vocabulary.fit(occurrences, 12)
    assert vocabulary.n_own_vectors == 3
    assert vocabulary.vector_rows.tolist() == [-1] * 7 + [2, 1, 0]


def test_it_finds_the_words_of_a_text():
    tokens = sorted(word_hash(word) for word in ("lamp", "desk", "oak"))
    vocabulary = Vocabulary.fit([part(*((token, Kind.WORD) for token in tokens))] * 2, 2)
    assert vocabulary.lookup(*part((word_hash("desk"), Kind.WORD))).tolist() == [
        tokens.index(word_hash("desk"))
    ]
