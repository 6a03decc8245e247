"""One shop's listing of one product: which of its facts are shown, in which words, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from shelfspace.data.synthetic.names import respell_code
from shelfspace.data.synthetic.noise import mistype, widen
from shelfspace.data.synthetic.plans import Shown
from shelfspace.data.synthetic.products import Product
from shelfspace.data.synthetic.quantities import Value, write_quantity
from shelfspace.data.synthetic.talk import (
    BUNDLES,
    CJK,
    FITTING,
    LEGAL,
    MARKETING,
    REFURBISHED,
    SENTENCES,
    WORDED,
)
from shelfspace.data.synthetic.words import Words

_SIZES = ("fit", "shoe", "waist", "socks", "head", "volume", "weight", "storage")
_DEFAULTS: dict[str, Value] = {"pack": 1, "generation": 1, "edition": 1, "tier": ""}
#: The slots of a title without which a product could be taken for another.
_TELLING = frozenset("SCNAX")
_SEPARATORS = (" ", " ", ", ", " - ", " / ", " | ")


@dataclass(frozen=True)
class Habits:
    """How one shop writes. In `orders` B is the brand, S the series, C the model code, N the noun, A the
    attributes, F features, X condition or bundle, M marketing."""

    orders: tuple[str, ...]
    brand_in_title: float
    code_respelled: float
    attribute_columns: bool
    marketing: float
    shouting: float


LEFT = Habits(("BSCNAXFM", "BSNCAXFM", "BCSNAXFM", "NBSCAXFM"), 0.88, 0.15, False, 0.15, 0.03)
RIGHT = Habits(("NBSAXCFM", "BNSAXCFM", "MBSNFAXC", "SBNAFXCM", "BSCNFAXM"), 0.8, 0.45, True, 0.3, 0.05)


@dataclass(frozen=True, slots=True)
class Listing:
    """What the shop has to say: "" where it says nothing."""

    title: str
    brand: str
    colour: str
    size: str
    description: str


def write_listing(rng: Random, product: Product, shown: Shown, habits: Habits) -> Listing:
    """The listing of a product; two calls give two wordings of the same facts."""
    language = shown.language
    attributes, colour, size = _attributes(rng, product, language, habits)
    slots = {
        "B": _brand_in_title(rng, product, shown, habits),
        "S": _series(product, shown),
        "C": _code(rng, product, shown, habits),
        "N": _noun(rng, product, language),
        "A": _pick(rng, _SEPARATORS).join(attributes),
        "F": _features(rng, product, language),
        "X": _extra(rng, product, language),
        "M": _word(rng, MARKETING, language) if rng.random() < habits.marketing else "",
    }
    title = _title(rng, slots, shown, habits)
    return Listing(
        title,
        write_brand(rng, product, language),
        colour,
        size,
        _description(rng, product, language),
    )


def _pick(rng: Random, options: tuple[str, ...]) -> str:
    return options[int(rng.random() * len(options))]


def _word(rng: Random, words: Words, language: str) -> str:
    """A synonym; the first one is the most usual."""
    options = words[language]
    return options[0] if rng.random() < 0.5 else _pick(rng, options)


def _title(rng: Random, slots: dict[str, str], shown: Shown, habits: Habits) -> str:
    if rng.random() < 0.12:
        slip = _pick(rng, ("N", "F", "B", "S") if shown.code else ("N", "F"))
        slots[slip] = mistype(rng, slots[slip])
    order = [slot for slot in _pick(rng, habits.orders) if slots[slot]]
    pieces = [slots[slot] for slot in order]
    if shown.language in CJK:
        title = _join_cjk(rng, pieces)
        return widen(title) if rng.random() < 0.04 else title
    title = " ".join(pieces)
    if rng.random() < 0.08:
        # A clipped title loses what stands last, never what tells the product from its siblings.
        telling = 1 + max(i for i, slot in enumerate(order) if slot in _TELLING)
        title = title[: max(len(" ".join(pieces[:telling])), 50)].rstrip()
    return title.upper() if rng.random() < habits.shouting else title


def _join_cjk(rng: Random, pieces: list[str]) -> str:
    text = pieces[0]
    for piece in pieces[1:]:
        tight = rng.random() < 0.3 and not (text[-1].isascii() and piece[0].isascii())
        text += piece if tight else " " + piece
    return text


def _brand_in_title(rng: Random, product: Product, shown: Shown, habits: Habits) -> str:
    line, language = product.line, shown.language
    if line.author:
        first, last = line.author.split()
        return "" if rng.random() < 0.2 else line.author if rng.random() < 0.6 else f"{last}, {first}"
    name = product.brand.name
    # A brand may only go unsaid where the rest still names the product.
    told = shown.code or not line.series_is_common
    if told and not shown.latin_brand and rng.random() >= habits.brand_in_title:
        return ""
    if language in CJK and not shown.latin_brand and rng.random() < 0.5:
        own = name.written(language)
        return (
            own
            if rng.random() < 0.6
            else f"{name.latin}/{own}"
            if rng.random() < 0.5
            else f"{name.latin}（{own}）"
        )
    if told and not shown.latin_brand and rng.random() < 0.06:
        return name.latin[:3].upper()
    return name.latin.upper() if rng.random() < 0.1 else name.latin


def _series(product: Product, shown: Shown) -> str:
    if product.condition == "accessory":
        return ""
    tier = str(product.values.get("tier", ""))
    return " ".join(filter(None, (product.line.series if shown.series else "", tier)))


def _code(rng: Random, product: Product, shown: Shown, habits: Habits) -> str:
    if not shown.code:
        return ""
    code = (
        respell_code(rng, product.title_code) if rng.random() < habits.code_respelled else product.title_code
    )
    return f"({code})" if rng.random() < 0.12 else code


def _noun(rng: Random, product: Product, language: str) -> str:
    line = product.line
    if product.condition != "accessory":
        return _word(rng, line.kind.words, language)
    noun = _word(rng, line.category.accessories[product.extra], language)
    target = f"{line.brand.name.latin} {line.series} {_word(rng, line.kind.words, language)}"
    return _word(rng, FITTING, language).format(noun=noun, target=target)


def _attributes(rng: Random, product: Product, language: str, habits: Habits) -> tuple[list[str], str, str]:
    """The attribute texts of the title, and the colour and size columns."""
    texts: list[str] = []
    colour = size = ""
    if product.condition == "accessory":
        return texts, colour, size
    shown = dict(product.values)
    for fact, value in product.line.facts.items():
        # What all variants share tells none of them apart: a shop may leave it out.
        if fact not in shown and fact in product.line.kind.facts and rng.random() < 0.4:
            shown[fact] = value
    for attribute, value in shown.items():
        if attribute == "tier" or _DEFAULTS.get(attribute) == value:
            continue
        text = write_attribute(rng, attribute, value, language)
        if habits.attribute_columns and attribute == "colour" and rng.random() < 0.6:
            colour = text
        elif habits.attribute_columns and attribute in _SIZES and not size and rng.random() < 0.35:
            size = text
        else:
            texts.append(text)
            continue
        if rng.random() < 0.6:
            texts.append(write_attribute(rng, attribute, value, language))
    rng.shuffle(texts)
    return texts, colour, size


def write_attribute(rng: Random, attribute: str, value: Value, language: str) -> str:
    """An attribute in words or with a unit."""
    if attribute in WORDED:
        return _word(rng, WORDED[attribute][str(value)], language)
    return write_quantity(rng, attribute, value, language)


def _features(rng: Random, product: Product, language: str) -> str:
    if product.condition == "accessory":
        return ""
    # Every shop knows a product's first selling point, few bother with its third.
    chosen = [
        i for i, chance in zip(product.line.features, (0.65, 0.3, 0.15), strict=True) if rng.random() < chance
    ]
    return " ".join(_word(rng, product.line.category.features[i], language) for i in chosen)


def _extra(rng: Random, product: Product, language: str) -> str:
    if product.condition == "refurbished":
        text = _word(rng, REFURBISHED, language)
        return f"({text})" if rng.random() < 0.4 else text
    return _word(rng, BUNDLES[product.extra], language) if product.condition == "bundle" else ""


def write_brand(rng: Random, product: Product, language: str) -> str:
    """The brand column: the name, at times with its legal form, transliterated, shouted or missing."""
    name, draw = product.brand.name, rng.random()
    if draw < 0.18:
        return ""
    if draw < 0.28:
        return f"{name.latin} {LEGAL[product.brand.legal]}"
    if draw < 0.36:
        return name.latin.upper()
    return name.written(language) if draw < 0.5 else name.latin


def _description(rng: Random, product: Product, language: str) -> str:
    if rng.random() < 0.4:
        return ""
    line = product.line
    name = (
        f"{product.brand.name.latin} {line.series}"
        if product.condition != "accessory"
        else product.brand.name.latin
    )
    joiner = "、" if language in CJK else ", "
    features = [_word(rng, line.category.features[i], language) for i in line.features]
    text = _pick(rng, SENTENCES[language]).format(
        name=name, noun=_noun(rng, product, language), features=joiner.join(features)
    )
    if product.condition == "accessory" or rng.random() < 0.4:
        return text
    facts = {**{fact: line.facts[fact] for fact in line.kind.facts}, **product.values}
    details = [
        write_attribute(rng, fact, value, language)
        for fact, value in facts.items()
        if _DEFAULTS.get(fact) != value and rng.random() < 0.7
    ]
    return " ".join([text, joiner.join(details)]).strip()
