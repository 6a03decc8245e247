import numpy as np
import pytest
import torch

from shelfspace.encoders.tower import TextTower, batches_by_length
from shelfspace.encoders.transformer import TransformerTextEncoder


@pytest.fixture(scope="module")
def encoder(tiny_bert):
    return TransformerTextEncoder.from_pretrained(tiny_bert, precision="float32")


@pytest.mark.parametrize("pooling", ["mean", "cls", "last"])
def test_what_stands_beside_a_text_does_not_change_its_state(encoder, pooling):
    tower = TextTower(encoder.model, pooling).eval()
    texts = [[2, 7, 9, 3], [2, 11, 3], [2, 5, 6, 7, 8, 9, 10, 3]]
    with torch.no_grad():
        together = tower(texts)
        alone = torch.cat([tower([text]) for text in texts])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


def test_the_mean_is_the_encoders_own(encoder):
    from shelfspace.encoders.listing import Listings

    listings = Listings.of_texts(["word1 word2", "word3"])
    with torch.no_grad():
        pooled = TextTower(encoder.model, encoder.pooling).eval()(encoder.tokens(listings))
    unit = torch.nn.functional.normalize(pooled, dim=1).numpy()
    np.testing.assert_allclose(unit, encoder.encode(listings), atol=1e-5)


def test_batches_hold_every_place_once_and_texts_of_like_length():
    lengths = np.random.default_rng(0).integers(1, 100, 1000)
    batches = batches_by_length(lengths, 32, np.random.default_rng(1))
    assert sorted(np.concatenate(batches).tolist()) == list(range(1000))
    assert max(map(len, batches)) == 32
    spread = np.mean([np.ptp(lengths[batch]) for batch in batches])
    assert spread < np.ptp(lengths) / 5
    again = batches_by_length(lengths, 32, np.random.default_rng(1))
    assert all((one == other).all() for one, other in zip(batches, again, strict=True))
    assert not any((np.diff(batch) == 1).all() for batch in batches if len(batch) > 2)


def test_no_texts_are_no_batches():
    assert batches_by_length(np.empty(0, np.int64), 8, np.random.default_rng(0)) == []
