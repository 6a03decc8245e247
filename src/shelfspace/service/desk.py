"""The desk: all that the parts of one running service share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shelfspace.service.figures import Figures
from shelfspace.service.gate import Gate
from shelfspace.service.keys import Keys
from shelfspace.service.limits import Limits
from shelfspace.service.logs import AccessLog, AuditLog, Write, to_stderr
from shelfspace.service.pseudonyms import pseudonyms
from shelfspace.service.rates import Rates
from shelfspace.service.serving import Serving


@dataclass(frozen=True)
class Desk:
    """What a service works with; `local_only` where nothing but the loopback address keeps strangers out."""

    serving: Serving
    limits: Limits
    keys: Keys | None
    local_only: bool
    gate: Gate
    rates: Rates
    figures: Figures
    log: AccessLog
    audit: AuditLog
    pseudonym: Callable[[str], str]


def desk_of(
    serving: Serving,
    *,
    limits: Limits | None = None,
    keys: Keys | None = None,
    local_only: bool = False,
    audit: AuditLog | None = None,
    write: Write = to_stderr,
) -> Desk:
    """A desk for a service; without `audit` changes are written to AUDIT.jsonl in the folder of the space."""
    limits = limits or Limits()
    gate = Gate(limits.concurrent, limits.queued, limits.queue_seconds)
    return Desk(
        serving,
        limits,
        keys,
        local_only,
        gate,
        Rates(limits.rate),
        Figures(serving, gate),
        AccessLog(write),
        audit or AuditLog(serving.root / "AUDIT.jsonl"),
        pseudonyms(serving.root),
    )
