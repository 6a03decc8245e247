"""The endpoints that tell and change which version answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response

from shelfspace.errors import ServiceError, ShelfspaceError, SpaceError
from shelfspace.service import answers
from shelfspace.service.answers import ALWAYS, refusals, told, written
from shelfspace.service.asking import ThisCall, ThisDesk
from shelfspace.service.desk import Desk
from shelfspace.service.guard import Call
from shelfspace.service.models import Activation, Nothing
from shelfspace.service.serving import Opened
from shelfspace.space import versions as store
from shelfspace.space.manifest import MANIFEST_NAME, read_manifest

router = APIRouter(prefix="/v1/spaces", tags=["versions"], responses=refusals(409, *ALWAYS))


@router.get("", response_model=answers.Versions)
def versions(call: ThisCall, desk: ThisDesk) -> Response:
    """The versions of the space, oldest first, and the one that answers."""
    lines = [_line(desk, version, call.opened.version) for version in store.versions(desk.serving.root)]
    return told(call, versions=lines)


@router.post("/activate", response_model=answers.Activated)
def activate(query: Activation, call: ThisCall, desk: ThisDesk, request: Request) -> Response:
    """Let a version answer. It is opened and checked first; where that fails, nothing changes."""
    return _changed(
        desk, call, request, "activate", query.version, lambda: desk.serving.activate(query.version)
    )


@router.post("/rollback", response_model=answers.Activated)
def rollback(
    call: ThisCall, desk: ThisDesk, request: Request, query: Annotated[Nothing | None, Body()] = None
) -> Response:
    """Let the version answer that was current before the present one was written."""
    return _changed(desk, call, request, "rollback", None, desk.serving.rollback)


def _changed(
    desk: Desk, call: Call, request: Request, action: str, wanted: str | None, change: Callable[[], Opened]
) -> Response:
    """Make a change that only an administrator may make, and write down what came of it."""
    facts: dict[str, Any] = {"request": call.id, "key": call.key.id, "wanted": wanted}
    facts["address"] = request.client.host if request.client else None
    if not call.key.may("admin"):
        desk.audit.tell(action, **facts, outcome="refused: the key may not")
        raise ServiceError(
            f"The key {call.key.id} has the scope {call.key.scope}.",
            "Versions are changed by keys with the scope admin.",
            "Use another key.",
            403,
        )
    before = desk.serving.opened.version
    desk.audit.tell(action, **facts, before=before, outcome="asked")
    try:
        opened = change()
    except ShelfspaceError as error:
        desk.audit.tell(action, **facts, before=before, outcome=f"refused: {error.given}")
        raise
    desk.audit.tell(action, **facts, before=before, after=opened.version, outcome="done")
    answer = written({"version": opened.version, "before": before})
    answer.headers["x-shelfspace-version"] = opened.version
    return answer


def _line(desk: Desk, version: str, answering: str) -> dict[str, Any]:
    line: dict[str, Any] = {"version": version, "current": version == answering}
    try:
        manifest = read_manifest(store.version_folder(desk.serving.root, version) / MANIFEST_NAME)
    except SpaceError:
        return {**line, **dict.fromkeys(("created", "products", "shops", "encoder"))}
    return {
        **line,
        "created": manifest.created,
        "products": manifest.n_products,
        "shops": manifest.shops,
        "encoder": manifest.encoder_kind,
    }
