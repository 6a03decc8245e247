import numpy as np

from shelfspace.tasks.classify.suggested import suggested


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_the_doubtful_are_asked_about_and_not_the_same_thing_twice():
    rng = np.random.default_rng(0)
    centres = unit(rng.standard_normal((3, 8)))
    place = np.arange(90) % 3
    vectors = unit(centres[place] + 0.05 * rng.standard_normal((90, 8)))
    told = np.where((place == 2)[:, None], [0.99, 0.01], [0.55, 0.45]).astype(np.float32)
    chosen = suggested(told, vectors, 2)
    assert set(place[chosen].tolist()) == {0, 1}


def test_what_stands_for_many_comes_before_an_outlier():
    vectors = unit(np.array([[1, 0.01 * n, 0] for n in range(20)] + [[0, 0, 1]]))
    told = np.full((21, 2), 0.5, np.float32)
    assert suggested(told, vectors, 1)[0] != 20


def test_no_more_than_there_are():
    told, vectors = np.full((3, 2), 0.5, np.float32), unit(np.ones((3, 4)))
    assert sorted(suggested(told, vectors, 9).tolist()) == [0, 1, 2]
    assert len(suggested(told, vectors, 0)) == 0
    assert len(suggested(told[:0], vectors[:0], 3)) == 0
    assert suggested(told[:, :1], vectors, 1).tolist() == [0]
