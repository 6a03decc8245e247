import numpy as np
import pytest

from shelfspace.errors import FeedError
from shelfspace.evaluation.image_folders import read_image_folder


def disjoint(folder):
    rows = np.concatenate([folder.train, folder.valid, folder.test])
    return len(set(rows.tolist())) == len(rows)


def test_lists_of_paths(tmp_path):
    (tmp_path / "train.txt").write_text("a.jpg, 7, 0\nb.jpg, 8, 0\n\n")
    (tmp_path / "val.txt").write_text("c.jpg, 7, 0\n")
    (tmp_path / "test.txt").write_text("d.jpg, 8, 0\ne.jpg, 9, 1\n")
    folder = read_image_folder(tmp_path)
    assert folder.names == {"fine": ["7", "8", "9"], "coarse": ["0", "1"]}
    assert folder.classes["fine"].tolist() == [0, 1, 0, 1, 2]
    assert (folder.train.tolist(), folder.valid.tolist(), folder.test.tolist()) == ([0, 1], [2], [3, 4])
    assert folder.given_valid
    assert folder.paths[0] == tmp_path / "a.jpg"


def test_a_table_of_products(tmp_path):
    lines = [
        f"{i},img/{i}.jpg,{'test' if i % 4 == 0 else 'train'},{'ab'[i % 2]},same,t{i}" for i in range(40)
    ]
    text = "id,image_link,split,kind,shop,title\n" + "\n".join(lines) + "\n40,img/40.jpg,train,,same,t\n"
    (tmp_path / "products.csv").write_text(text)
    folder = read_image_folder(tmp_path, seed=3)
    assert list(folder.classes) == ["kind"]
    assert folder.classes["kind"][40] == -1
    assert len(folder.test) == 10
    assert not folder.given_valid
    assert len(folder.valid) == 6
    assert disjoint(folder)
    assert (read_image_folder(tmp_path, seed=3).valid == folder.valid).all()


@pytest.mark.parametrize("parts", [(), ("train", "test")])
def test_a_folder_a_class(tmp_path, parts):
    for part in parts or ("",):
        for thing in ("cup", "lamp"):
            (tmp_path / part / thing).mkdir(parents=True)
            for i in range(10):
                (tmp_path / part / thing / f"{i}.PNG").write_bytes(b"")
            (tmp_path / part / thing / "notes.md").write_text("")
    folder = read_image_folder(tmp_path)
    assert folder.names == {"": ["cup", "lamp"]}
    assert len(folder.paths) == 20 * max(len(parts), 1)
    assert len(folder.test) == (20 if parts else 4)
    assert len(folder.valid) >= 2
    assert disjoint(folder)


def test_other_folders_are_refused(tmp_path):
    with pytest.raises(FeedError, match="layout"):
        read_image_folder(tmp_path)
    (tmp_path / "train.txt").write_text("a.jpg\n")
    with pytest.raises(FeedError, match="Line 1"):
        read_image_folder(tmp_path)
    (tmp_path / "train.txt").write_text("a.jpg, 1\n")
    with pytest.raises(FeedError, match="no photo to"):
        read_image_folder(tmp_path)
    (tmp_path / "products.csv").write_text("id,kind\n1,a\n")
    with pytest.raises(FeedError, match="image_link"):
        read_image_folder(tmp_path)
