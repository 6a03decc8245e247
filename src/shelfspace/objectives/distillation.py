"""Learning from a larger model's vectors: the same directions, the same distances, or the same neighbours."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from shelfspace.errors import OptionError
from shelfspace.objectives.similarity import (
    check_pair,
    check_temperature,
    check_vectors,
    cosines,
    nothing,
    paired_cosines,
    unit,
)


def cosine_distillation(students: Tensor, teachers: Tensor) -> Tensor:
    """The scalar mean of 1 − s(studentᵢ, teacherᵢ), s the cosine.

    Half the squared distance of the normalised vectors, the mean squared error of feature distillation
    (Romero et al. 2015, equation 3) on the sphere. Differs from the paper: normalised, and without a
    regressor: bring the student to the teacher's dimension first.

    Both are [n, d] and normalised here; no gradient reaches the teacher. No thing: 0 with gradient zero.
    Raises `OptionError` for other shapes.
    """
    check_pair(students, teachers)
    if len(students) == 0:
        return nothing(students)
    return (1.0 - paired_cosines(students, teachers.detach())).mean()


def relational_distillation(students: Tensor, teachers: Tensor) -> Tensor:
    """The scalar mean over pairs i < j of huber(ψ(studentᵢ, studentⱼ), ψ(teacherᵢ, teacherⱼ)).

    Park et al. 2019 (relational knowledge distillation), equations 4 to 7: ψ is the distance of the pair
    over the mean distance of all pairs in the batch. Differs from the paper: vectors are normalised first,
    and the distance has 1e-12 under its root so that duplicates have a gradient.

    `students` [n, d] and `teachers` [n, e] may differ in dimension; no gradient reaches the teacher. Fewer
    than three things, whose relations are all the same: 0 with gradient zero. Raises `OptionError` for other
    shapes.
    """
    _check_rows(students, teachers)
    if len(students) < 3:
        return nothing(students)
    ours, theirs = _relations(students), _relations(teachers.detach())
    return functional.huber_loss(ours, theirs.to(ours.dtype))


def similarity_distillation(
    students: Tensor,
    teachers: Tensor,
    *,
    temperature: float = 0.1,
    teacher_temperature: float | None = None,
) -> Tensor:
    """The scalar mean over i of KL(teacher's ‖ student's) softmax over j ≠ i of s(i, j)/τ, s the cosine.

    Whom a thing resembles, and how much: Abbasi Koohpayegani et al. 2020 (CompRess), equations 1 to 3.
    Differs from the paper: the anchors are the batch's other things instead of a memory bank, and the two
    sides may have temperatures of their own (`teacher_temperature`, by default the same).

    `students` [n, d] and `teachers` [n, e] may differ in dimension; no gradient reaches the teacher. Fewer
    than three things, whose softmax is 1: 0 with gradient zero. Raises `OptionError` for other shapes and a
    temperature ≤ 0.
    """
    _check_rows(students, teachers)
    theirs_at = temperature if teacher_temperature is None else teacher_temperature
    check_temperature(temperature)
    check_temperature(theirs_at)
    n = len(students)
    if n < 3:
        return nothing(students)
    others = ~torch.eye(n, dtype=torch.bool, device=students.device)
    ours = (cosines(students, students)[others].view(n, n - 1) / temperature).log_softmax(dim=1)
    known = teachers.detach()
    theirs = (cosines(known, known)[others].view(n, n - 1) / theirs_at).log_softmax(dim=1)
    return functional.kl_div(ours, theirs.to(ours.dtype), reduction="batchmean", log_target=True)


def _relations(vectors: Tensor) -> Tensor:
    """The distances of all pairs i < j of normalised vectors over their mean; zeros where all are one."""
    units = unit(vectors)
    left, right = torch.triu_indices(len(units), len(units), 1, device=units.device)
    distances = ((units[left] - units[right]).square().sum(dim=1) + 1e-12).sqrt()
    mean = distances.mean()
    return torch.where(mean > 1e-5, distances / mean.clamp_min(1e-5), distances * 0.0)


def _check_rows(students: Tensor, teachers: Tensor) -> None:
    check_vectors(students)
    check_vectors(teachers)
    if len(students) != len(teachers):
        raise OptionError(
            f"There are {len(students)} students and {len(teachers)} teachers.",
            "Row i of both is one thing.",
            "Encode the same batch with both models.",
        )
