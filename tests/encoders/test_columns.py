import numpy as np
import polars as pl

from shelfspace.encoders.columns import column_vectors


def test_rows_that_differ_in_nothing_else_are_told_by_their_columns():
    rng = np.random.default_rng(0)
    kind = np.arange(200) % 2
    table = pl.DataFrame(
        {
            "grams": [str(value) for value in 1000 * kind + rng.normal(0, 100, 200)],
            "ward": [("a", "b")[k] if rng.random() < 0.9 else None for k in kind],
            "noise": [str(value) for value in rng.normal(0, 1, 200)],
        }
    )
    rows = column_vectors(table, ["grams", "noise"], ["ward"])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    cosines = rows @ rows.T
    same = kind[:, None] == kind[None, :]
    assert cosines[same].mean() > cosines[~same].mean() + 0.5


def test_the_scale_of_a_number_does_not_count():
    table = pl.DataFrame({"a": ["1", "2", "5", "x"], "b": ["7", "1", "2", None]})
    scaled = table.with_columns((pl.col("a").cast(pl.Float64, strict=False) * 1000 + 3).cast(pl.String))
    one, other = (column_vectors(each, ["a", "b"], []) for each in (table, scaled))
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_what_says_nothing_is_zero():
    same = pl.DataFrame({"a": ["1", "1", "1"], "b": ["x", "x", "x"], "c": [None, None, None]})
    assert not column_vectors(same, ["a", "c"], ["b", "c"]).any()
    assert column_vectors(same, [], []).shape == (3, 1)
    assert column_vectors(same.head(0), ["a"], ["b"]).shape == (0, 1)
    assert column_vectors(same.head(1), ["a"], ["b"]).shape == (1, 1)


def test_infinities_are_no_numbers():
    rows = column_vectors(pl.DataFrame({"a": ["inf", "nan", "1", "2"]}), ["a"], [])
    assert np.isfinite(rows).all()
    assert not rows[:2].any()
