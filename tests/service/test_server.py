"""A real server on a real socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shelfspace.errors import CatalogError, OptionError, ServiceError
from shelfspace.service.client import Client
from shelfspace.service.desk import desk_of
from shelfspace.service.keys import Keys, add_key
from shelfspace.service.limits import Limits
from shelfspace.service.server import listen, make_server
from shelfspace.service.serving import Serving

SWAPS = 50


@contextmanager
def running(root, **options) -> Iterator[str]:
    """The address of a service over `root` while it runs; afterwards it has stopped by itself."""
    server = make_server(desk_of(Serving(root), write=lambda line: None, **options))
    with listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
    assert not thread.is_alive()


def test_a_client_answers_as_the_space_does_and_raises_what_it_raises(root, small_space):
    with running(root) as url:
        client = Client(url)
        shop, identifier = small_space.catalog.table.select("shop", "id").row(0)
        first = f"{shop}/{identifier}"
        assert client.similar(first, 3).equals(small_space.similar(first, 3))
        assert client.search("teapot", 2)["id"].to_list() == small_space.search("teapot", 2)["id"].to_list()
        assert client.recommend(history=[first], k=3)["because"].null_count() == 0
        assert client.explain(first, "odd/a/b").probability == pytest.approx(
            small_space.explain(first, "odd/a/b").probability
        )
        every = small_space.match("shop", "odd", threshold=0.0)
        assert client.match("shop", "odd", threshold=0.0).equals(every)
        assert client.similar("odd/empty").is_empty()
        assert client.product("odd/..")["title"] == "Dotted kettle"
        with pytest.raises(CatalogError, match="no product") as refused:
            client.similar("odd/a/c")
        assert "Did you mean 'odd/a/b'" in refused.value.remedy
        with pytest.raises(OptionError, match="blank"):
            client.search(" ")
        with pytest.raises(ServiceError) as refused, Client(url, version="000009") as other:
            other.similar(first)
        assert refused.value.status == 412
        assert client.activate("000002") == "000001"
        assert client.versions().filter("current")["version"].to_list() == ["000002"]
        assert client.rollback() == "000001"
        client.close()
    with pytest.raises(ServiceError, match="does not answer"):
        client.similar(first)
    with pytest.raises(OptionError, match="http"):
        Client("localhost:8080")


def test_versions_swap_under_load_without_a_failed_request_or_a_mixture(root, tmp_path):
    """The versions differ by a shop; each answer must hold exactly what the version it names has."""
    keys = Keys(tmp_path / "keys.json")
    (_, reader), (_, admin) = (add_key(keys.path, scope, scope) for scope in ("read", "admin"))
    references = ["odd/a/b"] * 4
    seen: list[tuple[str, list[bool]]] = []
    failed: list[Exception] = []
    stop = threading.Event()

    def ask(url: str) -> None:
        with Client(url, key=reader) as client:
            while not stop.is_set():
                try:
                    told = client._ask("products", products=references)
                    seen.append((told["version"], ["product" in answer for answer in told["answers"]]))
                except Exception as error:
                    failed.append(error)

    with running(root, keys=keys) as url:
        threads = [threading.Thread(target=ask, args=(url,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        with Client(url, key=admin) as changing, Client(url, key=reader) as reading:
            for swap in range(SWAPS):
                wanted = "000002" if swap % 2 == 0 else "000001"
                assert changing.activate(wanted) != wanted
                assert reading._ask("products", products=["odd/a/b"])["version"] == wanted  # nothing stale
        stop.set()
        for thread in threads:
            thread.join()
        assert b"shelfspace_version_swaps 50.0" in metrics(url, admin)
    assert not failed
    assert {version for version, _ in seen} == {"000001", "000002"}
    assert all(held == [version == "000001"] * 4 for version, held in seen)


def metrics(url: str, key: str) -> bytes:
    return said(
        url, f"GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\r\n"
    )


def connect(url: str) -> socket.socket:
    host, port = url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def said(url: str, request: str) -> bytes:
    with connect(url) as connection:
        connection.sendall(request.encode())
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def test_who_dribbles_is_cut_off_and_others_are_served(root):
    with running(root, limits=Limits(receive_seconds=2, concurrent=1, queued=1)) as url:
        silent, slow, body = (connect(url) for _ in range(3))
        slow.sendall(b"POST /v1/similar HTTP/1.1\r\n")
        body.sendall(b"POST /v1/similar HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
        body.sendall(b"Content-Length: 99\r\n\r\n{")
        began = time.monotonic()
        for _ in range(4):
            time.sleep(0.1)
            slow.sendall(b"X-A: b\r\n")
        with Client(url) as client:
            assert client.similar("odd/a/b", 1).height == 1
        assert silent.recv(10) == b""
        assert slow.recv(10) == b""
        assert b" 408 " in body.recv(100)
        assert time.monotonic() - began < 15
        for connection in (silent, slow, body):
            connection.close()


def test_headers_have_a_bound_and_cannot_be_forged(root):
    with running(root) as url:
        assert b" 400 " in said(url, f"GET /healthz HTTP/1.1\r\nX: {'x' * 40_000}\r\n\r\n")[:20]
        told = said(
            url, "GET /v1/products/a%0d%0aSet-Cookie:x=1/b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        assert b" 404 " in told[:20]
        assert b"set-cookie" not in told.lower().partition(b"\r\n\r\n")[0]


def test_what_is_being_answered_is_answered_before_the_server_stops(root):
    serving = Serving(root)
    server = make_server(desk_of(serving, write=lambda line: None))
    similar, begun = serving.opened.space.similar, threading.Event()

    def slow(*given):
        begun.set()
        time.sleep(0.5)
        return similar(*given)

    serving.opened.space.similar = slow
    found = []
    with listen("127.0.0.1", 0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()

        def ask() -> None:
            with Client(url) as client:
                found.append(client.similar("odd/a/b", 1))

        asking = threading.Thread(target=ask)
        asking.start()
        assert begun.wait(20)
        server.should_exit = True
        thread.join(30)
        asking.join(30)
    assert found[0].height == 1


def test_a_port_that_is_taken_is_refused():
    with listen("127.0.0.1", 0) as taken, pytest.raises(OptionError, match="Nothing can listen"):
        listen("127.0.0.1", taken.getsockname()[1])
