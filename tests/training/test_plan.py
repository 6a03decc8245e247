import pytest

from shelfspace.errors import OptionError
from shelfspace.training.plan import Plan


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": -1},
        {"steps_per_epoch": 0},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"rates": {"head": -1.0}},
        {"warmup": 1.0},
        {"weight_decay": -0.1},
        {"clip_norm": 0.0},
        {"patience": 0},
        {"seed": -1},
        {"precision": "float16"},
        {"accumulate": 0},
        {"time_limit_seconds": 0.0},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_figure_out_of_range_is_named(wrong):
    with pytest.raises(OptionError, match=next(iter(wrong))):
        Plan(**wrong)


def test_what_may_change_on_resumption_is_not_part_of_the_identity():
    assert Plan(patience=3, time_limit_seconds=9.0).identity() == Plan().identity()
    assert Plan(seed=1).identity() != Plan().identity()
