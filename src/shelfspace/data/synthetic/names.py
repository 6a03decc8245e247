"""Invented names: brands and series one can pronounce, model codes with a family habit, GTINs."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

# One syllable in Latin letters, katakana and hanzi, so that a brand can be transliterated as real ones are.
_SPELLINGS = """
ka.カ.卡 ki.キ.奇 ku.ク.库 ke.ケ.克 ko.コ.科 sa.サ.萨 si.シ.西 su.ス.苏 se.セ.瑟 so.ソ.索 ta.タ.塔 ti.ティ.蒂
tu.トゥ.图 te.テ.特 to.ト.托 na.ナ.纳 ni.ニ.尼 nu.ヌ.努 ne.ネ.内 no.ノ.诺 ma.マ.玛 mi.ミ.米 mu.ム.慕 me.メ.美
mo.モ.莫 ra.ラ.拉 ri.リ.里 ru.ル.鲁 re.レ.雷 ro.ロ.罗 va.ヴァ.瓦 vi.ヴィ.维 ve.ヴェ.薇 vo.ヴォ.沃 da.ダ.达
di.ディ.迪 de.デ.德 do.ド.多 ga.ガ.嘉 go.ゴ.戈 gi.ギ.吉 ba.バ.巴 bi.ビ.比 be.ベ.贝 bo.ボ.博 za.ザ.扎 zi.ジ.兹
ze.ゼ.泽 zo.ゾ.佐 pa.パ.帕 pi.ピ.皮 pe.ペ.佩 po.ポ.波 fa.ファ.法 fi.フィ.菲 fe.フェ.费 fo.フォ.福 ha.ハ.哈
he.ヘ.赫 ho.ホ.豪 ya.ヤ.雅 yo.ヨ.约 yu.ユ.悠 wa.ワ.华 bra.ブラ.布拉 tro.トロ.特罗 gra.グラ.格拉 kle.クレ.克莱
pri.プリ.普里 flo.フロ.弗洛
"""
_SYLLABLES = [tuple(cell.split(".")) for cell in _SPELLINGS.split()]
_ENDINGS = (("", "", ""), ("n", "ン", "恩"), ("x", "クス", "克斯"), ("r", "ール", "尔"), ("s", "ス", "斯"))


class Name(NamedTuple):
    """One name in Latin letters, katakana and hanzi."""

    latin: str
    kana: str
    hanzi: str

    def written(self, language: str) -> str:
        """The name as a shop of `language` transliterates it."""
        return {"ja": self.kana, "zh": self.hanzi}.get(language, self.latin)


def invent_name(rng: Random, taken: set[str]) -> Name:
    """A name of two to four syllables that is not in `taken` in any script; it is added there."""
    while True:
        count = 2 if rng.random() < 0.15 else 3 if rng.random() < 0.85 else 4
        parts = [_SYLLABLES[int(rng.random() * len(_SYLLABLES))] for _ in range(count)]
        parts.append(_ENDINGS[int(rng.random() * len(_ENDINGS))])
        name = Name(
            "".join(p[0] for p in parts).capitalize(), *("".join(p[i] for p in parts) for i in (1, 2))
        )
        if taken.isdisjoint(name):
            taken.update(name)
            return name


@dataclass(frozen=True)
class CodeHabit:
    """How one brand writes its model codes: letters, a separator, a number of so many digits, a tail."""

    letters: str
    separator: str
    inner: str
    digits: int
    start: int
    stride: int

    @classmethod
    def invent(cls, rng: Random, brand: str) -> CodeHabit:
        """A habit with letters taken from the `brand` name."""
        pool = brand.upper()
        letters = "".join(rng.choices(pool, k=rng.choice((1, 2, 2, 3)))) if rng.random() < 0.9 else ""
        digits = rng.choice((3, 4, 4, 5)) if letters else 6
        return cls(
            letters,
            rng.choice(("-", "", " ", "-")) if letters else "",
            rng.choice(("", "", "T", "E", "X")) if letters else "",
            digits,
            rng.randrange(10 ** (digits - 1), 4 * 10 ** (digits - 1)),
            rng.choice((10, 20, 50)) if digits > 3 else 7,
        )

    def code(self, line: int, step: int = 0, tail: str = "") -> str:
        """The code of the brand's product line number `line`; a variant adds a `step` or a `tail`."""
        number = self.start + self.stride * line + step
        return f"{self.letters}{self.separator}{self.inner}{number}{tail}"


def respell_code(rng: Random, code: str) -> str:
    """The code as another shop may type it: separators dropped, moved or changed, or in lower case."""
    bare = code.replace("-", "").replace(" ", "").replace("/", "")
    draw = rng.random()
    if draw < 0.45:
        return bare
    if draw < 0.7:
        return code.replace("-", " ")
    if draw < 0.85:
        split = next((i for i, letter in enumerate(bare) if letter.isdigit()), 0)
        return f"{bare[:split]}-{bare[split:]}" if split else bare
    return code.lower()


def check_digit(body: str) -> str:
    """The GS1 check digit of a GTIN without it: weights 3 and 1 from the right, up to the next ten."""
    total = sum(int(digit) * (3 if i % 2 == 0 else 1) for i, digit in enumerate(reversed(body)))
    return str(-total % 10)


def gtin13(company: int, item: int, prefix: str) -> str:
    """A valid EAN-13 of a `company` (five digits), its `item` (four digits) and a three-digit `prefix`."""
    body = f"{prefix}{company:05d}{item:04d}"
    return body + check_digit(body)
