import numpy as np
import pytest

from shelfspace.data.accounts import UNKNOWN
from shelfspace.errors import FeedError
from shelfspace.evaluation.bench_fraud import bench_fraud
from shelfspace.evaluation.timed_accounts import read_timed_accounts


def write(folder, n=120, column="created", fraud=5):
    """Accounts one a day, every fifth a fraud that spends more, the newest first; the last two unlabelled."""
    rng = np.random.default_rng(0)
    lines = [f"account,{column},spend,returns,label"]
    for row in range(n):
        guilty = row % fraud == 0
        day = np.datetime64("2026-01-01") + (n - row)
        label = "" if row >= n - 2 else int(guilty)
        lines.append(f"a{row},{day},{rng.normal(3 * guilty, 1):.3f},{rng.normal():.3f},{label}")
    (folder / "accounts.csv").write_text("\n".join(lines) + "\n")
    edges = [f"a{row},a{row + 5}" for row in range(0, n - 5, 5)]
    (folder / "network.csv").write_text("\n".join(["source,target", *edges]) + "\n")


def test_what_was_before_teaches_and_what_came_after_judges(tmp_path):
    write(tmp_path)
    read = read_timed_accounts(tmp_path)
    assert read.accounts.columns == ("spend", "returns") and (read.accounts.labels == UNKNOWN).all()
    (parted,) = read.lists
    assert parted.train.min() > parted.test.max()  # the newest stand first
    assert len(parted.train) + len(parted.test) == 118 and abs(len(parted.train) - 83) <= 1
    assert parted.test_labels.tolist() == [int(row % 5 == 0) for row in parted.test]
    assert len(read.accounts.edges) == 23


def test_the_benchmark_takes_such_a_folder(tmp_path):
    write(tmp_path)
    result = bench_fraud(tmp_path, preset="fast")
    assert result.metrics["auroc"] > 0.85 and "auroc_after" in result.metrics
    assert result.n_train < 90 and {"raw_trees", "degree"} <= set(result.floors)


def test_tables_without_times_or_with_few_frauds_are_refused(tmp_path):
    write(tmp_path, column="shoe")
    with pytest.raises(FeedError, match="times"):
        read_timed_accounts(tmp_path)
    write(tmp_path, fraud=60)
    with pytest.raises(FeedError, match="Three of each"):
        read_timed_accounts(tmp_path)
