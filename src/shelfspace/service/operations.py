"""The endpoints for whoever runs the service: is it alive, is it ready, how is it doing."""

from __future__ import annotations

import time
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from shelfspace.errors import ServiceError, SpaceError
from shelfspace.service.answers import ALWAYS, Problem, refusals, written
from shelfspace.service.asking import ThisCall, ThisDesk
from shelfspace.service.canary import check_embedding
from shelfspace.service.problems import problem_of

router = APIRouter(tags=["operate"])
_HEALTHY_SECONDS = 1.0  # for which a good embedding is believed: anybody may ask


class Health(BaseModel):
    """The encoder of the version that answers embeds texts."""

    status: Literal["ok"]
    version: str


class Readiness(BaseModel):
    """Which version answers, and what is wrong with the current one on disk where it is another."""

    status: Literal["ready"]
    version: str
    refused: str | None
    problem: Problem | None


@router.get("/healthz", response_model=Health, responses=refusals(405, 408, 413, 421, 429, 500, 503))
def healthz(call: ThisCall, desk: ThisDesk) -> Response:
    """Whether a text is embedded right now, or was within the last second."""
    space = call.opened.space
    told: dict[str, float] = space.part("service health", dict)
    now = time.monotonic()
    if now - told.get("at", -_HEALTHY_SECONDS) >= _HEALTHY_SECONDS:
        try:
            check_embedding(space)
        except SpaceError as error:
            raise ServiceError(error.given, error.needed, error.remedy, 503) from None
        told["at"] = now
    return written({"status": "ok", "version": call.opened.version})


@router.get("/readyz", response_model=Readiness, responses=refusals(405, 408, 413, 421, 429, 500, 503))
def readyz(call: ThisCall, desk: ThisDesk) -> Response:
    """Whether questions are answered. A bad new version changes nothing but what is told here of it."""
    refused = desk.serving.refused
    answer: dict[str, Any] = {"status": "ready", "version": call.opened.version}
    answer["refused"] = refused.version if refused else None
    answer["problem"] = problem_of(refused.error) if refused else None
    return written(answer)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **refusals(*ALWAYS)},
)
def metrics(call: ThisCall, desk: ThisDesk) -> Response:
    """The figures of the service in the text format of Prometheus; with keys, it takes one."""
    return Response(desk.figures.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
