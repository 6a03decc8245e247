"""Times as logs write them."""

from __future__ import annotations

import polars as pl

_FORMATS = (
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%d.%m.%Y %H:%M:%S",
)
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%m %d, %Y", "%Y%m%d")
#: Beyond these a number is no time between 1973 and 2128 in seconds, milli-, micro- or nanoseconds.
_SECONDS = (1e8, 5e9)


def times(texts: pl.Series) -> pl.Series:
    """Times as UTC in microseconds, null where they cannot be read.

    They are ISO 8601 and its usual kin, or Unix times in seconds, milli-, micro- or nanoseconds; a time
    without an offset is taken for UTC.

    >>> times(pl.Series(["2026-01-02T03:04:05+01:00", "1.2.2026", "soon"])).dt.to_string("%F %T").to_list()
    ['2026-01-02 02:04:05', '2026-02-01 00:00:00', None]
    """
    numbers = texts.cast(pl.Float64, strict=False)
    low, high = _SECONDS
    seconds = pl.Series([None] * len(texts), dtype=pl.Float64)
    for scale in (1, 1e3, 1e6, 1e9):
        scaled = numbers / scale
        fits = (scaled >= low) & (scaled <= high)
        seconds = pl.select(pl.coalesce(seconds, pl.when(fits).then(scaled))).to_series()
    unix = (seconds * 1e6).round(0).cast(pl.Int64).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    frame = pl.DataFrame({"text": texts.str.strip_suffix("Z")})
    text = pl.col("text")
    zoned = [
        text.str.to_datetime(f"{form}%#z", strict=False, time_unit="us", time_zone="UTC")
        for form in _FORMATS[:2]
    ]
    local = [text.str.to_datetime(form, strict=False, time_unit="us") for form in _FORMATS]
    dates = [text.str.to_date(form, strict=False).cast(pl.Datetime("us")) for form in _DATES]
    plain = [expression.dt.replace_time_zone("UTC") for expression in local + dates]
    return frame.select(pl.coalesce(pl.lit(unix), *zoned, *plain)).to_series()
