"""Where a service may listen, and under which name it may be called there."""

from __future__ import annotations

from ipaddress import ip_address

from shelfspace.errors import OptionError
from shelfspace.service.keys import Keys


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False  # a name may lead anywhere


def check_address(host: str, keys: Keys | None, *, no_auth: bool) -> None:
    """Refuse with `OptionError` to let other machines in without a key, unless that is what was asked for."""
    if keys is not None and no_auth:
        raise OptionError(
            "Both --keys and --no-auth were given.",
            "Callers show a key or they do not.",
            "Leave one of them out.",
        )
    if is_loopback(host) or no_auth or (keys is not None and len(keys)):
        return
    given = f"The address {host!r} lets other machines in"
    raise OptionError(
        f"{given}, and {keys.path} holds no key."
        if keys is not None
        else f"{given}, and no keys were given.",
        "A service that others reach asks for keys.",
        "Make one with shelfspace keys add FILE NAME and give --keys FILE, or say --no-auth.",
    )


def host_of(header: str) -> str:
    """The name in a Host header without its port."""
    if header.startswith("["):
        return header.partition("]")[0].strip("[]")
    return header.rpartition(":")[0] if ":" in header else header
