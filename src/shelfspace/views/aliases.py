"""What two scripts call the same, 兰芝 and Laneige for one, learned from the feeds themselves."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

import polars as pl

from shelfspace.data.catalog import Catalog
from shelfspace.data.pairs import Pairs
from shelfspace.data.schema import ALIAS
from shelfspace.errors import SpaceError
from shelfspace.views.evidence import evidence, rows_of_pairs, same

#: Under which name a space keeps what it learned.
ALIASES = "aliases.json"
_HAN = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_LATIN_WORD = "[a-zà-ɏ][a-zà-ɏ'&.-]*[a-zà-ɏ]"
_WORD = re.compile(rf"(?<![a-zà-ɏ0-9]){_LATIN_WORD}(?![a-zà-ɏ0-9])")
_RUN = re.compile(f"[{_HAN}]{{2,}}")
_NAME, _RUNS = f"{_LATIN_WORD}(?: {_LATIN_WORD}){{0,2}}", f"[{_HAN}·]{{2,8}}"
_OPEN, _CLOSE = r" ?[/／(（\[【] ?", r" ?(?:[)）\]】/／,，;；]|\s|$)"
_BESIDE = (
    re.compile(rf"(?:^|[^a-zà-ɏ0-9])(?P<latin>{_NAME}){_OPEN}(?P<han>{_RUNS}){_CLOSE}"),
    re.compile(rf"(?:^|[^{_HAN}])(?P<han>{_RUNS}){_OPEN}(?P<latin>{_NAME}){_CLOSE}"),
)
_LENGTHS = range(2, 6)  # characters of a term in a script without spaces
_SUPPORT = 2  # listings, or pairs of them, that must say so
_G2 = 10.83  # of chance alone one pair of words in a thousand has more
_SHARE = 0.5  # of either term's occurrences that must be beside the other
_MOST_PAIRS = 5_000
_SHOWN = 5
_TERMS = 60  # words or runs of one listing that are looked at


@dataclass(frozen=True)
class Alias:
    """`latin` and `other` name the same: `support` listings or pairs say so, `score` is G² (inf: a brand).

    `origin` is "brand" (both stand in one brand column), "title" (side by side in titles), "pairs" or "user"
    (whose terms may be of one script).
    """

    latin: str
    other: str
    support: int
    score: float
    origin: str


@dataclass(frozen=True)
class Aliases:
    """Equivalent terms of two scripts, the surest first."""

    items: tuple[Alias, ...] = ()

    def __len__(self) -> int:
        return len(self.items)

    def __str__(self) -> str:
        shown = [f"{alias.other} = {alias.latin}" for alias in self.items[:_SHOWN]]
        return f"{len(self)}: {', '.join(shown)}{' …' if len(self) > _SHOWN else ''}"

    def of(self, text: str) -> list[str]:
        """What else the terms in `text` are called, without what it holds already."""
        low = text.lower()
        found: dict[str, None] = {}
        for pattern, meanings in self._readers:
            for match in pattern.finditer(low) if pattern is not None else ():
                found.update(dict.fromkeys(meanings[match.group()]))
        return [term for term in found if term not in low]

    @cached_property
    def _readers(self) -> list[tuple[re.Pattern[str] | None, dict[str, list[str]]]]:
        latin: dict[str, list[str]] = {}
        other: dict[str, list[str]] = {}
        for alias in self.items:
            for term, meaning in ((alias.latin, alias.other), (alias.other, alias.latin)):
                parts = other if _RUN.search(term) else latin  # a user's may be of one script
                parts.setdefault(term, []).append(meaning)
        return [(_any_of(latin, r"(?<![a-zà-ɏ0-9])", r"(?![a-zà-ɏ0-9])"), latin), (_any_of(other), other)]

    def to_json(self) -> str:
        """The aliases as JSON."""
        items = [asdict(alias) | {"score": min(alias.score, 1e9)} for alias in self.items]
        return json.dumps(items, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Aliases:
        """The aliases that `to_json` wrote; `SpaceError` for anything else."""
        try:
            return cls(tuple(Alias(**item) for item in json.loads(text)))
        except (ValueError, TypeError) as error:
            raise SpaceError(
                f"The stored aliases cannot be read ({error}).",
                "They are the JSON text that fit wrote.",
                "Roll back to an earlier version of the space, or fit again.",
            ) from error

    def table(self) -> pl.DataFrame:
        """The aliases as a table: latin, other, support, score, origin."""
        schema = {"latin": pl.String, "other": pl.String, "support": pl.Int64, "score": pl.Float64}
        return pl.DataFrame([asdict(alias) for alias in self.items], schema=schema | {"origin": pl.String})


def learn_aliases(catalog: Catalog, human: Pairs | None = None) -> Aliases:
    """The terms of two scripts that mean the same, as far as the feeds show it; none for one script.

    Shown it is by a brand column that holds both ("Laneige/兰芝"), by titles with both side by side in
    brackets or behind a stroke, and by pairs known to be one product (equal numbers, `human`
    matches), whose words occur together. The last two need `_SUPPORT` listings, a G² above that of chance
    (Dunning 1993, equation 3, here of words and products) and that either term hardly goes without the other.
    """
    table = catalog.table
    titles, brands = (
        table[name].fill_null("").str.normalize("NFKC").str.to_lowercase() for name in ("title", "brand")
    )
    mixed = titles.str.contains(f"[{_HAN}]") | brands.str.contains(f"[{_HAN}]")
    latin = titles.str.contains("[a-z]{2}") | brands.str.contains("[a-z]{2}")
    if not mixed.any() or not latin.any():
        return Aliases()
    found = [*_of_brands(brands.to_list()), *_of_titles(titles.filter(mixed).to_list())]
    left, right = rows_of_pairs(catalog, same(evidence(catalog, _present(catalog, human))))
    texts = pl.select(pl.concat_str(brands, titles, separator=" ")).to_series()
    pairs = zip(texts.gather(left[:_MOST_PAIRS]), texts.gather(right[:_MOST_PAIRS]), strict=True)
    found += _of_pairs(list(pairs))
    once: dict[tuple[str, str], Alias] = {}
    for alias in sorted(found, key=lambda alias: (-alias.score, -alias.support, alias.latin, alias.other)):
        once.setdefault((alias.latin, alias.other), alias)
    return Aliases(tuple(once.values()))


def _present(catalog: Catalog, human: Pairs | None) -> Pairs | None:
    """The pairs of products that the catalogue has."""
    if human is None:
        return None
    left, right = rows_of_pairs(catalog, human)
    return Pairs(human.table.filter((left >= 0) & (right >= 0)))


def with_aliases(catalog: Catalog, aliases: Aliases) -> Catalog:
    """The catalogue with the column `ALIAS` of what the other script calls what a listing says.

    Null where that is nothing; without the column where there are no aliases.
    """
    if not len(aliases):
        if ALIAS not in catalog.table.columns:
            return catalog
        return Catalog(catalog.table.drop(ALIAS), catalog.rejects, catalog.mapping)
    parts = catalog.table.select(pl.concat_str("brand", "title", separator=" ", ignore_nulls=True))
    texts = parts.to_series().fill_null("").str.normalize("NFKC")
    terms = pl.Series(ALIAS, [" ".join(aliases.of(text)) or None for text in texts], dtype=pl.String)
    return Catalog(catalog.table.with_columns(terms), catalog.rejects, catalog.mapping)


def _of_brands(brands: Sequence[str]) -> Iterator[Alias]:
    """Aliases of brand columns that hold two names, "laneige/兰芝" or "兰芝(laneige)"."""
    counts: Counter[tuple[str, str]] = Counter()
    for brand in brands:
        names, runs = _WORD.findall(brand), _RUN.findall(brand)
        latin = re.search(_NAME, brand)
        if names and len(runs) == 1 and latin and len(latin.group()) > 1 and " ".join(names) == latin.group():
            counts[latin.group(), runs[0]] += 1
    noise = {"other", "others", "其他", "其它"}
    for (latin_name, run), count in counts.items():
        if latin_name not in noise and run not in noise:
            yield Alias(latin_name, run, count, math.inf, "brand")


def _of_titles(titles: Sequence[str]) -> Iterator[Alias]:
    """Aliases that stand side by side in titles: each listing's terms are those beside such a sign."""
    bags = []
    for title in titles:
        beside = [(match["latin"], match["han"]) for pattern in _BESIDE for match in pattern.finditer(title)]
        if beside:
            bags.append(({name for name, _ in beside}, {run for _, run in beside}))
    return _associated(bags, "title")


