import numpy as np
import polars as pl

from shelfspace.data import Catalog
from shelfspace.evaluation.overlap import TextOverlap
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.labelled import LabelledPairs


def pairs_of(*pairs: tuple[int, int, int]) -> LabelledPairs:
    table = np.array(pairs, np.int64).reshape(-1, 3)
    return LabelledPairs(PairRows(table[:, 0], table[:, 1]), table[:, 2])


# Rows 0-2 are left, 3-5 right; 0 and 1 read alike, and so do 3 and 4.
CATALOG = Catalog.from_table(
    pl.DataFrame(
        {
            "shop": ["left"] * 3 + ["right"] * 3,
            "id": list("abcabc"),
            "title": ["Acme saw", "ACME Saw", "drill", "saw by acme", "saw by Acme", "hammer"],
        }
    )
)


def test_overlap_is_counted_by_text_and_known_matches_by_record() -> None:
    train, test = pairs_of((0, 3, 1)), pairs_of((1, 4, 1), (0, 5, 0), (2, 5, 0))
    found = TextOverlap.of(CATALOG, train, test)
    assert found == TextOverlap(
        test_pairs=3,
        test_pairs_with_train_texts=1,
        test_records=5,
        test_records_in_train=3,
        test_pairs_with_known_match=1,
    )


def test_a_pair_is_no_known_match_of_itself_and_a_wrong_pair_is_none() -> None:
    one = pairs_of((0, 3, 1))
    assert TextOverlap.of(CATALOG, one, one).test_pairs_with_known_match == 0
    assert TextOverlap.of(CATALOG, pairs_of((0, 4, 0)), one).test_pairs_with_known_match == 0


def test_no_pairs_have_nothing_in_common() -> None:
    assert set(TextOverlap.of(CATALOG, pairs_of(), pairs_of()).to_dict().values()) == {0}
