from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shelfspace.encoders.bags import fit_vocabulary
from shelfspace.encoders.carried import carried_over
from shelfspace.encoders.listing import Listings
from shelfspace.encoders.static import StaticTextEncoder
from shelfspace.encoders.tokens import Kind, word_hash

OLD = ["sony radio blue 123", "sony radio red 123", "bose radio xk900", "bose speaker xk900", "sony speaker"]
NEW = ["sony camera 77", "sony camera lens", "nikon lens zz100", "nikon camera zz100", "radio lens 77"]


def encoder_of(names: list[str], dim: int = 8) -> StaticTextEncoder:
    vocabulary = fit_vocabulary(Listings(names, [""] * len(names)))
    return StaticTextEncoder.closed_form(vocabulary, dim=dim, seed=len(names[0]))


def place(encoder: StaticTextEncoder, word: str) -> int:
    found = np.flatnonzero(encoder.vocabulary.hash == np.uint64(word_hash(word)))
    assert len(found) == 1
    return int(found[0])


def test_an_encoder_that_learned_nothing_carries_nothing_over() -> None:
    old, new = encoder_of(OLD), encoder_of(NEW)
    carried = carried_over(old, new)
    np.testing.assert_allclose(carried.log_weights, new.log_weights, atol=1e-5)
    assert carried.detail_weight == new.detail_weight


def test_what_a_kind_was_found_to_be_worth_goes_to_unseen_tokens() -> None:
    old, new = encoder_of(OLD), encoder_of(NEW)
    codes = old.vocabulary.kinds == Kind.CODE
    taught = replace(old, log_weights=(old.log_weights + np.where(codes, 1.0, 0.0)).astype(np.float32))
    gain = carried_over(taught, new).log_weights - new.log_weights
    code, word = place(new, "zz100"), place(new, "nikon")
    assert gain[code] > 0.5
    assert abs(gain[word]) < 0.3
    assert gain[code] > gain[word] + 0.4


def test_what_one_token_has_learned_goes_to_the_same_token_with_its_vector() -> None:
    old, new = encoder_of(OLD), encoder_of(NEW)
    sony = place(old, "sony")
    weights = old.log_weights.copy()
    weights[sony] += 3
    carried = carried_over(replace(old, log_weights=weights), new)
    gain = carried.log_weights - new.log_weights
    assert gain[place(new, "sony")] == gain[: len(new.vocabulary)].max()
    assert gain[place(new, "sony")] > gain[place(new, "nikon")] + 0.5
    there, here = old.vocabulary.vector_rows[sony], new.vocabulary.vector_rows[place(new, "sony")]
    np.testing.assert_array_equal(carried.vectors[here], old.vectors[there])
    nikon = new.vocabulary.vector_rows[place(new, "nikon")]
    np.testing.assert_array_equal(carried.vectors[nikon], new.vectors[nikon])


def test_another_dimension_and_no_common_token_leave_the_vectors() -> None:
    old, new = encoder_of(OLD, dim=4), encoder_of(NEW)
    np.testing.assert_array_equal(carried_over(old, new).vectors, new.vectors)
    foreign = encoder_of(["αβγ δεζ", "αβγ δεζ"])
    carried = carried_over(foreign, new)
    assert carried.vectors.shape == new.vectors.shape
    assert np.isfinite(carried.log_weights).all()


@pytest.mark.parametrize("names", [[], [""]])
def test_empty_feeds_have_nothing_to_carry(names: list[str]) -> None:
    empty = StaticTextEncoder.closed_form(fit_vocabulary(Listings(names, [""] * len(names))), dim=8)
    new = encoder_of(NEW)
    np.testing.assert_allclose(carried_over(empty, new).log_weights, new.log_weights, atol=1e-5)
    assert carried_over(new, empty).log_weights.shape == empty.log_weights.shape
