"""Classes that are paths, "Home > Lighting > Lamps": what is told of them never contradicts itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shelfspace.tasks.classify.kernel import Float32, Int64

_MARK = ">"
_STEPS = 200  # thresholds that are tried


def canonical(name: str) -> str:
    """The path with one space on either side of each mark, and no empty step.

    >>> canonical("Home>Lighting >  Lamps >")
    'Home > Lighting > Lamps'
    """
    return f" {_MARK} ".join(step.strip() for step in name.split(_MARK) if step.strip())


@dataclass(frozen=True)
class Paths:
    """Classes `names`, and every path above them: `nodes` are all of them, the classes themselves first.

    `chains` hold for each class the numbers of its nodes, itself first and the topmost last; `depth` is how
    many there can be. Of classes that are no paths each is its own only node.
    """

    names: tuple[str, ...]
    nodes: tuple[str, ...]
    chains: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, names: Sequence[str]) -> Paths:
        """The paths of classes with the names in their canonical form, each once."""
        number = {name: place for place, name in enumerate(names)}
        chains = []
        for name in names:
            steps = name.split(f" {_MARK} ")
            above = [f" {_MARK} ".join(steps[:n]) for n in range(len(steps), 0, -1)]
            chains.append(tuple(number.setdefault(node, len(number)) for node in above))
        return cls(tuple(names), tuple(number), tuple(chains))

    def probabilities(self, told: Float32) -> Float32:
        """Of every node `[n, nodes]`, from the classes' `[n, c]`: a path has all that ends below it."""
        found = np.zeros((len(told), len(self.nodes)), np.float32)
        for place, chain in enumerate(self.chains):
            found[:, list(chain)] += told[:, [place]]
        return found

    def answers(self, told: Float32, threshold: float) -> Int64:
        """The node told of each thing int64 `[n]`, −1 for none, of the classes' probabilities `[n, c]`.

        That is the lowest on the likeliest class's path that is as probable as `threshold`.
        """
        every = self.probabilities(told)
        best = told.argmax(axis=1) if len(told) else np.empty(0, np.int64)
        found = np.full(len(told), -1, np.int64)
        for row, place in enumerate(best):
            found[row] = next((node for node in self.chains[place] if every[row, node] >= threshold), -1)
        return found

    def right(self, answers: Int64, wanted: Int64) -> Int64:
        """1 where the answer lies on the true class's path, 0 where not, −1 where there is none."""
        each = [
            -1 if node < 0 else int(node in self.chains[true])
            for node, true in zip(answers.tolist(), wanted.tolist(), strict=True)
        ]
        return np.array(each, np.int64)

    def threshold(self, told: Float32, wanted: Int64, accuracy: float) -> float:
        """The lowest probability from which answers to held-back labels are right as often as `accuracy`.

        A standard error on the safe side, since few labels flatter. Infinity where none is; 0 where
        everything may be told.
        """
        sure = np.unique(self.probabilities(told)) if len(told) else np.empty(0, np.float32)
        steps = sure[np.unique(np.linspace(0, len(sure) - 1, _STEPS).astype(np.int64))] if len(sure) else sure
        for step in [0.0, *steps.tolist()]:
            right = self.right(self.answers(told, step), wanted)
            n = int((right >= 0).sum())
            mean = (float((right == 1).sum()) + 0.5) / (n + 1)
            if n and mean - (mean * (1 - mean) / n) ** 0.5 >= accuracy:
                return float(step)
        return float("inf")
