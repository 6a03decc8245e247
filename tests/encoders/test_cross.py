import numpy as np
import pytest
import torch

from shelfspace.encoders.cross import CrossEncoder, CrossTower, joined
from shelfspace.encoders.tower import TextTower
from shelfspace.encoders.transformer import TransformerTextEncoder
from shelfspace.errors import SpaceError


@pytest.fixture(scope="module")
def cross(tiny_bert):
    text_model = TransformerTextEncoder.from_pretrained(tiny_bert, precision="float32")
    with torch.random.fork_rng():
        torch.manual_seed(1)
        module = CrossTower(TextTower(text_model.model, text_model.pooling), text_model.dim)
        torch.nn.init.normal_(module.head.weight, std=1.0)
    return CrossEncoder(module, text_model.tokenizer, 40, "float32", batch_size=4)


LEFT = ["word1 word2", "word3", "word4 word5 word6 word7", "", "word8"]
RIGHT = ["word2 word1", "word4", "word4 word5", "word9", "word8"]


def test_it_reads_pairs_whichever_comes_first(cross):
    forth, back = cross.log_odds(LEFT, RIGHT), cross.log_odds(RIGHT, LEFT)
    assert forth.shape == (5,) and forth.dtype == np.float32
    np.testing.assert_allclose(forth, back, atol=1e-4)
    assert np.ptp(forth) > 0.01


def test_a_pair_is_read_alike_in_any_company(cross):
    together = cross.log_odds(LEFT, RIGHT)
    alone = [cross.log_odds([left], [right])[0] for left, right in zip(LEFT, RIGHT, strict=True)]
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_no_pairs_have_no_log_odds(cross):
    assert cross.log_odds([], []).shape == (0,)


def test_long_pairs_are_cut_to_what_the_model_reads(cross):
    tokens = joined(cross.tokenizer, ["word1 " * 100], ["word2 word3"], cross.max_tokens)
    assert len(tokens[0]) == 40
    assert np.isfinite(cross.log_odds(["word1 " * 100], ["word2 word3"])).all()


def test_it_is_the_same_after_being_written(cross):
    again = CrossEncoder.from_bytes(cross.to_bytes())
    assert (again.max_tokens, again.precision) == (40, "float32")
    np.testing.assert_allclose(again.log_odds(LEFT, RIGHT), cross.log_odds(LEFT, RIGHT), atol=0.05)


def damaged(written):
    yield b""
    yield b"no such thing"
    yield written[: len(written) // 2]
    yield written.replace(b"shelfspace-cross-encoder-1", b"shelfspace-cross-encoder-9")
    yield written.replace(b"head.weight", b"head.wEight")


def test_what_is_damaged_is_refused(cross):
    for blob in damaged(cross.to_bytes()):
        with pytest.raises(SpaceError, match="cross-encoder cannot be read"):
            CrossEncoder.from_bytes(blob)
