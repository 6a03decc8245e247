from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shelfspace.errors import OptionError
from shelfspace.evaluation.folders import PairFolder, read_pair_folder
from shelfspace.evaluation.unseen import with_unseen
from shelfspace.tasks.match.labelled import LabelledPairs


def ids(folder: PairFolder, pairs: LabelledPairs) -> list[tuple[str, str]]:
    table = folder.catalog.table["id"]
    return list(zip(table.gather(pairs.pairs.left), table.gather(pairs.pairs.right), strict=True))


@pytest.mark.parametrize("layout", ["tables", "offers"])
def test_nothing_is_learned_of_the_products_left_out(layout: str, request: pytest.FixtureRequest) -> None:
    whole = read_pair_folder(request.getfixturevalue(layout))
    part, new = with_unseen(whole, 0.5, seed=0)
    assert ids(part, part.test) == ids(whole, whole.test)
    assert part.test.labels.tolist() == whole.test.labels.tolist()
    # A match is one product: it is new as a whole, and about half of them are.
    matches = new[part.test.labels == 1]
    assert set(matches.tolist()) == {0, 2}
    assert 0.3 < (matches == 2).mean() < 0.7
    assert {0, 1, 2} == set(new.tolist())
    fresh = {name for pair, n in zip(ids(part, part.test), new, strict=True) if n == 2 for name in pair}
    for told, all_ in ((part.train, whole.train), (part.valid, whole.valid)):
        assert not fresh & {name for pair in ids(part, told) for name in pair}
        assert set(ids(part, told)) < set(ids(whole, all_))
        assert set(told.labels.tolist()) == {0, 1}
    assert part.valid.labels.mean() == pytest.approx(whole.valid.labels.mean(), abs=0.02)


def test_the_other_offers_of_products_left_out_leave_the_pool(offers: Path, tables: Path) -> None:
    pool, two = read_pair_folder(offers), read_pair_folder(tables)
    part = with_unseen(pool, 0.5, seed=0)[0]
    paired = {
        name for pairs in (part.train, part.valid, part.test) for pair in ids(part, pairs) for name in pair
    }
    assert set(part.catalog.table["id"]) == paired
    assert len(part.catalog) < len(pool.catalog)
    assert len(with_unseen(two, 0.5, seed=0)[0].catalog) == len(two.catalog)


def test_the_draw_is_the_same_for_the_same_seed_only_and_none_changes_nothing(tables: Path) -> None:
    folder = read_pair_folder(tables)
    drawn = [with_unseen(folder, 0.5, seed)[1].tolist() for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    same, new = with_unseen(folder, 0, seed=1)
    assert same is folder
    assert not np.any(new)


def test_impossible_shares_are_refused(tables: Path) -> None:
    folder = read_pair_folder(tables)
    for share in (-0.1, 1, float("nan")):
        with pytest.raises(OptionError, match="share from 0"):
            with_unseen(folder, share, seed=0)
    with pytest.raises(OptionError, match="Leave fewer products out"):
        with_unseen(replace(folder, valid=folder.valid.take(folder.valid.labels == 0)), 0.5, seed=0)
