"""Amounts and how shops write them: 500 g, 0.5 kg, 1.1 lb, 500克; 3-pack, 3er Pack, 3个装."""

# ruff: noqa: E501 (tables read better with one concept a line)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

#: What an attribute may be: an amount, or a word such as a colour.
Value = float | str

#: The values an attribute takes; neighbours differ enough to survive rounding in any unit.
POOLS: dict[str, tuple[Value, ...]] = {
    "charge": (2000, 3000, 4000, 5000, 10000, 20000),
    "storage": (32, 64, 128, 256, 512, 1024),
    "screen": (5.5, 6.1, 6.7, 13.3, 15.6, 17.3, 24, 27, 32, 43, 55, 65),
    "power": (20, 45, 65, 100, 400, 600, 850, 1200, 1500, 2000),
    "length": (12, 15, 20, 30, 45, 60, 75, 100, 150, 200, 300),
    "volt": (12, 18, 20, 36),
    "weight": (125, 200, 250, 500, 750, 1000, 1500, 2500),
    "mass": (1000, 2000, 3000, 5000, 7500, 10000, 20000),
    "disc": (76, 115, 125, 150, 230),
    "span": (20, 24, 28, 32),
    "vessel": (1000, 1500, 2000, 3500, 5000, 7000, 20000, 30000, 45000, 60000),
    "volume": (30, 50, 75, 100, 150, 250, 400, 500, 750, 1000),
    "grit": (40, 80, 120, 240, 400),
    "spf": (15, 20, 30, 50),
    "bags": (20, 25, 50, 100),
    "age": (3, 6, 8, 12),
    "players": (2, 3, 4, 6),
    "pages": (96, 192, 256, 320, 480, 640),
    "sheets": (50, 80, 100, 200, 500),
    "pieces": (24, 48, 100, 250, 500, 1000),
    "fit": ("S", "M", "L", "XL", "XXL"),
    "shoe": (38, 39, 40, 41, 42, 43, 44),
    "waist": (28, 30, 32, 34, 36),
    "socks": ("35-38", "39-42", "43-46"),
    "head": ("52-56", "56-60", "60-64"),
    "pack": (1, 2, 3, 5, 6, 10, 12),
    "generation": (1, 2, 3, 4),
    "tier": ("", "Pro", "Plus", "Lite", "Max"),
    "edition": (1, 2, 3, 4),
    "volume_number": (1, 2, 3, 4, 5),
}


@dataclass(frozen=True)
class Unit:
    """A way to write an amount: so much of the base unit, its symbols by language ("" for the others)."""

    size: float
    symbols: Mapping[str, tuple[str, ...]]
    lowest: float = 0.0
    highest: float = float("inf")


_INCHES = {
    "": ('"', " in"),
    "en": ('"', " inch", "-inch"),
    "de": ('"', " Zoll"),
    "fr": ('"', " pouces"),
    "es": ('"', " pulgadas"),
    "zh": ("英寸", '"'),
    "ja": ("インチ", "型"),
}
_CENTIMETRES = {"": (" cm", "cm"), "zh": ("厘米", "cm"), "ja": ("cm", "センチ")}
_GRAMS = {"": (" g", "g"), "zh": ("克", "g"), "ja": ("g", "グラム")}
_KILOGRAMS = {"": (" kg", "kg"), "zh": ("公斤", "千克", "kg"), "ja": ("kg", "キロ")}
_MILLILITRES = {"": (" ml", "ml"), "zh": ("毫升", "ml"), "ja": ("ml", "ミリリットル")}
_LITRES = {
    "": (" l", "L"),
    "en": (" L", " litre"),
    "de": (" l", " Liter"),
    "fr": (" l", " litres"),
    "zh": ("升", "L"),
    "ja": ("L", "リットル"),
}

UNITS: dict[str, tuple[Unit, ...]] = {
    "charge": (Unit(1, {"": (" mAh", "mAh"), "zh": ("毫安", "mAh")}), Unit(1000, {"": (" Ah", "Ah")}, 2, 20)),
    "storage": (
        Unit(1, {"": (" GB", "GB"), "fr": (" Go", "Go", "GB")}),
        Unit(1024, {"": (" TB", "TB"), "fr": (" To", "TB")}, 1),
    ),
    "screen": (Unit(1, _INCHES), Unit(1 / 2.54, _CENTIMETRES)),
    "power": (
        Unit(1, {"": (" W", "W", " Watt"), "zh": ("瓦", "W"), "ja": ("W", "ワット")}),
        Unit(1000, {"": (" kW",)}, 1),
    ),
    "length": (
        Unit(1, _CENTIMETRES),
        Unit(100, {"": (" m", "m"), "zh": ("米",)}, 1),
        Unit(0.1, {"": (" mm",)}, 0, 400),
    ),
    "span": (Unit(1, _CENTIMETRES), Unit(0.1, {"": (" mm", "mm")}), Unit(2.54, {"": (" in", '"')})),
    "disc": (Unit(1, {"": (" mm", "mm"), "zh": ("毫米", "mm")}), Unit(10, _CENTIMETRES)),
    "volt": (Unit(1, {"": (" V", "V", " Volt"), "zh": ("伏", "V")}),),
    "weight": (Unit(1, _GRAMS), Unit(1000, _KILOGRAMS, 0.2), Unit(453.592, {"en": (" lb", " lbs")}, 0.4)),
    "mass": (Unit(1000, _KILOGRAMS), Unit(453.592, {"en": (" lb", " lbs")}), Unit(1, _GRAMS, 0, 3000)),
    "volume": (
        Unit(1, _MILLILITRES),
        Unit(1000, _LITRES, 0.25),
        Unit(29.5735, {"en": (" fl oz", " fl. oz.")}),
        Unit(10, {"fr": (" cl",), "es": (" cl",), "de": (" cl",)}, 3),
    ),
    "vessel": (Unit(1000, _LITRES), Unit(1, _MILLILITRES, 0, 2000)),
}

