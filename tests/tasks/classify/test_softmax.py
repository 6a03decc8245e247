import numpy as np
import scipy.sparse as sp

from shelfspace.tasks.classify.softmax import fit_softmax, softmax


def test_it_tells_classes_apart(read_titles):
    _, lesson = read_titles
    some = np.arange(200)
    model = fit_softmax(lesson.things.words[some], lesson.labels[some], 4)
    hits = model.scores(lesson.things).argmax(axis=1) == lesson.labels
    assert hits[200:].mean() > 0.95


def test_the_same_seed_gives_the_same_weights(read_titles):
    _, lesson = read_titles
    one, other = (fit_softmax(lesson.things.words, lesson.labels, 4, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.weights, other.weights)


def test_without_an_example_everything_is_as_likely():
    model = fit_softmax(sp.csr_matrix((0, 5), dtype=np.float32), np.empty(0, np.int64), 3)
    assert model.weights.shape == (5, 3)
    assert not model.bias.any()


def test_rows_without_words_learn_how_common_classes_are():
    rows = sp.csr_matrix((40, 5), dtype=np.float32)
    model = fit_softmax(rows, np.array([0] * 30 + [1] * 10), 2)
    assert softmax(model.bias[None])[0, 0] > 0.6


def test_softmax_of_extremes():
    found = softmax(np.array([[1e4, 0.0], [-1e4, -1e4]], np.float32))
    np.testing.assert_allclose(found, [[1, 0], [0.5, 0.5]])
