import json
from pathlib import Path

import numpy as np
import pytest

from shelfspace.errors import FeedError, OptionError
from shelfspace.evaluation.bench_match import bench_match
from shelfspace.evaluation.bench_written import FOLDS, fold_numbers
from shelfspace.evaluation.written_pairs import read_written_pairs

MAKERS = ("兰芝", "雪花", "海蓝", "金星", "明月", "白鹿", "青山", "红河")
THINGS = ("面膜", "隔离霜", "洗面奶", "护手霜", "精华液")


def planted(n: int, seed: int = 0) -> list[dict[str, object]]:
    """Pairs that are one product where maker, thing and size agree, whatever the advertising around them."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(n):
        label = int(rng.random() < 0.5)
        maker, thing, size = rng.choice(MAKERS), rng.choice(THINGS), int(rng.integers(2, 40)) * 10
        other = maker if label else rng.choice([m for m in MAKERS if m != maker])
        words = [" ".join(rng.permutation(["正品", "包邮", "新款", "保湿"])[:2]) for _ in range(2)]
        left = f"{maker}{thing}{words[0]}, 品牌#:#{maker}#;#净含量#:#{size}g"
        right = f"{words[1]}{thing}{other}, 品牌#:#{other}#;#净含量#:#{size / 500:g}斤"
        rows.append(
            {
                "sentences": f"Item 1: {left},\nItem 2: {right}",
                "labels": {"zh": ["相同" if label else "不相同"]},
            }
        )
    return rows


def folder_of(tmp_path: Path, rows: list[dict[str, object]]) -> Path:
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (tmp_path / "pairs.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


def test_no_product_stands_in_two_folds_and_folds_are_alike(tmp_path: Path) -> None:
    rows = planted(60)
    rows += rows[:5]  # the same two products again
    written = read_written_pairs(folder_of(tmp_path, rows) / "pairs.jsonl")
    folds = fold_numbers(written, 0)
    for side in (written.labelled.pairs.left, written.labelled.pairs.right):
        for product in np.unique(side):
            assert len(set(folds[side == product])) == 1
    assert set(folds) == set(range(FOLDS))
    assert folds.tolist() == fold_numbers(written, 0).tolist() != fold_numbers(written, 1).tolist()


def test_a_planted_rule_is_found_and_floors_stand_beside(tmp_path: Path) -> None:
    result = bench_match(folder_of(tmp_path, planted(120)), preset="fast", contexts=["pair"])
    assert result.metrics["f1"] > 0.9
    assert result.metrics["f1"] == result.metrics["f1_pair"]
    assert set(result.floors) == {"tfidf", "tfidf_margin", "jaccard", "bm25"}
    assert result.n_train == 96


def test_too_few_pairs_and_other_options_are_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, planted(3))
    with pytest.raises(FeedError, match="Label more pairs"):
        bench_match(folder, preset="fast")
    with pytest.raises(OptionError, match="Leave --labels and --size out"):
        bench_match(folder, labels=0.5)
