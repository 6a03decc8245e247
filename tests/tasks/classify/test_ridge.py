import numpy as np
import pytest

from shelfspace.tasks.classify.ridge import fit_ridge
from shelfspace.tasks.classify.things import Lesson


def test_few_labels_tell_most_things(few_titles, read_titles):
    _, lesson = few_titles
    truth = read_titles[1].labels
    model = fit_ridge(lesson)
    assert model.temperature > 0
    hits = model.scores(lesson.things).argmax(axis=1) == truth
    assert hits[12:].mean() > 0.5


def test_leaving_one_out_is_what_leaving_it_out_gives(few_titles):
    """The shortcut's errors against systems solved without each example."""
    _, lesson = few_titles
    words = lesson.things.words[:12].toarray()
    targets = np.eye(4)[lesson.labels[:12]]
    targets -= targets.mean(axis=0)
    kernel = words @ words.T
    inverse = np.linalg.inv(kernel + 0.2 * np.eye(12))
    short = targets - inverse @ targets / np.diag(inverse)[:, None]
    for row in range(12):
        rest = np.delete(np.arange(12), row)
        system = kernel[np.ix_(rest, rest)] + 0.2 * np.eye(11)
        np.testing.assert_allclose(kernel[row, rest] @ np.linalg.solve(system, targets[rest]), short[row])


@pytest.mark.parametrize("n", [1, 2])
def test_one_label_is_enough(read_titles, n):
    _, lesson = read_titles
    labels = np.where(np.arange(400) < n, lesson.labels, -1)
    scores = fit_ridge(Lesson(lesson.things, labels, 4)).scores(lesson.things)
    assert np.isfinite(scores).all()


def test_labels_of_the_same_thing(read_titles):
    _, lesson = read_titles
    same = lesson.things.take(np.zeros(6, np.int64))
    model = fit_ridge(Lesson(same, np.array([0, 0, 1, 1, -1, -1]), 2))
    assert np.isfinite(model.scores(same)).all()