#: Counts and sizes, "{}" standing for the number; "" for the languages not named.
COUNTED: dict[str, dict[str, tuple[str, ...]]] = {
    "grit": {"": ("P{}", "grit {}"), "de": ("P{}", "Körnung {}"), "fr": ("P{}", "grain {}"), "es": ("P{}", "grano {}"), "zh": ("{}目",), "ja": ("#{}", "{}番")},
    "spf": {"": ("SPF {}", "SPF{}"), "de": ("LSF {}", "SPF {}"), "fr": ("SPF {}", "FPS {}"), "es": ("FPS {}", "SPF {}")},
    "bags": {"en": ("{} bags", "{} tea bags"), "de": ("{} Beutel",), "fr": ("{} sachets",), "es": ("{} bolsitas",), "zh": ("{}包",), "ja": ("{}袋", "{}包入り")},
    "age": {"en": ("{}+", "ages {}+", "{} years and up"), "de": ("ab {} Jahren", "{}+"), "fr": ("dès {} ans", "{}+"), "es": ("a partir de {} años", "{}+"), "zh": ("{}岁以上",), "ja": ("{}歳以上",)},
    "players": {"en": ("{} persons", "for {} people"), "de": ("{} Personen", "für {} Personen"), "fr": ("{} personnes",), "es": ("{} personas",), "zh": ("{}人",), "ja": ("{}人用",)},
    "pages": {"en": ("{} pages", "{} pp."), "de": ("{} Seiten",), "fr": ("{} pages",), "es": ("{} páginas",), "zh": ("{}页",), "ja": ("{}ページ",)},
    "sheets": {"en": ("{} sheets",), "de": ("{} Blatt",), "fr": ("{} feuilles",), "es": ("{} hojas",), "zh": ("{}张",), "ja": ("{}枚",)},
    "pieces": {"en": ("{} pieces", "{}-piece", "{} pcs"), "de": ("{} Teile", "{}-teilig"), "fr": ("{} pièces",), "es": ("{} piezas",), "zh": ("{}片", "{}件"), "ja": ("{}ピース", "{}個")},
    "fit": {"": ("{}", "size {}"), "de": ("Gr. {}", "Größe {}", "{}"), "fr": ("taille {}", "{}"), "es": ("talla {}", "{}"), "zh": ("{}码",), "ja": ("{}サイズ",)},
    "shoe": {"": ("EU {}", "{} EU"), "de": ("Gr. {}", "EU {}"), "fr": ("pointure {}", "EU {}"), "es": ("talla {}", "EU {}"), "zh": ("{}码",)},
    "waist": {"": ("W{}",), "en": ("W{}", "waist {}")},
    "socks": {"": ("{}",), "de": ("Gr. {}", "{}"), "zh": ("{}码",)},
    "head": {"": ("{} cm", "{}cm")},
    "pack": {"en": ("{}-pack", "pack of {}", "{} pack", "x{}", "set of {}"), "de": ("{}er Pack", "{}er-Set", "{} Stück", "{}x"), "fr": ("lot de {}", "pack de {}", "x{}"), "es": ("pack de {}", "{} unidades", "x{}"), "zh": ("{}个装", "{}件套", "×{}"), "ja": ("{}個セット", "{}個入り", "×{}")},
    "generation": {"en": ("Mk {}", "gen {}", "V{}", "(generation {})"), "de": ("{}. Generation", "V{}", "Gen. {}"), "fr": ("génération {}", "V{}"), "es": ("generación {}", "V{}"), "zh": ("第{}代", "{}代"), "ja": ("第{}世代", "V{}")},
    "edition": {"en": ("edition {}", "ed. {}"), "de": ("{}. Auflage", "{}. Aufl."), "fr": ("édition {}",), "es": ("edición {}",), "zh": ("第{}版",), "ja": ("第{}版",)},
    "volume_number": {"en": ("Vol. {}", "Volume {}", "Book {}"), "de": ("Band {}", "Bd. {}"), "fr": ("tome {}", "T{}"), "es": ("tomo {}", "vol. {}"), "zh": ("第{}册", "卷{}"), "ja": ("第{}巻", "{}巻")},
}  # fmt: skip

_COMMA_LANGUAGES = frozenset({"de", "fr", "es"})


def _pick(rng: Random, options: tuple[str, ...]) -> str:
    # The first form is the usual one: half of all shops write it, the others share the rest.
    return options[0] if rng.random() < 0.5 else options[int(rng.random() * len(options))]


def write_number(rng: Random, value: float, language: str) -> str:
    """A number with at most three significant digits after the integer part, in the habit of `language`."""
    text = f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",") if language in _COMMA_LANGUAGES and rng.random() < 0.7 else text


def write_quantity(rng: Random, attribute: str, value: Value, language: str) -> str:
    """An attribute of `POOLS` in words or with a unit, in one of the ways shops of `language` write it."""
    if attribute == "tier":
        return str(value)
    if attribute in COUNTED:
        forms = COUNTED[attribute]
        options = forms.get(language) or forms.get("") or forms["en"]
        return _pick(rng, options).format(value)
    amount = float(value)
    fitting = [
        unit
        for unit in UNITS[attribute]
        if unit.lowest <= amount / unit.size <= unit.highest
        and (language in unit.symbols or "" in unit.symbols)
    ]
    unit = fitting[0] if rng.random() < 0.75 else fitting[int(rng.random() * len(fitting))]
    symbols = unit.symbols.get(language) or unit.symbols[""]
    return write_number(rng, amount / unit.size, language) + _pick(rng, symbols)
