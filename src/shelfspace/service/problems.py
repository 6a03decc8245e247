"""Errors as RFC 9457 problem details, and problem details as errors again."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from shelfspace import errors
from shelfspace.errors import ServiceError, ShelfspaceError

MEDIA_TYPE = "application/problem+json"
_PREFIX = "urn:shelfspace:problem:"

#: The name, the title and the status of each kind of error; of what is of several kinds the first counts.
_KINDS: dict[type[ShelfspaceError], tuple[str, str, int]] = {
    errors.CatalogError: ("catalog", "Not one product or shop of this space", 404),
    errors.OptionError: ("option", "A value that is not taken", 422),
    errors.PhotoError: ("photo", "A photo that cannot be read", 422),
    errors.PairsError: ("pairs", "Pairs that do not fit", 422),
    errors.FeedError: ("feed", "A table that cannot be read", 422),
    errors.SpaceError: ("space", "A version that cannot be served", 409),
    errors.MissingExtraError: ("extra", "Something is not installed here", 422),
}


def problem_of(error: ShelfspaceError) -> dict[str, Any]:
    """The problem details of an error: type, title, status, detail, needed and remedy."""
    if isinstance(error, ServiceError):
        phrase = HTTPStatus(error.status).phrase
        kind, title, status = phrase.lower().replace(" ", "-"), phrase, error.status
    else:
        found = next((each for each in _KINDS if isinstance(error, each)), errors.OptionError)
        kind, title, status = _KINDS[found]
    return {
        "type": _PREFIX + kind,
        "title": title,
        "status": status,
        "detail": error.given,
        "needed": error.needed,
        "remedy": error.remedy,
    }


def headers_of(error: ShelfspaceError) -> dict[str, str]:
    """The headers that belong to the answer: when to try again, and how to say who one is."""
    headers = {}
    if isinstance(error, ServiceError):
        if error.retry_after_seconds is not None:
            headers["retry-after"] = str(max(1, math.ceil(error.retry_after_seconds)))
        if error.status == HTTPStatus.UNAUTHORIZED:
            headers["www-authenticate"] = "Bearer"
    return headers


def written(problem: Mapping[str, Any]) -> bytes:
    """The problem as JSON in ASCII, so that whatever a stranger sent can be told back."""
    return json.dumps(problem).encode("ascii")


def error_of(problem: Mapping[str, Any], status: int, retry_after: str | None = None) -> ShelfspaceError:
    """The error that a problem was made from; a `ServiceError` for what is of no kind that is known here."""
    told = [str(problem.get(name, "")) for name in ("detail", "needed", "remedy")]
    kind = str(problem.get("type", "")).removeprefix(_PREFIX)
    for each, (name, _, _) in _KINDS.items():
        if name == kind:
            return each(*told)
    seconds = int(retry_after) if retry_after is not None and retry_after.isdecimal() else None
    return ServiceError(told[0] or f"The service answered {status}.", told[1], told[2], status, seconds)


def http_refusal(status: int, path: str) -> ServiceError:
    """What to say of a request that no endpoint takes."""
    if status == HTTPStatus.NOT_FOUND:
        return ServiceError(
            f"There is nothing at {path[:200]!r}.",
            "The paths are those of /openapi.json.",
            "Check the path; it has no slash at its end.",
            status,
        )
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return ServiceError(
            f"{path[:200]!r} does not take this method.",
            "What it takes is told by the header Allow.",
            "Use that one.",
            status,
        )
    return ServiceError(
        "The request cannot be read.",
        "A body is one JSON object in UTF-8.",
        "Check how it was written.",
        status,
    )


def validation_refusal(found: list[Mapping[str, Any]]) -> ServiceError:
    """What is wrong with a body that does not have the form that is asked for; its values are not told."""
    places = [f"{'.'.join(str(part)[:50] for part in each['loc'])}: {each['msg']}" for each in found[:5]]
    broken = any(each["type"] == "json_invalid" for each in found)
    return ServiceError(
        f"The request does not have the form that is needed ({'; '.join(places)}).",
        "The form of every request is told by /openapi.json.",
        "Write it as the example there.",
        400 if broken else 422,
    )
