from __future__ import annotations

import numpy as np
import polars as pl

from shelfspace.tasks.groups.vectors import apart, group_vectors, unit
from shelfspace.tasks.groups.words import TitleWords


def test_titles_of_a_kind_are_near_without_a_word_in_common(shelf: pl.DataFrame) -> None:
    words = TitleWords.of_titles(["jeans denim K1", "waist leg K2", *shelf["title"]])
    vectors = group_vectors(words, np.zeros((len(shelf) + 2, 4), np.float32))
    lengths = np.linalg.norm(vectors, axis=1)
    assert np.allclose(lengths, 1, atol=1e-5)
    home = shelf["product_type"].str.starts_with("Home").to_numpy()
    others = vectors[2:][home] @ vectors[0]
    assert vectors[0] @ vectors[1] > np.quantile(others, 0.99)


def test_what_nothing_is_known_of_is_zero() -> None:
    words = TitleWords.of_titles(["red hat", "red hat", "", None])
    own = np.zeros((4, 3), np.float32)
    own[3] = [0, 1, 0]
    vectors = group_vectors(words, own)
    assert np.linalg.norm(vectors, axis=1).round(4).tolist()[2] == 0
    assert not group_vectors(TitleWords.of_titles(["", ""]), own[:2]).any()
    assert group_vectors(TitleWords.of_titles([]), own[:0]).shape[0] == 0
    assert np.linalg.norm(group_vectors(TitleWords.of_titles(["once"]), own[3:])) == 1


def test_what_all_share_is_taken_away() -> None:
    vectors = np.array([[1, 1, 0], [1, 0, 1], [0, 0, 0]], np.float32)
    found = apart(vectors)
    assert np.allclose(found[0], -found[1])
    assert not found[2].any()
    assert np.allclose(apart(vectors[:1]), unit(vectors[:1]))
