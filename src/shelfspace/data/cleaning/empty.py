"""Cells that say in words that they are empty."""

from __future__ import annotations

import polars as pl

#: Never a product's title either.
_NOTHING = r"""
n/a n.a. n.a na #n/a #na #null! #value! #ref! #name? #div/0! nan null nil undefined <na> \n (null) [null]
(none) (blank) {} [] - -- --- – — . .. ... / _ ? ?? ??? * \
"""
#: Empty as a whole cell, but a title may be just that.
_WORDS = """
none|nothing|unknown|not available|not applicable|does not apply|doesn't apply|no data|no brand|unbranded|
tbd|tba|to be announced|missing|empty|blank|leer|keine|keine angabe|keine angaben|k.a.|k. a.|ohne|
ohne marke|unbekannt|nicht zutreffend|nicht verfügbar|aucun|aucune|inconnu|non renseigné|non applicable|
sans marque|sin marca|no aplica|no disponible|desconocido|ninguno|ninguna|nessuno|nessuna|sconosciuto|
non disponibile|non applicabile|brak|无|无品牌|無|空|未知|暂无|不适用|其他/other|なし|不明|ノーブランド品
"""
NOTHING = frozenset(_NOTHING.split())
WORDS = NOTHING | {word.strip() for word in _WORDS.replace("\n", "").split("|")}


def without_empty(column: str, *, among: frozenset[str] = WORDS) -> pl.Expr:
    """The column with null for cells that are blank or say nothing: all of a cell is one of `among`.

    >>> pl.DataFrame({"brand": ["N/A", "Acme", " ", "无"]}).select(without_empty("brand"))["brand"].to_list()
    [None, 'Acme', None, None]
    """
    text = pl.col(column)
    said = text.str.strip_chars()
    # Only short cells can be such words: the lower-casing of long texts is saved.
    short = said.str.len_bytes() <= 32
    empty = (said == "") | (short & said.str.to_lowercase().is_in(sorted(among)))
    return pl.when(~empty).then(text).alias(column)
