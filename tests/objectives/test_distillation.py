import math

import pytest
import torch

from shelfspace.errors import OptionError
from shelfspace.objectives.distillation import (
    cosine_distillation,
    relational_distillation,
    similarity_distillation,
)

N, D, E = 5, 4, 7
ALL = [cosine_distillation, relational_distillation, similarity_distillation]


def rows(dim, seed, n=N):
    return torch.randn(n, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def unit(row):
    length = math.sqrt(sum(x * x for x in row))
    return [x / length for x in row]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def relational_loop(students, teachers):
    relations = []
    for side in (students, teachers):
        units = [unit(row) for row in side.tolist()]
        distances = [math.dist(units[i], units[j]) for i in range(N) for j in range(i + 1, N)]
        mean = sum(distances) / len(distances)
        relations.append([distance / mean for distance in distances])
    errors = [abs(x - y) for x, y in zip(*relations, strict=True)]
    return sum(e * e / 2 if e <= 1 else e - 0.5 for e in errors) / len(errors)


def softmax(side, i, temperature):
    units = [unit(row) for row in side.tolist()]
    shares = [math.exp(dot(units[i], units[j]) / temperature) for j in range(N) if j != i]
    return [share / sum(shares) for share in shares]


def similarity_loop(students, teachers, ours_at, theirs_at):
    total = 0.0
    for i in range(N):
        pairs = zip(softmax(teachers, i, theirs_at), softmax(students, i, ours_at), strict=True)
        total += sum(t * math.log(t / s) for t, s in pairs)
    return total / N


def test_cosine_equals_the_loop():
    students, teachers = rows(D, 0), rows(D, 1)
    pairs = list(zip(students.tolist(), teachers.tolist(), strict=True))
    expected = sum(1 - dot(unit(s), unit(t)) for s, t in pairs) / N
    assert cosine_distillation(students, teachers).item() == pytest.approx(expected)


def test_relations_equal_the_loop():
    expected = relational_loop(rows(D, 0), rows(E, 1))
    assert relational_distillation(rows(D, 0), rows(E, 1)).item() == pytest.approx(expected)


@pytest.mark.parametrize(("ours", "theirs"), [(0.1, None), (0.5, 0.05), (0.07, 0.04)])
def test_similarities_equal_the_loop(ours, theirs):
    value = similarity_distillation(rows(D, 0), rows(E, 1), temperature=ours, teacher_temperature=theirs)
    assert value.item() == pytest.approx(similarity_loop(rows(D, 0), rows(E, 1), ours, theirs or ours))


@pytest.mark.parametrize("objective", ALL)
def test_the_teacher_s_own_vectors_cost_nothing(objective):
    assert objective(3 * rows(D, 0), rows(D, 0)).item() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("objective", ALL[1:])
def test_a_turned_teacher_is_the_same_teacher(objective):
    turn = torch.linalg.qr(rows(D, 5, D))[0]
    assert objective(rows(D, 0) @ turn, rows(D, 0)).item() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("objective", ALL)
def test_gradients_are_right_and_stop_at_the_teacher(objective):
    students, teachers = rows(D, 0).requires_grad_(), rows(D, 1).requires_grad_()
    assert torch.autograd.gradcheck(lambda s: objective(s, teachers.detach()), (students,))
    objective(students, teachers).backward()
    assert teachers.grad is None


@pytest.mark.parametrize("objective", ALL)
@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_things_have_few_relations(objective, n):
    students = rows(D, 0, n).requires_grad_()
    loss = objective(students, rows(D, 0, n))
    loss.backward()
    assert loss.item() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("objective", ALL)
def test_duplicates_and_zeros_are_never_nan(objective):
    for spoiled in (torch.zeros(N, D), torch.ones(N, D), torch.eye(N, D)):
        students = spoiled.clone().requires_grad_()
        for teachers in (spoiled, rows(D, 1).float()):
            loss = objective(students, teachers)
            (gradient,) = torch.autograd.grad(loss, students)
            assert torch.isfinite(loss)
            assert torch.isfinite(gradient).all()
            assert gradient.abs().max() < 1e3


def test_other_shapes_are_refused():
    with pytest.raises(OptionError):
        cosine_distillation(rows(D, 0), rows(E, 0))
    for objective in ALL[1:]:
        with pytest.raises(OptionError):
            objective(rows(D, 0), rows(D, 0, N - 1))
    with pytest.raises(OptionError):
        similarity_distillation(rows(D, 0), rows(D, 0), teacher_temperature=0.0)
