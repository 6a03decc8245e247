"""A client for the service, whose answers are the tables that `Space` gives."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Sequence
from threading import local
from typing import Any, Self
from urllib.parse import urlsplit

import polars as pl

from shelfspace.errors import OptionError, ServiceError
from shelfspace.report.explanation import Contribution, Explanation
from shelfspace.service.problems import error_of

_FOUND = {
    **dict.fromkeys(("shop", "id", "title", "brand"), pl.String),
    "price": pl.Float64,
    "score": pl.Float32,
}
_MATCHES = {"left_id": pl.String, "right_id": pl.String, "probability": pl.Float64, "why": pl.String}
_PAGE = 1_000


class Client:
    """Asks the service at `url`, such as http://127.0.0.1:8080, with a `key` where it wants one.

    Every method raises what the same question to a `Space` raises, and `ServiceError` where the service does
    not take the request or is not there. With `version` it answers from that one or not at all. Threads may
    share a client: each has a connection of its own, which is kept.
    """

    def __init__(
        self, url: str, *, key: str | None = None, version: str | None = None, timeout_seconds: float = 60.0
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise OptionError(
                f"The address is {url!r}.", "It begins with http:// or https://.", "Write it out in full."
            )
        self._kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._address = (parts.hostname, parts.port)
        self._prefix = parts.path.rstrip("/")
        self._headers = {"Content-Type": "application/json"}
        if key is not None:
            self._headers["Authorization"] = f"Bearer {key}"
        if version is not None:
            self._headers["If-Match"] = f'"{version}"'
        self._timeout_seconds = timeout_seconds
        self._own = local()

    def similar(self, product: str, k: int = 10) -> pl.DataFrame:
        """The k products nearest to one; see `Space.similar`."""
        return _found(self._ask("similar", product=product, k=k))

    def search(
        self,
        text: str = "",
        k: int = 10,
        *,
        image: bytes | None = None,
        where: str | None = None,
        user: str | None = None,
    ) -> pl.DataFrame:
        """The k products that fit words or a photo best; see `Space.search`."""
        photo = None if image is None else base64.b64encode(image).decode("ascii")
        return _found(self._ask("search", text=text, k=k, image=photo, where=where, user=user))

    def recommend(
        self,
        user: str | None = None,
        *,
        history: Sequence[str] | None = None,
        k: int = 10,
        **options: Any,
    ) -> pl.DataFrame:
        """The k products that a user wants next; `options` are those of `Space.recommend`."""
        listed = None if history is None else list(history)
        return _found(self._ask("recommend", user=user, history=listed, k=k, **options), because=pl.String)

    def explain(self, left: str, right: str) -> Explanation:
        """Why two products are taken for the same or not; see `Space.explain`."""
        told = self._ask("explain", left=left, right=right)
        parts = tuple(Contribution(**part) for part in told["contributions"])
        return Explanation(told["left_title"], told["right_title"], told["base"], parts)

    def match(
        self,
        left: str | None = None,
        right: str | None = None,
        *,
        threshold: float | None = None,
        one_to_one: bool = True,
    ) -> pl.DataFrame:
        """All products that two shops both sell; see `Space.match`.

        They come in pages of one version: `ServiceError` 409 where another took over in between.
        """
        found: list[dict[str, Any]] = []
        version, total = None, 1
        options = {"left": left, "right": right, "threshold": threshold, "one_to_one": one_to_one}
        while len(found) < total:
            page = self._ask("match", offset=len(found), limit=_PAGE, **options)
            if page["version"] != (version or page["version"]):
                raise ServiceError(
                    f"Version {page['version']} took over from {version} while its matches were read.",
                    "All pages are of one version.",
                    "Ask again.",
                    409,
                )
            version, total = page["version"], page["total"]
            found += page["matches"]
        return pl.DataFrame(found, schema=_MATCHES)

    def product(self, reference: str) -> dict[str, Any]:
        """A product with all its attributes."""
        outcome: dict[str, Any] = self._ask("products", products=[reference])["answers"][0]
        if "problem" in outcome:
            raise error_of(outcome["problem"], outcome["problem"]["status"])
        product: dict[str, Any] = outcome["product"]
        return product

    def versions(self) -> pl.DataFrame:
        """The versions of the space, oldest first: version, current, created, products, shops, encoder."""
        return pl.DataFrame(self._request("GET", "/v1/spaces")["versions"])

    def activate(self, version: str) -> str:
        """The version that answered before; from now on the one named does. Takes a key of scope admin."""
        return str(self._ask("spaces/activate", version=version)["before"])

    def rollback(self) -> str:
        """The version that answers now, the one before the present one. Takes a key of scope admin."""
        return str(self._ask("spaces/rollback")["version"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection of this thread."""
        connection = getattr(self._own, "connection", None)
        if connection is not None:
            connection.close()
            self._own.connection = None

    def _ask(self, path: str, **query: Any) -> dict[str, Any]:
        given = {name: value for name, value in query.items() if value is not None}
        return self._request("POST", f"/v1/{path}", given)

    def _request(self, method: str, path: str, query: dict[str, Any] | None = None) -> dict[str, Any]:
        body = None if query is None else json.dumps(query).encode("ascii")
        try:
            status, retry_after, text = self._exchange(method, path, body)
            told: dict[str, Any] = json.loads(text)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            host, port = self._address
            raise ServiceError(
                f"{host}:{port or ''} does not answer as a service ({error or type(error).__name__}).",
                "The address is that of a running shelfspace serve.",
                "Check the address, and that the service runs.",
                503,
            ) from None
        if status != 200:
            raise error_of(told, status, retry_after)
        return told

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[int, str | None, bytes]:
        """Send and receive once, or twice where the service had closed the connection that was kept."""
        for kept in (True, False):
            connection = getattr(self._own, "connection", None)
            if connection is None:
                kept = False
                connection = self._kind(*self._address, timeout=self._timeout_seconds)
                self._own.connection = connection
            try:
                connection.request(method, self._prefix + path, body, self._headers)
                answer = connection.getresponse()
                return answer.status, answer.getheader("Retry-After"), answer.read()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()
                if not kept:
                    raise
        raise ConnectionError("the connection was closed")


def _found(told: dict[str, Any], **more: Any) -> pl.DataFrame:
    return pl.DataFrame(told["products"], schema={**_FOUND, **more})
