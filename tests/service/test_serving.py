from __future__ import annotations

import time

import numpy as np
import pytest

from shelfspace.errors import ServiceError, SpaceError
from shelfspace.service.canary import check_answers
from shelfspace.service.serving import Serving
from shelfspace.space import Space


def point(root, version: str) -> None:
    (root / "CURRENT").write_text(f"{version}\n")


def until(true, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_new_version_takes_over_and_who_had_the_old_one_keeps_it(root):
    serving = Serving(root)
    held = serving.opened
    assert not serving.look()
    point(root, "000002")
    assert serving.look()
    assert (serving.opened.version, held.version, serving.swaps) == ("000002", "000001", 1)
    assert len(held.space) == len(serving.opened.space) + 4
    assert held.space.similar("odd/a/b", 1).height == 1


def test_a_bad_version_leaves_the_old_one_answering(root):
    serving = Serving(root)
    pairs = root / "versions" / "000002" / "pairs.parquet"
    whole = pairs.read_bytes()
    pairs.write_bytes(b"cut")
    point(root, "000002")
    assert not serving.look()
    assert serving.opened.version == "000001"
    assert serving.refused.version == "000002"
    assert str(root) not in str(serving.refused.error)
    with pytest.raises(SpaceError, match="damaged"):
        serving.activate("000002")
    point(root, "nonsense")
    assert not serving.look()
    point(root, "000001")
    assert not serving.look()
    assert serving.refused is None
    pairs.write_bytes(whole)
    assert serving.activate("000002").version == "000002"


def test_going_back_opens_nothing_anew_and_stops_at_the_first(root):
    asked = []
    serving = Serving(root, check=lambda space: asked.append(len(space)))
    serving.activate("000002")
    first = serving._before
    assert serving.rollback() is first
    assert len(asked) == 2
    assert (root / "CURRENT").read_text().strip() == "000001"
    with pytest.raises(ServiceError, match="there was none"):
        serving.rollback()
    with pytest.raises(SpaceError, match="no version"):
        serving.activate("000009")


def test_nothing_is_served_of_what_is_no_space(tmp_path):
    with pytest.raises(SpaceError, match="no folder"):
        Serving(tmp_path / "nowhere")


def test_the_canary_finds_vectors_that_belong_to_other_products(small_space):
    check_answers(small_space)

    wrong = Space(small_space.catalog, small_space.encoder, small_space.vectors)
    index = type(small_space.index).build(np.roll(small_space.vectors, 1, axis=0))
    wrong.part("index", lambda: index)
    with pytest.raises(SpaceError, match="not the nearest to itself"):
        check_answers(wrong)
    none = small_space.catalog.take(np.zeros(0, np.int64))
    check_answers(Space(none, small_space.encoder, small_space.vectors[:0]))


def test_the_disk_is_looked_at_and_what_is_wrong_is_told(client, root):
    assert client.get("/readyz").json() == {
        "status": "ready",
        "version": "000001",
        "refused": None,
        "problem": None,
    }
    damaged = root / "versions" / "000002" / "pairs.parquet"
    whole = damaged.read_bytes()
    damaged.write_bytes(b"cut")
    point(root, "000002")
    until(lambda: client.get("/readyz").json()["refused"] == "000002")
    assert client.get("/readyz").json()["problem"]["status"] == 409
    assert "shelfspace_version_refused 1.0" in client.get("/metrics").text
    answer = client.post("/v1/spaces/activate", json={"version": "000002"})
    assert answer.status_code == 409
    assert client.post("/v1/similar", json={"product": "odd/a/b"}).status_code == 200
    damaged.write_bytes(whole)
    point(root, "000001")
    until(lambda: client.get("/readyz").json()["refused"] is None)
    point(root, "000002")
    until(lambda: client.get("/readyz").json()["version"] == "000002")
    assert client.post("/v1/similar", json={"product": "odd/a/b"}).status_code == 404
    assert 'version="000002"' in client.get("/metrics").text


def test_a_request_may_expect_a_version(client):
    query = {"product": "odd/a/b", "k": 1}
    for expected, status in {
        '"000001"': 200,
        "*": 200,
        '"000009", "000001"': 200,
        '"000002"': 412,
        "": 412,
    }.items():
        answer = client.post("/v1/similar", json=query, headers={"If-Match": expected})
        assert answer.status_code == status, expected


def test_versions_are_told_activated_and_rolled_back(client, root):
    told = client.get("/v1/spaces").json()
    assert [(line["version"], line["current"]) for line in told["versions"]] == [
        ("000001", True),
        ("000002", False),
    ]
    assert client.post("/v1/spaces/rollback", json={}).status_code == 409
    for wrong in ("000009", "../000001", "", 2, "current"):
        answer = client.post("/v1/spaces/activate", json={"version": wrong})
        assert answer.status_code in (409, 422)
    answer = client.post("/v1/spaces/activate", json={"version": "000002"})
    assert answer.headers["x-shelfspace-version"] == answer.json()["version"] == "000002"
    answer = client.post("/v1/spaces/rollback", json={})
    assert answer.json() == {"version": "000001", "before": "000002"}
    assert client.app.state.desk.serving.opened.version == "000001"


def test_the_encoder_is_asked_whether_it_is_well(client):
    assert client.get("/healthz").json() == {"status": "ok", "version": "000001"}
