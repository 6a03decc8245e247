"""Tables to measure strange rows on, made from those that scikit-learn brings along.

python benchmarks/anomaly_tables.py tables
shelfspace bench anomaly tables --seed 0 --seed 1 --seed 2
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn import datasets

Table = tuple[str, np.ndarray, np.ndarray]


def tables() -> Iterator[Table]:
    """Name, rows and labels: classes strange to the others, and rows whose columns were shuffled."""
    X, y = datasets.load_breast_cancer(return_X_y=True)
    yield "wdbc", X, y == 0
    yield from _mixed("wdbc", X[y == 1])
    X, y = datasets.load_wine(return_X_y=True)
    for kind in range(3):
        yield f"wine{kind}", X, y == kind
    yield from _mixed("wine", X)
    X, y = datasets.load_iris(return_X_y=True)
    yield "iris1", X, y == 1
    X, y = datasets.load_digits(return_X_y=True)
    for kind in (3, 8):
        yield f"digit-one{kind}", X, y != kind
    for kind in (1, 9):
        yield f"digit-odd{kind}", X, y == kind


def _mixed(name: str, X: np.ndarray) -> Iterator[Table]:
    """An eighth more rows whose columns, each drawn alone, do not belong together."""
    rng = np.random.default_rng(0)
    n = len(X) // 8
    made = np.stack([rng.permutation(column)[:n] for column in X.T], axis=1)
    yield f"{name}-mixed", np.concatenate([X, made]), np.repeat([False, True], [len(X), n])


def main() -> None:
    """Write the tables into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, X, y in tables():
        np.savez(folder / f"{name}.npz", X=X, y=y.astype(np.int64))


if __name__ == "__main__":
    main()
