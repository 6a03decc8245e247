import numpy as np
import pytest
import torch

from shelfspace.data.interactions import Interactions
from shelfspace.encoders.sequence import SequenceEncoder, SequenceNetwork, SequenceShape
from shelfspace.encoders.sequence import encoder as encoder_module
from shelfspace.errors import OptionError, SpaceError


def made(products=False, n_items=12):
    torch.manual_seed(0)
    held = torch.randn(n_items, 5) if products else None
    shape = SequenceShape(dim=8, window=4)
    return SequenceEncoder(SequenceNetwork(shape, n_items, held), np.array([1, 3], np.float32))


def histories(seed=0, n=30):
    rng = np.random.default_rng(seed)
    users = np.sort(rng.integers(0, n, 150))
    return Interactions.of_rows(users, rng.integers(0, 12, 150), n_users=n + 1, n_items=12)


def test_each_history_has_one_vector_whatever_stands_beside_it(monkeypatch):
    encoder, taken = made(), histories()
    vectors = encoder.encode(taken)
    assert vectors.shape == (31, 8) and vectors.dtype == np.float32
    assert not vectors[30].any() and vectors[:30].any(axis=1).all()
    monkeypatch.setattr(encoder_module, "_TOKENS", 7)
    alone = encoder.encode(taken)
    np.testing.assert_allclose(alone, vectors, atol=0.05)
    np.testing.assert_allclose(encoder.encode(taken.last(4)), vectors, atol=0.05)
    assert encoder.encode(Interactions.empty(2, 12)).tolist() == [[0.0] * 8] * 2


def test_it_is_the_same_after_saving_and_loading(tmp_path):
    for products in (False, True):
        encoder = made(products)
        encoder.save(tmp_path / "kept")
        again = SequenceEncoder.load(tmp_path / "kept")
        np.testing.assert_allclose(again.encode(histories()), encoder.encode(histories()), atol=0.05)
        np.testing.assert_allclose(again.item_vectors(), encoder.item_vectors(), atol=1e-6)
        assert again.kinds.tolist() == [1, 3] and again.network.shape == encoder.network.shape


def test_new_products_join_behind_the_known_ones():
    encoder = made(products=True)
    wider = encoder.with_products(np.ones((2, 5), np.float32))
    assert wider.n_items == 14 and np.allclose(wider.item_vectors()[:12], encoder.item_vectors(), atol=1e-6)
    reading = encoder.network.items.reading.weight.detach().numpy()
    np.testing.assert_allclose(wider.item_vectors()[13], reading.sum(axis=1), rtol=1e-5)
    with pytest.raises(OptionError):
        encoder.with_products(np.ones((2, 4), np.float32))
    with pytest.raises(OptionError):
        made().with_products(np.ones((2, 5), np.float32))


def test_another_catalogue_is_refused():
    with pytest.raises(OptionError):
        made().encode(Interactions.empty(1, 13))


@pytest.mark.parametrize("name", ["sequence.json", "sequence.safetensors"])
def test_a_damaged_folder_is_refused(tmp_path, name):
    made().save(tmp_path)
    (tmp_path / name).write_text("{}")
    with pytest.raises(SpaceError):
        SequenceEncoder.load(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(SpaceError):
        SequenceEncoder.load(tmp_path)