def _of_pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[Alias]:
    """Aliases of what one listing says in one script and its match in the other."""
    bags = []
    for one, other in pairs:
        for latin, han in ((one, other), (other, one)):
            words = set(_WORD.findall(latin)[:_TERMS]) - set(_WORD.findall(han))
            runs = _grams(han) - _grams(latin)
            if words and runs:
                bags.append((words, runs))
    return _associated(bags, "pairs")


def _grams(text: str) -> set[str]:
    """The runs of two to five characters in a text of a script without spaces."""
    return {
        run[start : start + length]
        for run in _RUN.findall(text)[:_TERMS]
        for length in _LENGTHS
        for start in range(len(run) - length + 1)
    }


def _associated(bags: Sequence[tuple[set[str], set[str]]], origin: str) -> Iterator[Alias]:
    """The terms of the two sides that belong together; of terms that always go together the longest."""
    words = Counter(word for one, _ in bags for word in one)
    runs = Counter(run for _, other in bags for run in other)
    both: Counter[tuple[str, str]] = Counter()
    for one, other in bags:
        kept = [run for run in other if runs[run] >= _SUPPORT]
        both.update((word, run) for word in one if words[word] >= _SUPPORT for run in kept)
    best: dict[str, list[Alias]] = {}
    for (word, run), count in both.items():
        if count < max(_SUPPORT, _SHARE * words[word], _SHARE * runs[run]):
            continue
        score = g2(count, words[word], runs[run], len(bags))
        if score >= _G2:
            best.setdefault(word, []).append(Alias(word, run, count, score, origin))
    for aliases in best.values():
        top = max(alias.score for alias in aliases)
        yield max((a for a in aliases if a.score >= top - 1e-9), key=lambda a: (len(a.other), a.other))


def g2(both: int, one: int, other: int, n: int) -> float:
    """The log-likelihood ratio G² = 2 Σ O ln(O / E) of two terms in n bags; 0 where they avoid each other.

    `both` bags hold the two, `one` and `other` each of them (Dunning 1993).

    >>> g2(1, 10, 10, 100)
    0.0
    """
    if both * n <= one * other:
        return 0.0
    cells = (
        (both, one * other),
        (one - both, one * (n - other)),
        (other - both, (n - one) * other),
        (n - one - other + both, (n - one) * (n - other)),
    )
    return 2 * math.fsum(seen * math.log(seen * n / product) for seen, product in cells if seen)


def _any_of(terms: Iterable[str], before: str = "", behind: str = "") -> re.Pattern[str] | None:
    """A pattern of any of the terms, the longest first; None where there are none."""
    ordered = sorted(terms, key=lambda term: (-len(term), term))
    return re.compile(before + "(?:" + "|".join(map(re.escape, ordered)) + ")" + behind) if ordered else None
