"""How much of a test set the training set gives away."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from shelfspace.data.catalog import Catalog
from shelfspace.encoders.listing import Listings
from shelfspace.tasks.match.candidates import PairRows
from shelfspace.tasks.match.labelled import LabelledPairs


@dataclass(frozen=True)
class TextOverlap:
    """What test and training pairs have in common, texts compared as an encoder reads them.

    `test_pairs_with_train_texts` have both texts equal to those of one training pair, in either order;
    `test_records_in_train` of `test_records` have the text of a record in a training pair;
    `test_pairs_with_known_match` have a side that some training pair says is matched, the pair itself aside.
    """

    test_pairs: int
    test_pairs_with_train_texts: int
    test_records: int
    test_records_in_train: int
    test_pairs_with_known_match: int

    @classmethod
    def of(cls, catalog: Catalog, train: LabelledPairs, test: LabelledPairs) -> TextOverlap:
        """The overlap of two sets of pairs of one catalogue; needs no test label."""
        texts = _texts(catalog)
        same = _as_texts(test.pairs, texts).within(_as_texts(train.pairs, texts))
        records = np.unique(np.concatenate([test.pairs.left, test.pairs.right]))
        trained = texts[np.concatenate([train.pairs.left, train.pairs.right])]
        known = train.matches.take(~train.matches.within(test.pairs))
        listed = np.concatenate([known.left, known.right])
        matched = np.isin(test.pairs.left, listed) | np.isin(test.pairs.right, listed)
        return cls(
            len(test.pairs),
            int(same.sum()),
            len(records),
            int(np.isin(texts[records], trained).sum()),
            int(matched.sum()),
        )

    def to_dict(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


def _texts(catalog: Catalog) -> npt.NDArray[np.int64]:
    """A number for each row's normalised text, the same for the same text `[n]`."""
    listings = Listings.of_catalog(catalog)
    texts = [f"{name}\n{details}" for name, details in zip(listings.names, listings.details, strict=True)]
    return np.unique(np.array(texts, dtype=object), return_inverse=True)[1].astype(np.int64)


def _as_texts(pairs: PairRows, texts: npt.NDArray[np.int64]) -> PairRows:
    one, other = texts[pairs.left], texts[pairs.right]
    return PairRows(np.minimum(one, other), np.maximum(one, other))
