from pathlib import Path

import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.evaluation.folders import read_pair_folder
from shelfspace.evaluation.labels import label_share, with_share


def test_shares_are_named_or_numbers() -> None:
    assert [label_share(labels) for labels in ("all", "none", 0.25, "0.5", 1, 0)] == [1, 0, 0.25, 0.5, 1, 0]


@pytest.mark.parametrize("labels", ["some", -0.1, 1.5, "2", float("nan")])
def test_other_shares_are_refused(labels: str | float) -> None:
    with pytest.raises(OptionError, match="between 0 and 1"):
        label_share(labels)


def test_a_share_keeps_both_labels_and_the_whole_test(tables: Path) -> None:
    folder = read_pair_folder(tables)
    part = with_share(folder, 0.3, seed=1)
    for few, all_ in ((part.train, folder.train), (part.valid, folder.valid)):
        assert 0.2 * len(all_.pairs) < len(few.pairs) < 0.4 * len(all_.pairs)
        assert set(few.labels) == {0, 1}
        assert few.pairs.within(all_.pairs).all()
    assert part.test is folder.test
    assert with_share(folder, 1, seed=1) is folder
    tiny = with_share(folder, 1e-6, seed=1).train
    assert sorted(tiny.labels) == [0, 1]


def test_a_share_is_the_same_for_the_same_seed_only(tables: Path) -> None:
    folder = read_pair_folder(tables)
    keys = [with_share(folder, 0.5, seed).train.pairs.keys() for seed in (1, 1, 2)]
    assert np.array_equal(keys[0], keys[1])
    assert not np.array_equal(keys[0], keys[2])
