"""How often a caller may ask: a bucket of tokens each, which fills at a steady rate."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from shelfspace.errors import ServiceError

_CALLERS = 10_000  # whose buckets are kept; the one who asked longest ago is forgotten first


class Rates:
    """Buckets of two seconds' worth of tokens, `rate` more a second; a rate of 0 refuses nobody."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._room = max(1.0, 2 * rate)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> None:
        """Take a token of the caller's; `ServiceError` 429 with the seconds to wait where there is none."""
        if not self._rate:
            return
        now = self._clock()
        held, since = self._buckets.pop(caller, (self._room, now))
        held = min(self._room, held + (now - since) * self._rate)
        short = held < 1
        self._buckets[caller] = (held if short else held - 1, now)
        if len(self._buckets) > _CALLERS:
            self._buckets.popitem(last=False)
        if short:
            raise ServiceError(
                f"You ask more than {self._rate:g} times a second.",
                "Every caller has a rate.",
                "Wait as long as Retry-After says, or ask for many things in one batch.",
                429,
                math.ceil((1 - held) / self._rate),
            )
