"""The security list, each point with a test that tries to break it."""

from __future__ import annotations

import asyncio
import json
import threading
import time

import pytest

from shelfspace.errors import OptionError
from shelfspace.service.addresses import check_address, host_of, is_loopback
from shelfspace.service.bodies import HungUpError, read_body
from shelfspace.service.keys import Keys, add_key, revoke_key
from shelfspace.service.limits import Limits


@pytest.fixture
def keys(tmp_path) -> Keys:
    return Keys(tmp_path / "keys.json")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


QUERY = {"product": "odd/a/b", "k": 1}
OPEN = ("/healthz", "/readyz", "/openapi.json")


def test_without_a_key_nothing_is_told(serve, keys):
    _, token = add_key(keys.path, "shop", "read")
    client = serve(keys=keys)
    wrong = (
        "",
        token,
        f"Bearer {token}x",
        f"Bearer {token[:-1]}",
        f"Basic {token}",
        "Bearer ",
        "Bearer null",
    )
    for header in wrong:
        for path in ("/v1/similar", "/v1/nowhere", "//v1/similar", "/v1/spaces/activate", "/V1/similar"):
            answer = client.post(path, json=QUERY, headers={"Authorization": header})
            assert answer.status_code == 401, (header, path)
            assert answer.headers["www-authenticate"] == "Bearer"
    assert client.get("/metrics").status_code == client.get("/v1/products/odd/a/b").status_code == 401
    assert client.get("/v1/similar/../../healthz/../v1/products/odd/a/b").status_code == 401
    assert client.post(f"/v1/similar?key={token}", json=QUERY).status_code == 401
    assert client.post("/v1/similar", json=QUERY, headers=bearer(token)).status_code == 200
    assert [client.get(path).status_code for path in OPEN] == [200] * 3
    assert (
        client.post("/v1/similar", json=QUERY, headers={"Authorization": "Bearer é".encode()}).status_code
        == 401
    )


def test_a_key_does_what_its_scope_says_and_a_revoked_one_nothing(serve, keys, root):
    reader, token = add_key(keys.path, "shop", "read")
    _, writer = add_key(keys.path, "feed", "write")
    _, admin = add_key(keys.path, "ops", "admin")
    client = serve(keys=keys)
    for path in ("/v1/spaces/activate", "/v1/spaces/rollback"):
        body = {"version": "000002"} if path.endswith("activate") else {}
        for held in (token, writer):
            assert client.post(path, json=body, headers=bearer(held)).status_code == 403
    assert (root / "CURRENT").read_text().strip() == "000001"
    answer = client.post("/v1/spaces/activate", json={"version": "000002"}, headers=bearer(admin))
    assert answer.json() == {"version": "000002", "before": "000001"}
    revoke_key(keys.path, reader.id)
    assert client.post("/v1/similar", json=QUERY, headers=bearer(token)).status_code == 401
    keys.path.write_text("damaged")
    assert client.post("/v1/similar", json=QUERY, headers=bearer(admin)).status_code == 401
    audit = [json.loads(line) for line in (root / "AUDIT.jsonl").read_text().splitlines()]
    assert [line["outcome"][:7] for line in audit] == ["refused"] * 4 + ["asked", "done"]
    assert not any(held in (root / "AUDIT.jsonl").read_text() for held in (token, writer, admin))


def test_only_this_machine_is_listened_to_without_keys(keys):
    for host in ("127.0.0.1", "localhost", "::1", "127.8.8.8"):
        check_address(host, None, no_auth=False)
    for host in ("0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.org", "example.org", ""):
        with pytest.raises(OptionError, match="lets other machines in"):
            check_address(host, None, no_auth=False)
        with pytest.raises(OptionError, match="holds no key"):
            check_address(host, keys, no_auth=False)
        check_address(host, None, no_auth=True)
    add_key(keys.path, "shop", "read")
    check_address("0.0.0.0", keys, no_auth=False)
    with pytest.raises(OptionError, match="Both"):
        check_address("0.0.0.0", keys, no_auth=True)
    assert is_loopback("[::1]")
    assert [host_of(text) for text in ("[::1]:80", "localhost:80", "a.b")] == ["::1", "localhost", "a.b"]


