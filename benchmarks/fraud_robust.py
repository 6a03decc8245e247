"""What wrong labels and look-alikes cost: average precision with 5 % of labels turned, or frauds disguised.

python benchmarks/fraud_robust.py ../shared/data/fraud/amazon-spammer --share 10% --lists 3
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np

from shelfspace.data.accounts import UNKNOWN, Accounts
from shelfspace.evaluation.fraud_folders import read_fraud_folder
from shelfspace.evaluation.fraud_lists import FraudFolder, PublishedList
from shelfspace.evaluation.metrics import average_precision
from shelfspace.tasks.fraud.described import Described
from shelfspace.tasks.fraud.labelled import learn_labelled

POISONED, DISGUISED = 0.05, 0.1


def poisoned(published: PublishedList, rng: np.random.Generator) -> PublishedList:
    """The list with a twentieth of its training labels turned."""
    labels = published.train_labels.copy()
    turned = rng.choice(len(labels), round(POISONED * len(labels)), replace=False)
    labels[turned] = 1 - labels[turned]
    return replace(published, train_labels=labels)


def disguised(folder: FraudFolder, published: PublishedList, rng: np.random.Generator) -> Accounts:
    """The accounts, a tenth of the test's frauds with the features of honest ones, whole."""
    frauds = published.test[published.test_labels == 1]
    honest = published.test[published.test_labels == 0]
    chosen = rng.choice(frauds, round(DISGUISED * len(frauds)), replace=False)
    features = folder.accounts.features.copy()
    features[chosen] = features[rng.choice(honest, len(chosen))]
    return replace(folder.accounts, features=features)


def precision(described: Described, published: PublishedList, seed: int) -> float:
    """Average precision on the list's test accounts."""
    labels = np.full(len(described.columns["degree"]), UNKNOWN)
    labels[published.train] = published.train_labels
    learned = learn_labelled(described, labels, seed=seed)
    return average_precision(published.test_labels, learned.scores[published.test])


def main() -> None:
    """Print a row for each list, and the means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--share", default="10%")
    parser.add_argument("--lists", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    folder = read_fraud_folder(options.folder)
    lists = [each for each in folder.lists if each.share == options.share][: options.lists]
    plain = Described.of(folder.accounts, seed=options.seed)
    rows = []
    print("list  clean  poisoned labels  look-alikes", flush=True)
    for number, published in enumerate(lists):
        rng = np.random.default_rng(options.seed * 1000 + number)
        wrong = poisoned(published, rng)
        alike = Described.of(disguised(folder, published, rng), seed=options.seed)
        rows.append(
            [
                precision(plain, published, options.seed),
                precision(plain, wrong, options.seed),
                precision(alike, published, options.seed),
            ]
        )
        print(f"{number + 1:4d}  " + "  ".join(f"{figure:.4f}" for figure in rows[-1]), flush=True)
    print("mean  " + "  ".join(f"{figure:.4f}" for figure in np.mean(rows, axis=0)))


if __name__ == "__main__":
    main()
