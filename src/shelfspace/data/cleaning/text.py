"""Text as people read it: no tags, entities, mojibake, odd widths or hidden characters."""

from __future__ import annotations

import html
import re

import polars as pl

_TAG = re.compile(
    r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[/!?]?[a-zA-Z][^<>]*>", re.DOTALL | re.IGNORECASE
)
# UTF-8 that was read as Windows-1252: a lead byte's letter, then the letters of its continuation bytes.
_TAIL = "[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_MOJIBAKE = f"(?:[ÂÃÄÅÎÏÐÑØÙ]{_TAIL}|[à-ï]{_TAIL}{_TAIL}|ð{_TAIL}{_TAIL}{_TAIL})"
_MOJIBAKE_RUN = re.compile(f"{_MOJIBAKE}+")
_MARKUP = rf"<[a-zA-Z/!?]|&[a-zA-Z#][a-zA-Z0-9]*;|{_MOJIBAKE}"
#: Everything that plain single-spaced ASCII is not: only such values need work.
_ODD = r"[^\x20-\x7e]|  |^ | $|" + _MARKUP
_HIDDEN = (
    r"[\x00-\x08\x0e-\x1b\x7f-\x{84}\x{86}-\x{9f}\x{ad}\x{61c}\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}"
    r"\x{2060}-\x{2064}\x{2066}-\x{2069}\x{fe00}-\x{fe0f}\x{feff}\x{fffe}]"
)
#: Full-width forms and the plain ones they stand for, character by character, so that places stay.
NARROW = {**{point: point - 0xFEE0 for point in range(0xFF01, 0xFF5F)}, 0x3000: 32}
NARROW |= {ord(wide): ord(plain) for wide, plain in zip("￥￡￦￠", "¥£₩¢", strict=True)}
_SPACE = r"[\s\x1c-\x1f\x{85}\x{a0}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+"


def clean_text(text: str) -> str:
    """The text without markup and hidden characters, in NFKC, its white space single; may be empty.

    Entities are undone twice ("&amp;amp;" is an ampersand), tags become spaces, UTF-8 that was read as
    Windows-1252 is repaired where the repair is certain. Trade-mark signs go: "Acme™" is the brand Acme.

    >>> clean_text("<b>Caf&amp;eacute;</b>&nbsp;FranÃ§ais　ＡＢＣ™ 1½")
    'Café Français ABC 1 1/2'
    """
    return str(clean_texts(pl.Series([text]))[0])


def clean_texts(texts: pl.Series) -> pl.Series:
    """`clean_text` of a whole column; nulls stay null."""
    odd = texts.str.contains(_ODD).arg_true()
    if len(odd) == 0:
        return texts
    plain = _unmarked(texts.gather(odd))
    plain = (
        plain.str.replace_all("([0-9])([¼½¾⅐-⅞])", "$1 $2")
        .str.replace_all("[™℠®©]", "")
        .str.replace_all("″", '"', literal=True)
        .str.normalize("NFKC")
        .str.replace_all("⁄", "/", literal=True)
        .str.replace_all(_HIDDEN, "")
        .str.replace_all(_SPACE, " ")
        .str.strip_chars(" ")
    )
    return texts.clone().scatter(odd, plain)


def _unmarked(texts: pl.Series) -> pl.Series:
    marked = texts.str.contains(_MARKUP).arg_true()
    if len(marked) == 0:
        return texts
    plain = pl.Series([_unmark(text) for text in texts.gather(marked)], dtype=pl.String)
    return texts.clone().scatter(marked, plain)


def _unmark(text: str) -> str:
    for _ in range(2):
        text = _TAG.sub(" ", text) if "<" in text else text
        if "&" not in text:
            break
        text = html.unescape(text)
    text = _TAG.sub(" ", text) if "<" in text else text
    return text if text.isascii() else repair_mojibake(text)


def repair_mojibake(text: str) -> str:
    """`text` with UTF-8 that was decoded as Windows-1252 put right; unchanged where that is not certain.

    >>> repair_mojibake("MÃ¼ller"), repair_mojibake("Ã la carte")
    ('Müller', 'Ã la carte')
    """
    for _ in range(2):
        text = _MOJIBAKE_RUN.sub(_decoded, text)
    return text


def _decoded(run: re.Match[str]) -> str:
    try:
        return b"".join(_byte(char) for char in run.group()).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return run.group()


def _byte(char: str) -> bytes:
    """The Windows-1252 byte of a character; the five it leaves undefined pass as Latin-1's controls."""
    return char.encode("latin-1") if "\x80" <= char <= "\x9f" else char.encode("cp1252")
