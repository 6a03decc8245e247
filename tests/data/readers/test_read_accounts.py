import numpy as np
import pytest

from shelfspace.data.readers.read_accounts import labels_of, read_accounts
from shelfspace.errors import FeedError


def test_features_labels_and_connections_are_read(tmp_path):
    (tmp_path / "accounts.csv").write_text(
        "user_id,orders,country,returns,fraud\na,3,de,0.5,1\nb,5,fr,,0\nc,7,de,0.1,\n"
    )
    (tmp_path / "edges.csv").write_text("from,to\na,b\nb,a\nc,stranger\nc,b\n")
    read = read_accounts(tmp_path / "accounts.csv", tmp_path / "edges.csv")
    assert read.ids == ("a", "b", "c")
    assert read.columns == ("orders", "returns")
    np.testing.assert_allclose(read.features, [[3, 0.5], [5, 0.3], [7, 0.1]])
    assert read.labels.tolist() == [1, 0, -1]
    assert read.edges.tolist() == [[0, 1], [1, 2]]


def test_spellings_of_labels():
    assert labels_of(["Yes", "0", "fraud", "maybe", None, " n "]).tolist() == [1, 0, 1, -1, -1, 0]


def test_tables_without_ids_or_with_repeated_ones_are_refused(tmp_path):
    path = tmp_path / "accounts.csv"
    path.write_text("orders,returns\n1,2\n")
    with pytest.raises(FeedError, match="One holds the ids"):
        read_accounts(path)
    path.write_text("account,orders\na,2\na,3\n")
    with pytest.raises(FeedError, match="a stands twice"):
        read_accounts(path)
