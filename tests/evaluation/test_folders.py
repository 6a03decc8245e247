import shutil
from pathlib import Path

import polars as pl
import pytest

from shelfspace.data.synthetic import TwoShops
from shelfspace.errors import FeedError, OptionError
from shelfspace.evaluation.folders import read_pair_folder
from shelfspace.tasks.match.candidates import PairRows


def copied(folder: Path, into: Path) -> Path:
    return Path(shutil.copytree(folder, into / folder.name))


def test_two_tables_and_three_pair_files_become_a_catalogue_and_row_pairs(
    tables: Path, shops: TwoShops
) -> None:
    folder = read_pair_folder(tables)
    assert folder.name == "two-shops"
    assert (len(folder.left_rows), len(folder.right_rows)) == (120, 120)
    assert folder.dropped == 0
    assert len(folder.clusters) == 0
    truth = set(shops.truth.select("left_id", "right_id").rows())
    ids = folder.catalog.table["id"].to_list()
    for part, name in ((folder.train, "train"), (folder.valid, "valid"), (folder.test, "test")):
        assert len(part.pairs) == pl.read_csv(tables / f"{name}.csv").height
        pairs = zip(part.pairs.left, part.pairs.right, part.labels, strict=True)
        assert all(((ids[i], ids[j]) in truth) == (label == 1) for i, j, label in pairs)


def test_pairs_without_their_products_are_counted(tmp_path: Path, tables: Path) -> None:
    folder = copied(tables, tmp_path)
    test = pl.read_csv(folder / "test.csv", infer_schema=False)
    stray = pl.DataFrame({"ltable_id": ["nobody"], "rtable_id": ["nothing"], "label": ["1"]})
    pl.concat([test, stray]).write_csv(folder / "test.csv")
    read = read_pair_folder(folder)
    assert read.dropped == 1
    assert len(read.test.pairs) == test.height


def test_offer_pairs_become_one_table_matched_with_itself(offers: Path) -> None:
    folder = read_pair_folder(offers)
    assert folder.name == "offers-small"
    assert "secret" not in str(folder.catalog.table.rows())
    assert len(folder.train.pairs) + len(folder.valid.pairs) + len(folder.test.pairs) >= 300
    assert folder.dropped == 0
    ids = folder.catalog.table["id"].to_list()
    assert len(ids) == len(set(ids))
    assert folder.left_rows.tolist() == folder.right_rows.tolist() == list(range(len(ids)))


def test_cluster_ids_tie_offers_without_entering_the_catalogue(offers: Path, shops: TwoShops) -> None:
    folder = read_pair_folder(offers)
    ids = folder.catalog.table["id"].to_list()
    truth = {frozenset(pair) for pair in shops.truth.select("left_id", "right_id").rows()}
    tied = {frozenset((ids[i], ids[j])) for i, j in zip(*_sides(folder.clusters), strict=True)}
    assert tied <= truth
    assert len(tied) > 0.9 * len(truth)


def test_what_a_file_of_titles_leaves_out_is_taken_from_another_training_file(
    tmp_path: Path, offers: Path
) -> None:
    folder = copied(offers, tmp_path)
    small = pl.read_csv(folder / "train_small.csv.gz", infer_schema=False)
    titles = small.select("title_left", "title_right", "label")
    titles.write_csv(folder / "train_large_titles_only.csv.gz", compression="gzip")
    (folder / "valid_large.csv.gz").write_bytes((folder / "valid_small.csv.gz").read_bytes())
    plain, filled = read_pair_folder(folder, size="small"), read_pair_folder(folder, size="large")
    assert filled.train.labels.tolist() == plain.train.labels.tolist()
    for one, other in ((plain.train.pairs.left, filled.train.pairs.left),):
        both = plain.catalog.table[one], filled.catalog.table[other]
        assert both[0].select("id", "title", "price").equals(both[1].select("id", "title", "price"))


def _sides(pairs: PairRows) -> tuple[list[int], list[int]]:
    return pairs.left.tolist(), pairs.right.tolist()


def test_offers_without_ids_are_told_by_their_titles(offers: Path, offers_without_ids: Path) -> None:
    with_ids, without = read_pair_folder(offers), read_pair_folder(offers_without_ids)
    assert len(without.train.pairs) == len(with_ids.train.pairs)
    titles, others = with_ids.catalog.table["title"], without.catalog.table["title"]
    assert titles[with_ids.train.pairs.left].to_list() == others[without.train.pairs.left].to_list()
    assert without.train.labels.tolist() == with_ids.train.labels.tolist()


def test_an_unknown_layout_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "offers.csv").write_text("title\nx\n")
    with pytest.raises(FeedError, match=r"holds offers\.csv\. .*tableA\.csv.*train_SIZE\.csv\.gz"):
        read_pair_folder(tmp_path)
    with pytest.raises(FeedError, match="holds nothing"):
        read_pair_folder(tmp_path / "missing")


def test_a_size_that_is_not_there_and_two_test_sets_are_refused(
    tmp_path: Path, offers: Path, tables: Path
) -> None:
    folder = copied(offers, tmp_path)
    with pytest.raises(OptionError, match="It has small"):
        read_pair_folder(folder, size="large")
    with pytest.raises(OptionError, match="no size"):
        read_pair_folder(tables, size="large")
    (folder / "test_unseen.csv.gz").write_bytes((folder / "test.csv.gz").read_bytes())
    with pytest.raises(FeedError, match="one test set"):
        read_pair_folder(folder)


def test_a_pair_file_that_is_none_is_refused(tmp_path: Path, offers: Path) -> None:
    folder = copied(offers, tmp_path)
    (folder / "test.csv.gz").write_bytes(b"")
    with pytest.raises(FeedError, match="offer pairs"):
        read_pair_folder(folder)
    pl.DataFrame({"label": [1]}).write_csv(folder / "test.csv.gz", compression="gzip")
    with pytest.raises(FeedError, match="no column title_left, title_right"):
        read_pair_folder(folder)
