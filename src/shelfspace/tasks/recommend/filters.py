"""What may be recommended: not what is sold out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.catalog import Catalog

Bools = npt.NDArray[np.bool_]

#: What shops write for what cannot be bought, letters only: schema.org's, Google's, words of six languages.
_GONE = (
    *("outofstock", "soldout", "discontinued", "unavailable", "notavailable", "notinstock", "nostock"),
    *("no", "false", "none", "out"),
    *(
        "ausverkauft",
        "nichtverfugbar",
        "nichtverfügbar",
        "nichtauflager",
        "nichtlieferbar",
        "vergriffen",
        "nein",
    ),
    *(
        "epuise",
        "épuisé",
        "rupture",
        "enrupture",
        "rupturedestock",
        "enrupturedestock",
        "indisponible",
        "non",
    ),
    *("agotado", "sinexistencias", "sinstock", "fueradestock", "nodisponible", "esaurito", "nondisponibile"),
    *("缺货", "无货", "售罄", "已售完", "下架", "在庫なし", "在庫切れ", "売り切れ", "品切れ", "販売終了"),
)


def in_stock(catalog: Catalog) -> Bools:
    """Whether each product of the catalogue can be bought, `[n]`, by its `availability`.

    Only what says otherwise is taken to be sold out: products without the attribute, on preorder or on
    backorder, and words that are not known, count as there.
    """
    said = pl.col("availability").str.to_lowercase().str.replace(r"^https?://schema\.org/", "")
    letters = said.str.replace_all(r"[^\p{L}\p{N}]", "")
    gone = letters.is_in(_GONE) | letters.str.contains(r"^0+(instock|pcs)?$")
    found = catalog.table.select(gone.fill_null(False)).to_series()
    return np.asarray(~found.to_numpy(), np.bool_)
