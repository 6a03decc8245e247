"""Plain classifiers of text that anyone would try first."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from shelfspace.encoders.tokens import normalise, tokenize
from shelfspace.evaluation.bench_result import Figures
from shelfspace.evaluation.class_folders import ClassFolder, Int64
from shelfspace.evaluation.metrics import accuracy, macro_f1
from shelfspace.tasks.classify.mixture import stratified

_STRENGTHS = (1.0, 10.0, 100.0)  # scikit-learn's C
_MOST_CHOSEN_BY = 3000  # labels that the strength is chosen by; it hardly moves with more
_FOLDS, _MANY = 5, 1000  # of so many labels one fold is enough to choose by
_BUCKETS, _DIM = 1 << 18, 100
_EPOCHS, _STEPS, _BATCH, _RATES = 25, 1500, 64, (16.0, 64.0, 200.0)


def class_floors(folder: ClassFolder, rows: Int64, valid: Int64 | None, seed: int) -> dict[str, Figures]:
    """`accuracy` and `macro_f1` on the test of the plain methods, taught by the labels at `rows`.

    What they leave open is chosen on `valid`, or by five folds of `rows` where there is none.
    """
    return {
        "tfidf_logistic": _figures(folder, tfidf_logistic(folder, rows, valid, seed)),
        "fasttext_like": _figures(folder, fasttext_like(folder, rows, valid, seed)),
    }


def _figures(folder: ClassFolder, predicted: Int64) -> Figures:
    wanted = folder.labels[folder.test]
    return {"accuracy": accuracy(wanted, predicted), "macro_f1": macro_f1(wanted, predicted)}


def tfidf_logistic(folder: ClassFolder, rows: Int64, valid: Int64 | None, seed: int) -> Int64:
    """The test's classes by logistic regression on TF-IDF of words and of pairs of words."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=1 if valid is None else 2)
    vectorizer.fit([folder.texts[row] for row in rows])
    every = vectorizer.transform(folder.texts).astype(np.float32)

    def predicted(learned: Int64, looked: Int64, strength: float) -> Int64:
        model = LogisticRegression(C=strength, max_iter=100)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(every[learned], folder.labels[learned])
        return np.asarray(model.predict(every[looked]), np.int64)

    def hits(strength: float) -> int:
        return sum(
            int((predicted(learned, held, strength) == folder.labels[held]).sum())
            for learned, held in _rounds(folder, rows, valid, seed)
        )

    return predicted(rows, folder.test, max(_STRENGTHS, key=hits))


def _rounds(folder: ClassFolder, rows: Int64, valid: Int64 | None, seed: int) -> list[tuple[Int64, Int64]]:
    """What to learn from and what to look at while something is chosen."""
    if valid is not None:
        return [(np.random.default_rng(seed).permutation(rows)[:_MOST_CHOSEN_BY], valid)]
    folds = stratified(folder.labels, rows, _FOLDS, seed)
    some = folds if len(rows) < _MANY else folds[:1]
    return [(np.setdiff1d(rows, fold), fold) for fold in some]


def fasttext_like(folder: ClassFolder, rows: Int64, valid: Int64 | None, seed: int) -> Int64:
    """The test's classes by a plane a class over the mean of a text's hashed word and n-gram vectors.

    After Joulin et al. 2017, all learned together by gradient descent with a rate that falls to 0; words,
    pairs of words and three or four letters of a word share 2^18 vectors of 100 numbers.
    """
    bags = _Bags([folder.texts[row] for row in range(len(folder.texts))])

    def predicted(learned: Int64, looked: Int64, rate: float) -> Int64:
        model = _fitted(bags, folder.labels, learned, len(folder.names), rate, seed)
        with torch.inference_mode():
            return np.asarray(model(*bags.take(looked)).argmax(dim=1).numpy(), np.int64)

    def hits(rate: float) -> int:
        return sum(
            int((predicted(learned, held, rate) == folder.labels[held]).sum())
            for learned, held in _rounds(folder, rows, valid, seed)
        )

    return predicted(rows, folder.test, max(_RATES, key=hits))


class _Bags:
    """The hashed tokens of texts, one after the other."""

    def __init__(self, texts: list[str]) -> None:
        tokens = tokenize([normalise(text) for text in texts])
        self._ids = (tokens.hash % np.uint64(_BUCKETS)).astype(np.int64)
        self._starts = np.searchsorted(tokens.text, np.arange(len(texts) + 1))

    def take(self, rows: Int64) -> tuple[Tensor, Tensor]:
        """The ids of the texts at `rows`, and where each text's begin."""
        lengths = np.diff(self._starts)[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        places = np.repeat(self._starts[rows] - offsets[:-1], lengths) + np.arange(offsets[-1])
        return torch.from_numpy(self._ids[places]), torch.from_numpy(offsets[:-1])


class _FastText(nn.Module):
    def __init__(self, n_classes: int) -> None:
        super().__init__()
        self.vectors = nn.EmbeddingBag(_BUCKETS, _DIM, mode="mean", sparse=True)
        nn.init.uniform_(self.vectors.weight, -1 / _DIM, 1 / _DIM)
        self.planes = nn.Linear(_DIM, n_classes, bias=False)
        nn.init.zeros_(self.planes.weight)

    def forward(self, ids: Tensor, offsets: Tensor) -> Tensor:
        found: Tensor = self.planes(self.vectors(ids, offsets))
        return found


def _fitted(bags: _Bags, labels: Int64, rows: Int64, n_classes: int, rate: float, seed: int) -> _FastText:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = _FastText(n_classes)
    optimiser = torch.optim.SGD(model.parameters(), lr=rate)
    rng, a_pass = np.random.default_rng(seed), -(-len(rows) // _BATCH)
    steps = max(min(_STEPS, 100 * a_pass), _EPOCHS * a_pass)
    order = rows
    for step in range(steps):
        if step % a_pass == 0:
            order = rng.permutation(rows)
        chosen = order[step % a_pass * _BATCH :][:_BATCH]
        for group in optimiser.param_groups:
            group["lr"] = rate * (1 - step / steps)
        loss: Any = functional.cross_entropy(model(*bags.take(chosen)), torch.from_numpy(labels[chosen]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return model
