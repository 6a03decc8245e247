from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shelfspace.data.synthetic.drawn import drawn
from shelfspace.errors import FeedError
from shelfspace.evaluation.bench import bench
from shelfspace.evaluation.bench_crossmodal import figures_of
from shelfspace.evaluation.crossmodal_folders import read_crossmodal_folder

KEYS = [
    f"{name}@{k}"
    for name in ("recall", "photo_to_title_recall", "title_to_photo_recall", "rival_aware_recall")
    for k in (1, 5, 10)
]


def folder_of(root: Path, n: int, *, split: bool = True) -> Path:
    """A folder of drawn products, the last fifth of them to test on."""
    made = drawn(n)
    made.write(root)
    table = made.table().drop("shop").rename({"title": "productDisplayName"})
    if split:
        part = pl.when(pl.int_range(pl.len()) < 0.8 * n).then(pl.lit("train")).otherwise(pl.lit("test"))
        table = table.with_columns(part.alias("split"))
    table.write_csv(root / "products.csv")
    return root


def test_recall_climbs_from_chance_to_above_095(tmp_path: Path) -> None:
    result = bench("crossmodal", folder_of(tmp_path, 400))
    assert list(result.metrics) == KEYS
    assert (result.task, result.n_train, result.data["test_products"]) == ("crossmodal", 320, 80)
    assert result.metrics["recall@10"] > 0.95
    assert result.metrics["recall@10"] == min(
        result.metrics["photo_to_title_recall@10"], result.metrics["title_to_photo_recall@10"]
    )
    floor = result.floors["hog_colour_correlation"]
    assert list(floor) == KEYS
    assert 0 < floor["recall@1"] <= 1


def test_figures_against_loops() -> None:
    rng = np.random.default_rng(0)
    scores, groups = rng.normal(size=(30, 30)), rng.integers(0, 25, 30)
    found = figures_of(scores, groups)

    def recall(table: np.ndarray, k: int) -> float:
        best = np.argsort(-table, axis=1)[:, :k]
        return float(np.mean([groups[i] in groups[best[i]] for i in range(30)]))

    for k in (1, 5, 10):
        assert found[f"photo_to_title_recall@{k}"] == pytest.approx(recall(scores, k))
        assert found[f"title_to_photo_recall@{k}"] == pytest.approx(recall(scores.T, k))


def test_a_folder_is_read_with_what_is_whole_in_it(tmp_path: Path) -> None:
    root = folder_of(tmp_path, 40)
    (root / "shop" / "3.png").unlink()
    (root / "shop" / "39.png").write_bytes(b"no photo")
    read = read_crossmodal_folder(root)
    assert (len(read.train), len(read.test), read.dropped) == (31, 7, 2)
    assert read.photos.found.all()
    assert not any(read.listings.details)


def test_without_a_split_a_fifth_is_drawn(tmp_path: Path) -> None:
    root = folder_of(tmp_path, 50, split=False)
    one, other = read_crossmodal_folder(root, seed=0), read_crossmodal_folder(root, seed=1)
    assert len(one.test) == len(other.test) == 10
    assert one.test.tolist() != other.test.tolist()
    assert not set(one.test.tolist()) & set(one.train.tolist())


def test_folders_without_a_benchmark_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"has no products.csv"):
        bench("crossmodal", tmp_path)
    root = folder_of(tmp_path, 6)
    for photo in (root / "shop").iterdir():
        photo.unlink()
    with pytest.raises(FeedError, match="0 products to train on"):
        bench("crossmodal", root)
