"""The application: endpoints behind the guard, errors as problems, a look at the disk every second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException

import shelfspace
from shelfspace.errors import ShelfspaceError
from shelfspace.service import asking, operations, spaces
from shelfspace.service.answers import Problem
from shelfspace.service.desk import Desk
from shelfspace.service.guard import Guard
from shelfspace.service.problems import (
    MEDIA_TYPE,
    headers_of,
    http_refusal,
    problem_of,
    validation_refusal,
    written,
)

_LOOK_SECONDS = 1.0


def make_app(desk: Desk, *, look_seconds: float = _LOOK_SECONDS) -> FastAPI:
    """The application that serves from a desk; while it runs it looks for a new version on disk."""
    app = FastAPI(
        title="Shelfspace",
        version=shelfspace.__version__,
        description="Ask a space over HTTP; X-Shelfspace-Version names the version an answer is from.",
        docs_url=None,  # their pages load scripts from other people's machines
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_watching(desk, look_seconds),
    )
    app.state.desk = desk
    app.include_router(asking.router)
    app.include_router(spaces.router)
    app.include_router(operations.router)
    app.add_middleware(Guard, desk=desk)
    app.add_exception_handler(ShelfspaceError, _refused)
    app.add_exception_handler(HTTPException, _not_taken)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _watching(desk: Desk, seconds: float) -> Any:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watch = asyncio.create_task(_watch(desk, seconds))
        yield
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)

    return lifespan


async def _watch(desk: Desk, seconds: float) -> None:
    """Look for a new version for ever; whatever goes wrong is told and tried again."""
    while True:
        await asyncio.sleep(seconds)
        known = desk.serving.refused
        try:
            if await asyncio.to_thread(desk.serving.look):
                desk.log.tell("version", version=desk.serving.opened.version)
        except Exception as error:
            desk.log.tell("fault", kind=type(error).__name__, while_="looking for a new version")
        refused = desk.serving.refused
        if refused is not None and (known is None or known.signature != refused.signature):
            desk.log.tell("version refused", version=refused.version, reason=refused.error.given)


async def _refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, ShelfspaceError):
        raise error
    problem = problem_of(error)
    return Response(written(problem), problem["status"], headers_of(error), MEDIA_TYPE)


async def _not_taken(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    problem = problem_of(http_refusal(error.status_code, request.url.path))
    return Response(written(problem), error.status_code, error.headers, MEDIA_TYPE)


async def _not_valid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return await _refused(request, validation_refusal(list(error.errors())))


def _described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description, with the keys and the problem that every endpoint may answer."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        parts = schema.setdefault("components", {})
        parts.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{}, {"key": []}]
        app.openapi_schema = schema
    return app.openapi_schema
