import numpy as np
import pytest
import torch

from shelfspace.data.interactions import Interactions
from shelfspace.encoders.sequence import SequenceNetwork, SequenceShape, steps_of
from shelfspace.errors import OptionError


def network(**more):
    torch.manual_seed(0)
    return SequenceNetwork(SequenceShape(dim=8, window=6, **more), 10).eval()


def histories(*lists):
    return Interactions(10, np.append(0, np.cumsum([len(one) for one in lists])), np.concatenate(lists))


def test_a_step_does_not_see_what_comes_after_it():
    model = network()
    short, long = (steps_of(histories(items), 6) for items in ([1, 2, 3], [1, 2, 3, 7, 8]))
    assert torch.allclose(model(short), model(long)[:, :3], atol=1e-6)


def test_what_stands_behind_an_end_makes_no_difference():
    model = network()
    together = steps_of(histories([4, 5], [1, 2, 3, 4, 5]), 6)
    alone = steps_of(histories([4, 5]), 6)
    assert torch.allclose(together.last(model(together))[0], alone.last(model(alone))[0], atol=1e-6)


def test_the_order_matters_once_distances_do():
    model = network()
    for block in model.blocks:
        torch.nn.init.normal_(block.distance)
    there, back = (steps_of(histories(items), 6) for items in ([1, 2, 3, 9], [2, 1, 3, 9]))
    assert not torch.allclose(there.last(model(there)), back.last(model(back)), atol=1e-4)


def test_gaps_and_kinds_are_heeded():
    model = network(gaps=True, n_kinds=2)
    torch.nn.init.normal_(model.gaps.weight)
    torch.nn.init.normal_(model.kinds.weight)
    taken = [
        Interactions(
            10, np.array([0, 2]), np.array([1, 2]), np.array([0, gap]), np.array([1, kind], np.float32)
        )
        for gap, kind in ((1.0, 1), (1e6, 1), (1.0, 5))
    ]
    kinds = np.array([1, 5], np.float32)
    found = [model(steps_of(one, 6, gaps=True, kinds=kinds))[0, 1] for one in taken]
    assert not torch.allclose(found[0], found[1]) and not torch.allclose(found[0], found[2])


@pytest.mark.parametrize("wrong", [{"dim": 9}, {"layers": 0}, {"dropout": 1.0}, {"window": 0}])
def test_a_shape_out_of_range_is_refused(wrong):
    with pytest.raises(OptionError):
        SequenceShape(**wrong)
