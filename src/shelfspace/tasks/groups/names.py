"""Readable names of groups: a category where one covers it, else the words that set it apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse

from shelfspace.data.cleaning.unit_words import UNITS
from shelfspace.data.interactions import Int64
from shelfspace.tasks.groups.words import TitleWords

_PRIOR = 500.0  # words of the whole catalogue that every group is thought to hold beside its own
_COMMON = 0.4  # of a group's titles: a word of so many is said of all
_MOST = 3
_MORE = 4  # further words by which groups of one name are told apart
_COVERS = 0.75  # of a group's known categories: so many agree on the one that names it
_KNOWN = 0.5  # of a group's products have a category
_NOTHING = "unnamed"


@dataclass(frozen=True)
class Namer:
    """What groups of a catalogue are named by: the words of its titles, and a category path of some products.

    Paths are given as their levels, () for none.
    """

    words: TitleWords
    paths: Sequence[tuple[str, ...]]

    def names(self, labels: Int64, above: Sequence[str]) -> list[str]:
        """A name for each group, all different; `labels` `[n]` from 0, `above` the names of those above them.

        None has the name of the group above it, but one that is the whole of it.

        A category is taken at the deepest level at which three quarters agree; where two groups share it,
        words follow. Words are those with the highest log-odds against all other products, with the whole
        catalogue as the prior (Monroe, Colaresi and Quinn 2008, equations 15 and 22), as they are mostly
        written. Those of two titles in five stand in the order of the titles, "Men Blue Shirt"; where there
        is none, the first three are alternatives, "Sandals / Clogs". Where names are equal, what tells these
        groups apart is added, or else a number.
        """
        k = len(above)
        inside = labels >= 0
        cells = (np.ones(int(inside.sum()), np.float32), (labels[inside], np.flatnonzero(inside)))
        member = scipy.sparse.csr_array(cells, shape=(k, len(labels)))
        counts = scipy.sparse.csr_array(member @ self.words.presence)
        places = scipy.sparse.csr_array(member @ self.words.places)
        spoken = _Spoken(self.words.shown, counts, places, np.bincount(labels[inside], minlength=k))
        bare = [spoken.phrase(group) for group in range(k)]
        found = self._by_category(labels, k, bare)
        return _different(found, above, spoken)

    def _by_category(self, labels: Int64, k: int, bare: list[str]) -> list[str]:
        held: list[list[tuple[str, ...]]] = [[] for _ in range(k)]
        for label, path in zip(labels.tolist(), self.paths, strict=True):
            if label >= 0:
                held[label].append(path)
        categories = [category_of(paths) for paths in held]
        often = Counter(categories)
        return [
            words if category is None else category if often[category] == 1 else f"{category} · {words}"
            for category, words in zip(categories, bare, strict=True)
        ]


def category_of(paths: Sequence[tuple[str, ...]]) -> str | None:
    """The last level of the deepest path on which three quarters agree; None where half have no category."""
    known = [path for path in paths if path]
    if len(known) < max(_KNOWN * len(paths), 1):
        return None
    for depth in range(max(map(len, known)), 0, -1):
        path, count = Counter(path[:depth] for path in known).most_common(1)[0]
        if len(path) == depth and count >= _COVERS * len(known):
            return path[-1]
    return None


@dataclass(frozen=True)
class _Spoken:
    """The words of k groups: `counts` sparse `[k, V]` of titles that hold them, `places` added up."""

    shown: list[str]
    counts: scipy.sparse.csr_array
    places: scipy.sparse.csr_array
    sizes: Int64

    def phrase(self, group: int) -> str:
        """What sets a group apart from all others, in a few words."""
        rest = np.asarray(self.counts.sum(axis=0)).ravel()
        told = self._telling(group, rest)
        common = [word for word in told if self._count(group, word) >= _COMMON * self.sizes[group]]
        chosen = self._distinct(common, _MOST)
        if chosen:
            return self.in_order(group, chosen)
        return " / ".join(self.shown[word] for word in self._distinct(told, _MOST)) or _NOTHING

    def in_order(self, group: int, words: Sequence[int]) -> str:
        """The words as they follow each other in the group's titles on average."""
        row = self.places[[group]].toarray()[0]
        return " ".join(
            self.shown[word] for word in sorted(words, key=lambda word: row[word] / self._count(group, word))
        )

    def against(self, group: int, others: Sequence[int]) -> list[str]:
        """The words that set a group apart from some others, the most telling first."""
        rest = np.asarray(self.counts[[group, *others]].sum(axis=0)).ravel()
        told = self._distinct(self._telling(group, rest), _MORE)
        return [self.shown[word] for word in told]

    def _count(self, group: int, word: int) -> float:
        row = self.counts[[group]]
        return float(row[:, [word]].sum())

    def _telling(self, group: int, everything: np.ndarray) -> list[int]:
        """The words of a group by z of their log-odds against the rest of `everything` `[V]`, if above 0."""
        row = self.counts[[group]]
        word, count = row.indices, row.data.astype(np.float64)
        if not len(word):
            return []
        total = float(everything.sum())
        here, there = count.sum(), total - count.sum()
        rest = np.maximum(everything[word] - count, 0)
        prior = _PRIOR * everything[word] / total
        odds = np.log((count + prior) / (here + _PRIOR - count - prior + 1e-9))
        odds -= np.log((rest + prior) / (there + _PRIOR - rest - prior + 1e-9))
        z = odds / np.sqrt(1 / (count + prior) + 1 / (rest + prior))
        order = [place for place in np.lexsort((word, -z)) if z[place] > 0]
        return [int(word[place]) for place in order if _says_something(self.shown[word[place]])]

    def _distinct(self, words: Sequence[int], most: int) -> list[int]:
        """The first words, without another form of one taken: shirt beside shirts."""
        taken: list[int] = []
        for word in words:
            if len(taken) == most:
                break
            if not any(_forms_of_one(self.shown[word], self.shown[other]) for other in taken):
                taken.append(word)
        return taken


def _says_something(word: str) -> bool:
    """Whether it is more than a letter, a number or a unit."""
    bare = word.strip("0123456789.,").casefold()
    return len(bare) > 1 and bare not in UNITS and any(char.isalpha() for char in bare)


def _forms_of_one(one: str, other: str) -> bool:
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    if not short.isascii() and len(short) < 3:
        return False
    return long.startswith(short) and len(long) - len(short) <= 2


def _different(found: list[str], above: Sequence[str], spoken: _Spoken) -> list[str]:
    """The names with more words where two are equal, or one is that of the group above it."""
    alone = Counter(above)
    named = [over if over and alone[over] == 1 else name for name, over in zip(found, above, strict=True)]
    found, often = list(named), Counter(named)
    for group, name in enumerate(found):
        if often[name] == 1 and (name != above[group] or alone[name] == 1):
            continue
        others = [other for other, its in enumerate(found) if its == name and other != group]
        others = others or [
            other for other, over in enumerate(above) if over == above[group] and other != group
        ]
        said = {word.casefold() for word in name.split()}
        for word in [word for word in spoken.against(group, others) if word.casefold() not in said]:
            longer = f"{name}, {word}"
            if longer not in named and longer not in found:
                named[group] = longer
                break
    used: set[str] = set()
    for group, name in enumerate(named):
        number, single = 2, name
        while single in used or (single == above[group] and alone[single] > 1):
            single, number = f"{name} ({number})", number + 1
        named[group] = single
        used.add(single)
    return named
