import torch

from shelfspace.encoders.sequence.items import ItemTower


def drawn(n, d, seed=0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def test_items_known_by_their_ids_alone():
    tower = ItemTower(5, 3)
    tower.start_from(torch.eye(5, 3))
    assert torch.equal(tower(), torch.eye(5, 3))
    assert torch.equal(tower(torch.tensor([[2, 0]])), torch.eye(5, 3)[torch.tensor([[2, 0]])])


def test_a_new_item_is_read_off_its_product_vector():
    products, weights = drawn(400, 4), drawn(4, 3, 1)
    vectors = products @ weights
    vectors[390:] = 0  # nobody has taken these
    tower = ItemTower(400, 3, products)
    tower.start_from(vectors)
    assert torch.allclose(tower.eval()()[:390], vectors[:390], atol=1e-4)
    read, true = tower()[390:], (products @ weights)[390:]
    assert torch.cosine_similarity(read, true).min() > 0.95


def test_ids_are_left_out_in_training_only():
    tower = ItemTower(1000, 3, torch.zeros(1000, 2), forgetting=0.3)
    tower.start_from(torch.ones(1000, 3))
    torch.manual_seed(0)
    assert 200 < int((tower.train()() == 0).all(dim=1).sum()) < 400
    assert 200 < int((tower(torch.zeros(1000, dtype=torch.int64)) == 0).all(dim=1).sum()) < 400
    assert bool((tower.eval()() == 1).all())


def test_a_start_from_nothing_is_finite():
    tower = ItemTower(3, 2, torch.zeros(3, 2))
    tower.start_from(torch.zeros(3, 2))
    assert torch.equal(tower.eval()(), torch.zeros(3, 2))