def test_a_page_of_another_site_reaches_nothing_on_this_machine(serve):
    client = serve(local_only=True)
    for host in ("evil.example", "127.0.0.1.evil.example:8080", "", "localhost.evil.example"):
        assert client.post("/v1/similar", json=QUERY, headers={"Host": host}).status_code == 421
    own = {"Host": "127.0.0.1:8080"}
    assert client.post("/v1/similar", json=QUERY, headers=own).status_code == 200
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json", ""):
        answer = client.post("/v1/spaces/rollback", content=b"{}", headers={**own, "Content-Type": kind})
        assert answer.status_code == 415
    answer = client.options("/v1/spaces/rollback", headers={**own, "Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers


def test_a_body_is_counted_as_it_comes_whatever_its_headers_say(serve):
    client = serve(limits=Limits(max_bytes=1_000))
    sent = []

    def endless():
        for _ in range(10_000):
            sent.append(1)
            yield b" " * 500

    answer = client.post("/v1/similar", content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    parts = [{"type": "http.request", "body": b"x" * 600, "more_body": True}] * 5

    async def receive():
        return parts.pop()

    with pytest.raises(Exception, match="longer than"):
        asyncio.run(read_body(receive, 1_000, 5))
    assert len(parts) == 3  # and no more is taken


def test_a_body_that_dribbles_is_given_up_and_one_that_hangs_up_is_forgotten():
    async def dribble():
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def hang_up():
        return {"type": "http.disconnect"}

    with pytest.raises(Exception, match="not whole") as refused:
        asyncio.run(read_body(dribble, 1_000, 0.1))
    assert refused.value.status == 408
    with pytest.raises(HungUpError):
        asyncio.run(read_body(hang_up, 1_000, 1))


def test_a_caller_who_asks_too_often_waits_and_others_do_not(serve, keys):
    tokens = [add_key(keys.path, name, "read")[1] for name in ("fast", "slow")]
    client = serve(keys=keys, limits=Limits(rate=0.01))
    first = [client.post("/v1/similar", json=QUERY, headers=bearer(tokens[0])) for _ in range(3)]
    assert [answer.status_code for answer in first] == [200, 429, 429]
    assert 1 <= int(first[1].headers["retry-after"]) <= 100
    assert client.post("/v1/similar", json=QUERY, headers=bearer(tokens[1])).status_code == 200
    spoofed = {**bearer(tokens[0]), "X-Forwarded-For": "10.1.1.1"}
    assert client.post("/v1/similar", json=QUERY, headers=spoofed).status_code == 429


def together(client, n: int, release: threading.Event, refused: int) -> list[int]:
    """The answers to n requests at once, where the work is released when so many were sent away."""
    statuses = []
    threads = [
        threading.Thread(target=lambda: statuses.append(client.post("/v1/similar", json=QUERY).status_code))
        for _ in range(n)
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 30
    while len(statuses) < refused and time.monotonic() < end:
        time.sleep(0.01)
    release.set()
    for thread in threads:
        thread.join()
    return sorted(statuses)


def test_what_is_too_much_at_once_is_sent_away_and_then_all_is_well(serve, monkeypatch):
    client = serve(limits=Limits(concurrent=1, queued=2, queue_seconds=20))
    space = client.app.state.desk.serving.opened.space
    similar, release = space.similar, threading.Event()
    monkeypatch.setattr(space, "similar", lambda *given: release.wait(30) and similar(*given), raising=False)
    assert together(client, 6, release, 3) == [200] * 3 + [429] * 3
    assert (
        client.app.state.desk.gate.inside,
        client.app.state.desk.gate.working,
        client.app.state.desk.gate.waiting,
    ) == (0, 0, 0)
    assert 'shelfspace_refused_total{reason="busy"} 3.0' in client.get("/metrics").text


def test_an_answer_that_takes_too_long_is_given_up_and_keeps_its_turn(serve, monkeypatch):
    client = serve(limits=Limits(concurrent=1, queued=1, queue_seconds=0.05, timeout_seconds=0.1))
    space = client.app.state.desk.serving.opened.space
    done = threading.Event()
    monkeypatch.setattr(space, "similar", lambda *given: done.wait(20), raising=False)
    answer = client.post("/v1/similar", json=QUERY)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert client.post("/v1/search", json={"text": "cup"}).status_code == 429
    done.set()


def test_a_fault_is_a_problem_that_tells_nothing_of_the_inside(serve, lines, monkeypatch):
    client = serve()

    def broken(*given):
        raise RuntimeError("secret query")

    monkeypatch.setattr(client.app.state.desk.serving.opened.space, "similar", broken, raising=False)
    answer = client.post("/v1/similar", json=QUERY)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text + "".join(lines)
    assert any(json.loads(line)["event"] == "fault" for line in lines)
    assert client.app.state.desk.gate.inside == 0


def test_every_answer_bears_the_headers_of_safety(client):
    calls = [("GET", "/healthz"), ("GET", "/nowhere"), ("POST", "/v1/similar"), ("TRACE", "/v1/similar")]
    for method, path in calls:
        headers = client.request(method, path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["cache-control"] == "no-store"
        assert headers["x-shelfspace-version"] == "000001"
        assert "server" not in headers


def test_logs_hold_neither_queries_nor_users_nor_lines_of_a_strangers(client, lines, small_space):
    user = str(small_space.events.table["user_id"][0])
    client.post("/v1/search", json={"text": "my secret illness", "user": user})
    client.post("/v1/recommend", json={"user": user})
    client.get('/nowhere%0a{"event":"forged"}', headers={"User-Agent": "x\ty"})
    told = [json.loads(line) for line in lines]
    assert len(told) == 3
    assert not any(word in line for line in lines for word in ("illness", "forged", "testclient"))
    assert told[0]["users"] == told[1]["users"]
    assert told[0]["users"] != [user]
    assert len(told[0]["users"][0]) == 16
    assert told[2]["endpoint"] == "other"
    assert {"id", "status", "ms", "version", "key"} <= told[0].keys()
    salt = client.app.state.desk.serving.root / "SALT"
    assert salt.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value"), [("max_bytes", 0), ("rate", -1), ("timeout_seconds", float("nan"))]
)
def test_a_limit_below_zero_is_refused(name, value):
    with pytest.raises(OptionError, match=name):
        Limits(**{name: value})
