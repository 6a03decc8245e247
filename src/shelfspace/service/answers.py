"""What is answered, as OpenAPI describes it, and how it is written."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import polars as pl
from fastapi import Response
from pydantic import BaseModel, Field

from shelfspace.errors import OptionError, ServiceError, ShelfspaceError
from shelfspace.service.guard import Call
from shelfspace.service.problems import MEDIA_TYPE, problem_of

Query = TypeVar("Query")
Item = TypeVar("Item")


class Problem(BaseModel):
    """Why something was not done (RFC 9457)."""

    type: str = Field(examples=["urn:shelfspace:problem:catalog"])
    title: str = Field(examples=["Not one product or shop of this space"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no product 'left/1' in this space."])
    needed: str = Field(examples=["A reference is shop/id, or an id that one shop only uses."])
    remedy: str = Field(examples=["Did you mean 'left/10'?"])


class Found(BaseModel):
    """A product with a score; more is better."""

    shop: str
    id: str
    title: str | None
    brand: str | None
    price: float | None
    score: float | None


class Recommended(Found):
    """A product, and the title of the one of the history that it rests on."""

    because: str | None


class Listed(BaseModel, Generic[Item]):
    """Products, best first, from one version of the space."""

    version: str
    products: list[Item]


class Outcome(BaseModel, Generic[Item]):
    """What came of one question of a batch: products, or else a problem."""

    products: list[Item] | None = None
    problem: Problem | None = None


class Listings(BaseModel, Generic[Item]):
    """An outcome for each question, in their order, all from one version of the space."""

    version: str
    answers: list[Outcome[Item]]


class Contribution(BaseModel):
    """What one piece of evidence adds to the log-odds."""

    name: str
    value: str
    amount: float | None


class Explained(BaseModel):
    """Log-odds as a sum of contributions to a base, the largest first."""

    left_title: str
    right_title: str
    probability: float | None
    log_odds: float | None
    base: float | None
    contributions: list[Contribution]


class ExplainedAnswer(Explained):
    """The same, and the version that it is from."""

    version: str


class ExplainedOutcome(BaseModel):
    """What came of one question of a batch: an explanation, or else a problem."""

    explanation: Explained | None = None
    problem: Problem | None = None


class ExplainedAnswers(BaseModel):
    """An outcome for each question, in their order, all from one version of the space."""

    version: str
    answers: list[ExplainedOutcome]


class Match(BaseModel):
    """A pair of products that are one."""

    left_id: str
    right_id: str
    probability: float
    why: str


class Matches(BaseModel):
    """A page of matches, and how many there are in all."""

    version: str
    total: int
    matches: list[Match]


class ProductAnswer(BaseModel):
    """A product with all its attributes, those of the feed's own columns too."""

    version: str
    product: dict[str, Any]


class ProductOutcome(BaseModel):
    """A product, or else a problem."""

    product: dict[str, Any] | None = None
    problem: Problem | None = None


class ProductAnswers(BaseModel):
    """An outcome for each reference, in their order."""

    version: str
    answers: list[ProductOutcome]


class VersionLine(BaseModel):
    """A version on disk; `created` and the rest are null for one that is damaged."""

    version: str
    current: bool
    created: str | None
    products: int | None
    shops: list[str] | None
    encoder: str | None


class Versions(BaseModel):
    """The versions of the space, oldest first, and the one that answers."""

    version: str
    versions: list[VersionLine]


class Activated(BaseModel):
    """The version that answers now, and the one that did before."""

    version: str
    before: str


def rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as objects."""
    return table.to_dicts()


def told(call: Call, **parts: Any) -> Response:
    """An answer from the version of the call."""
    return written({"version": call.opened.version, **parts})


def written(answer: dict[str, Any]) -> Response:
    """The answer as JSON; numbers that JSON lacks become null."""
    try:
        text = json.dumps(answer, ensure_ascii=False, allow_nan=False, default=str)
    except ValueError:
        text = json.dumps(_finite(answer), ensure_ascii=False, allow_nan=False, default=str)
    return Response(text.encode("utf-8", "replace"), media_type="application/json")


def each(
    call: Call, queries: Sequence[Query], most: int, name: str, answer: Callable[[Query], Any]
) -> Response:
    """An outcome for each query, its problem where it has one; all of them from one version.

    Raises `ServiceError` 422 for more than `most`.
    """
    if len(queries) > most:
        raise ServiceError(
            f"The batch holds {len(queries):,} questions.",
            f"{most:,} are taken at most.",
            "Send several batches.",
            422,
        )
    outcomes = []
    for query in queries:
        try:
            outcomes.append({name: answer(query)})
        except ShelfspaceError as error:
            outcomes.append({"problem": problem_of(error)})
    return told(call, answers=outcomes)


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How OpenAPI is told that an endpoint answers these with a problem."""
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {MEDIA_TYPE: {"schema": schema}}
    return {status: {"description": _MEANINGS[status], "content": content} for status in statuses}


_MEANINGS = {
    400: "The request is no JSON.",
    401: "There is no valid key.",
    403: "The key does not reach so far.",
    404: "What was named is not in the space, or is not one thing.",
    405: "The path does not take this method.",
    408: "The body did not come in time.",
    409: "The version cannot be served.",
    412: "Another version answers than If-Match expects.",
    413: "The body is too long.",
    415: "The body is not said to be JSON.",
    421: "The service was called by another name.",
    422: "The request is not of the form that is needed, or a value is not taken.",
    429: "Too many requests; Retry-After says when to come back.",
    500: "A fault of the service.",
    503: "There was no answer in time; Retry-After says when to try again.",
}
ALWAYS = (400, 401, 403, 405, 408, 412, 413, 415, 421, 422, 429, 500, 503)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_finite(part) for part in value]
    return value


def photo_refusal() -> OptionError:
    """What to say of a photo that is not base64."""
    return OptionError(
        "The photo is not written in base64.", "An image is the bytes of its file in base64.", "Encode it so."
    )
