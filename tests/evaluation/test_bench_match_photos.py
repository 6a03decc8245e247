from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

from shelfspace.data.synthetic.drawn import drawn
from shelfspace.errors import OptionError
from shelfspace.evaluation.bench import bench
from shelfspace.evaluation.crossmodal_folders import CrossmodalFolder, read_crossmodal_folder
from shelfspace.evaluation.two_shops import retaken, rewritten, two_shops


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("drawn")
    made = drawn(180)
    made.write(root)
    made.table().drop("shop").write_csv(root / "products.csv")
    return root


@pytest.fixture(scope="module")
def products(folder: Path) -> CrossmodalFolder:
    return read_crossmodal_folder(folder, size=64)


def test_titles_and_photos_together_beat_either_alone(folder: Path) -> None:
    result = bench("match", folder, preset="fast")
    figures = result.metrics
    assert figures["f1"] == figures["f1_both"]
    assert figures["f1_both"] > max(figures["f1_text"], figures["f1_photo"]) > 0.3
    assert {"tfidf", "jaccard"} <= result.floors.keys()


def test_the_truth_is_known_and_products_are_dealt_once(products: CrossmodalFolder) -> None:
    shops = two_shops(products, seed=1)
    parts = (shops.pairs.train, shops.pairs.valid, shops.pairs.test)
    n = len(shops.pairs.left_rows)
    assert (n, len(shops.pairs.right_rows)) == (180, 144)
    assert sum(part.labels.sum() for part in parts) == 144
    assert sum(len(part.labels) for part in parts) > 4 * 144
    lefts = [set(part.pairs.left.tolist()) for part in parts]
    assert not lefts[0] & lefts[1] | lefts[0] & lefts[2] | lefts[1] & lefts[2]
    assert all(part.pairs.right.min() >= n for part in parts)
    matched = np.concatenate([part.pairs.right[part.labels == 1] for part in parts])
    assert len(np.unique(matched)) == 144
    assert len(shops.photos) == len(shops.pairs.catalog)
    again = two_shops(products, seed=1)
    assert again.pairs.catalog.table.equals(shops.pairs.catalog.table)
    assert np.array_equal(again.photos.pixels, shops.photos.pixels)


def test_a_photo_taken_anew_is_another_and_shows_the_same(products: CrossmodalFolder) -> None:
    one = products.photos.pixels[0]
    made = retaken(one, Random(0))
    assert made.shape == one.shape
    assert made.dtype == np.uint8
    assert 1 < np.abs(made.astype(int) - one).mean() < 80


def test_a_title_is_never_blank() -> None:
    for seed in range(200):
        assert rewritten("Acme small red plain ring", Random(seed)).strip()
    assert rewritten("", Random(0)) == ""


def test_other_layouts_options_are_refused(folder: Path) -> None:
    with pytest.raises(OptionError, match="size"):
        bench("match", folder, size="small")
