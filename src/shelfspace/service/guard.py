"""What every request goes through before an endpoint sees it, and every answer before it leaves.

In this order: is it called by its own name, who asks, how often, is there room, is the body within limits, is
the version the one expected, is it its turn. So whoever may not ask costs next to nothing.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from shelfspace.errors import ServiceError, ShelfspaceError
from shelfspace.service.addresses import host_of, is_loopback
from shelfspace.service.bodies import HungUpError, Message, Receive, Scope, Send, read_body, replaying
from shelfspace.service.desk import Desk
from shelfspace.service.keys import Key
from shelfspace.service.problems import MEDIA_TYPE, headers_of, problem_of, written
from shelfspace.service.serving import Opened

App = Callable[[Scope, Receive, Send], Awaitable[None]]
CALL = "shelfspace.call"

#: Who runs a machine asks these often and holds no key; nothing secret is told.
OPEN = frozenset({"/healthz", "/readyz", "/openapi.json"})
_ANYBODY = Key("anybody", "", "admin", "", "")
_SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_REASONS = {
    401: "no key",
    403: "scope",
    408: "slow body",
    412: "version",
    413: "long body",
    415: "media type",
    421: "host",
    429: "busy",
    503: "timeout",
}


@dataclass
class Call:
    """One request: its number, who asks, the version that answers it, and the users that it speaks of."""

    id: str
    opened: Opened
    key: Key = _ANYBODY
    users: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.perf_counter)


class Guard:
    """The ASGI application `app` behind the limits, keys and logs of a `desk`."""

    def __init__(self, app: App, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = scope[CALL] = Call(secrets.token_hex(8), self._desk.serving.opened)
        try:
            answer = await self._answer(call, scope, receive)
        except HungUpError:
            return
        except ShelfspaceError as error:
            answer = _refusal(error)
            self._desk.figures.refused(_REASONS.get(answer[0]["status"], "other"))
        await self._tell(call, scope, answer)
        await self._hand_out(call, answer, send)

    async def _answer(self, call: Call, scope: Scope, receive: Receive) -> list[Message]:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        self._check_host(headers.get(b"host", ""))
        if scope["path"] not in OPEN:
            call.key = self._caller(headers.get(b"authorization", ""))
            self._desk.rates.take(_bucket(call.key, scope))
        gate = self._desk.gate
        gate.enter()
        try:
            limits = self._desk.limits
            body = await read_body(receive, limits.max_bytes, limits.receive_seconds)
            _check_media_type(scope["method"], headers.get(b"content-type", ""))
            call.opened = self._desk.serving.opened
            _check_version(call.opened.version, headers.get(b"if-match"))
            await gate.start()
        except BaseException:
            gate.leave()
            raise
        return await self._work(scope, replaying(body))

    async def _work(self, scope: Scope, receive: Receive) -> list[Message]:
        """The messages of the answer. What takes too long keeps its turn until it is done: a thread cannot
        be stopped, and a turn given away early would let threads pile up."""
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        work = asyncio.ensure_future(self._app(scope, receive, keep))
        work.add_done_callback(lambda _: self._desk.gate.finish())
        work.add_done_callback(_look_at)
        seconds = self._desk.limits.timeout_seconds
        done, _ = await asyncio.wait({work}, timeout=seconds)
        if not done:
            raise ServiceError(
                f"There was no answer after {seconds:g} seconds.",
                "What is computed for the first time may take longer.",
                "Try again a little later, or ask for less.",
                503,
                5,
            )
        if error := work.exception():
            self._desk.log.tell("fault", kind=type(error).__name__, where=_where(error))
            return _fault()
        return list(answer)

    def _check_host(self, header: str) -> None:
        """Without keys the loopback address is all that keeps strangers out, so their pages must not reach it
        by a name of theirs that leads here."""
        if self._desk.local_only and not is_loopback(host_of(header)):
            raise ServiceError(
                "The service was called by a name that is not this machine's own.",
                "Without keys it answers to localhost and 127.0.0.1 alone.",
                "Call it by one of these, or start it with --keys.",
                421,
            )

    def _caller(self, header: str) -> Key:
        if self._desk.keys is None:
            return _ANYBODY
        scheme, _, token = header.partition(" ")
        key = self._desk.keys.of_token(token.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            raise ServiceError(
                "The request came without a valid key.",
                "The header is Authorization: Bearer KEY.",
                "Ask whoever runs the service for a key.",
                401,
            )
        return key

    async def _tell(self, call: Call, scope: Scope, answer: list[Message]) -> None:
        endpoint = getattr(scope.get("route"), "path", "other")
        seconds = time.perf_counter() - call.began
        self._desk.figures.answered(endpoint, answer[0]["status"], seconds)
        if scope["path"] in OPEN:
            return  # probes come every few seconds and say nothing
        self._desk.log.tell(
            "request",
            id=call.id,
            method=scope["method"] if scope["method"] in ("GET", "POST") else "other",
            endpoint=endpoint,
            status=answer[0]["status"],
            ms=round(1000 * seconds, 2),
            key=call.key.id,
            version=call.opened.version,
            users=[self._desk.pseudonym(user) for user in call.users] or None,
        )

    async def _hand_out(self, call: Call, answer: list[Message], send: Send) -> None:
        headers = [(name, value) for name, value in answer[0].get("headers", []) if name != b"cache-control"]
        headers += [*_SECURITY, (b"x-request-id", call.id.encode())]
        if not any(name == b"x-shelfspace-version" for name, _ in headers):
            headers.append((b"x-shelfspace-version", call.opened.version.encode()))
        try:
            async with asyncio.timeout(self._desk.limits.receive_seconds):
                await send({**answer[0], "headers": headers})
                for message in answer[1:]:
                    await send(message)
        except TimeoutError:
            return  # who does not take the answer does not get it


def _bucket(key: Key, scope: Scope) -> str:
    client = scope.get("client")
    return key.id if key is not _ANYBODY else f"address {client[0] if client else ''}"


def _check_media_type(method: str, content_type: str) -> None:
    """A page of another site can make a browser post texts and forms, but not JSON."""
    if method == "POST" and content_type.partition(";")[0].strip().lower() != "application/json":
        raise ServiceError(
            "The body is not said to be JSON.",
            "The header is Content-Type: application/json.",
            "Send it so.",
            415,
        )


def _check_version(version: str, expected: str | None) -> None:
    if expected is None or expected.strip() == "*":
        return
    if version not in [each.strip().strip('"') for each in expected.split(",")]:
        raise ServiceError(
            f"The version that answers is {version}.",
            f"The request expects {expected[:100]}.",
            "Ask again without If-Match, or for this version.",
            412,
        )


def _refusal(error: ShelfspaceError) -> list[Message]:
    problem = problem_of(error)
    return _problem(problem["status"], written(problem), headers_of(error))


def _fault() -> list[Message]:
    error = ServiceError(
        "The service met an error that it does not know.",
        "This is a fault of Shelfspace, not of yours.",
        "Report it with the X-Request-Id of this answer.",
        500,
    )
    return _refusal(error)


def _problem(status: int, body: bytes, more: dict[str, str]) -> list[Message]:
    headers = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), **more}
    coded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    start: dict[str, Any] = {"type": "http.response.start", "status": status, "headers": coded}
    return [start, {"type": "http.response.body", "body": body}]


def _look_at(work: asyncio.Future[None]) -> None:
    """Take note of how work ended that nobody waits for any more."""
    if not work.cancelled():
        work.exception()


def _where(error: BaseException) -> str:
    """File and line where it happened; the message may hold what a user asked for and is not told."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"
