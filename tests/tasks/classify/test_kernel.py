import numpy as np
import torch
from sklearn.gaussian_process.kernels import RBF

from shelfspace.tasks.classify.kernel import distances, fit_kernel, one_hot


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def parts(n, seed=0):
    rng = np.random.default_rng(seed)
    return {"a": unit(rng.standard_normal((n, 5))), "b": unit(rng.standard_normal((n, 3)))}


def test_distances_are_weighed_and_added():
    left, right = parts(4), parts(6, seed=1)
    found = distances(left, right, {"a": 2.0, "b": 0.5})
    wanted = [[2 * ((one - two) ** 2).sum() for two in right["a"]] for one in left["a"]]
    wanted += 0.5 * ((left["b"][:, None] - right["b"][None]) ** 2).sum(-1)
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_it_solves_the_ridge_system():
    own = parts(30)
    targets = one_hot(np.arange(30) % 3, 3)
    (machine,) = fit_kernel(own, targets, {"a": 1.0}, (0.3,))
    kernel = RBF(np.sqrt(machine.scale / 2))(own["a"])
    wanted = np.linalg.solve(kernel + 0.3 * np.eye(30), targets.numpy())
    np.testing.assert_allclose(machine.coefficients, wanted, atol=1e-3)
    np.testing.assert_allclose(machine.scores(own), kernel @ wanted, atol=1e-3)


def test_degenerate_rows():
    same = {"a": np.tile(np.float32([1, 0]), (4, 1))}
    (machine,) = fit_kernel(same, one_hot(np.zeros(4, np.int64), 1), {"a": 1.0}, (0.1,))
    assert torch.isfinite(machine.scores(same)).all()
    assert machine.scores({"a": np.zeros((0, 2), np.float32)}).shape == (0, 1)
    assert one_hot(np.array([-1, 1]), 2).tolist() == [[0, 0], [0, 1]]
