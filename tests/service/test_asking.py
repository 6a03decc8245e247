from __future__ import annotations

import base64
import io
import json
import struct
import zlib

import pytest

from shelfspace.service import answers


@pytest.fixture
def first(small_space) -> str:
    shop, identifier = small_space.catalog.table.select("shop", "id").row(0)
    return f"{shop}/{identifier}"


def test_similar_answers_as_the_space_does(client, small_space, first):
    answer = client.post("/v1/similar", json={"product": first, "k": 3})
    assert answer.status_code == 200
    told = answers.Listed[answers.Found].model_validate(answer.json())
    assert told.version == answer.headers["x-shelfspace-version"] == "000001"
    assert [each.id for each in told.products] == small_space.similar(first, 3)["id"].to_list()


def test_search_recommend_and_explain_answer_as_the_space_does(client, small_space, first):
    found = client.post("/v1/search", json={"text": "teapot", "k": 3}).json()["products"]
    assert [each["id"] for each in found] == small_space.search("teapot", 3)["id"].to_list()
    told = client.post("/v1/recommend", json={"history": [first], "k": 4}).json()
    assert len(answers.Listed[answers.Recommended].model_validate(told).products) == 4
    told = client.post("/v1/explain", json={"left": first, "right": "odd/a/b"}).json()
    assert answers.ExplainedAnswer.model_validate(told).contributions


def test_matches_come_in_pages(client, small_space):
    query = {"left": "shop", "right": "odd", "threshold": 0.0}
    every = small_space.match("shop", "odd", threshold=0.0)
    told = client.post("/v1/match", json=query | {"limit": 2}).json()
    assert answers.Matches.model_validate(told).total == every.height
    rest = client.post("/v1/match", json=query | {"offset": 2, "limit": 1000}).json()
    assert [each["left_id"] for each in told["matches"] + rest["matches"]] == every["left_id"].to_list()


@pytest.mark.parametrize("path", ["odd/a/b", "odd/a%2Fb", "odd%2Fa%2Fb"])
def test_ids_hold_slashes(client, path):
    assert client.get(f"/v1/products/{path}").json()["product"]["title"] == "Slashed teapot"


def test_any_id_is_found_in_a_body(client, small_space):
    references = ["odd/..", "odd/é %2F?#", "odd/../../../etc/passwd", "odd/a/b"]
    told = answers.ProductAnswers.model_validate(
        client.post("/v1/products", json={"products": references}).json()
    )
    titles = [each.product and each.product["title"] for each in told.answers]
    assert titles == ["Dotted kettle", "Accented cup", None, "Slashed teapot"]
    assert told.answers[2].problem.status == 404


@pytest.mark.parametrize(
    "path", ["/v1/products/../../etc/passwd", "/v1/products/odd/%2e%2e%2f%2e%2e%2fetc/passwd"]
)
def test_a_path_leads_to_no_file(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def test_a_batch_answers_each_question_and_tells_its_problems(client, first):
    queries = [{"product": first, "k": 2}, {"product": "nobody/1"}, {"product": "odd/empty"}]
    told = client.post("/v1/similar/batch", json={"queries": queries})
    outcomes = answers.Listings[answers.Found].model_validate(told.json()).answers
    assert len(outcomes[0].products) == 2
    assert outcomes[1].problem.status == 404
    assert outcomes[2].products == []
    for path, query in {"search": {"text": "cup"}, "recommend": {"history": [first]}}.items():
        told = client.post(f"/v1/{path}/batch", json={"queries": [query]}).json()
        assert told["answers"][0]["products"]
    told = client.post("/v1/explain/batch", json={"queries": [{"left": first, "right": first}]}).json()
    assert answers.ExplainedAnswers.model_validate(told).answers[0].problem.status == 422


LONG = "x" * 10_000_000
REFUSED = [
    ("similar", {"product": "nobody/1"}, 404),
    ("similar", {"product": ""}, 422),
    ("similar", {"product": "\0"}, 404),
    ("similar", {"product": LONG[:2000]}, 422),
    ("similar", {"product": "odd/a/b", "k": 0}, 422),
    ("similar", {"product": "odd/a/b", "k": 10**30}, 422),
    ("similar", {"product": "odd/a/b", "k": "3"}, 422),
    ("similar", {"product": "odd/a/b", "k": None}, 422),
    ("similar", {"product": ["odd/a/b"]}, 422),
    ("similar", {"product": "odd/a/b", "sudo": True}, 422),
    ("similar", [], 422),
    ("similar", {}, 422),
    ("search", {"text": "  \t "}, 422),
    ("search", {}, 422),
    ("search", {"text": LONG}, 413),
    ("search", {"text": LONG[:3000]}, 422),
    ("search", {"text": "cup", "where": "price <"}, 422),
    ("search", {"text": "cup", "where": "1; DROP TABLE products"}, 422),
    ("search", {"text": "cup", "where": "price < (SELECT 1)"}, 422),
    ("search", {"text": "cup", "where": "nowhere = 1"}, 422),
    ("search", {"text": "cup", "where": "\0"}, 422),
    ("search", {"image": "/etc/passwd"}, 422),
    ("search", {"image": "aGVsbG8="}, 422),
    ("search", {"image": "é"}, 422),
    ("recommend", {}, 422),
    ("recommend", {"user": "u1", "history": ["odd/a/b"]}, 422),
    ("recommend", {"user": "u1", "diversity": 2}, 422),
    ("recommend", {"user": "u1", "diversity": 0.5, "calibration": 0.5}, 422),
    ("recommend", {"history": ["nobody/1"]}, 404),
    ("explain", {"left": "odd/a/b", "right": "odd/.."}, 422),
    ("explain", {"left": "odd/a/b", "right": "nobody"}, 404),
    ("match", {"left": "odd", "right": "nobody"}, 404),
    ("match", {"left": "odd", "right": "odd"}, 422),
    ("match", {"threshold": 7}, 422),
    ("match", {"offset": -1}, 422),
    ("products", {"products": []}, 422),
    ("similar/batch", {"queries": []}, 422),
    ("similar/batch", {"queries": [{"product": "odd/a/b"}] * 101}, 422),
]


def test_what_cannot_be_answered_is_refused_with_a_problem(client):
    for path, query, status in REFUSED:
        answer = client.post(f"/v1/{path}", json=query)
        assert answer.status_code == status, f"{path} {str(query)[:80]} {answer.text[:300]}"
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answers.Problem.model_validate(answer.json())
        assert problem.status == status
        assert problem.detail
        assert problem.remedy
        assert answer.headers["x-content-type-options"] == "nosniff"


RAW = {
    b"": 422,
    b"{": 400,
    b"\xff\xfe": 400,
    b"[" * 50_000: 400,
    b'{"product": "odd/a/b", "k": NaN}': 422,
    b'{"product": "odd/a/b", "k": Infinity}': 422,
    b'{"product": "odd/a/b", "k": 1e999}': 422,
    b'{"product": "odd/a/b", "k": ' + b"9" * 10_000 + b"}": 400,
    b'{"product": "\\ud800"}': 422,
    b'{"\\ud800": 1, "product": "odd/a/b"}': 422,
    b'{"product": "odd/a/b", "product": "nobody"}': 404,
}


def test_what_is_no_json_is_refused(client):
    for body, status in RAW.items():
        answer = client.post("/v1/similar", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == status, f"{body[:60]!r} {answer.text[:300]}"
        answers.Problem.model_validate(answer.json())
    for value in ("NaN", "-Infinity", "1e999"):
        body = f'{{"user": "u1", "diversity": {value}}}'
        answer = client.post("/v1/recommend", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 422


def test_a_bomb_of_a_photo_is_refused(client):
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, 2)
    out.write(chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)))
    out.write(chunk(b"IDAT", zlib.compress(bytes(1_000_000), 9)) + chunk(b"IEND", b""))
    answer = client.post("/v1/search", json={"image": base64.b64encode(out.getvalue()).decode()})
    assert answer.status_code == 422


def test_unknown_paths_and_methods_are_problems(client):
    for method, path, status in (("GET", "/", 404), ("GET", "/v1/similar", 405), ("PUT", "/v1/spaces", 405)):
        answer = client.request(method, path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
    assert client.post("/v1/similar/", json={}).status_code == 404


def test_every_example_of_the_description_is_taken_and_every_endpoint_described(client):
    described = client.get("/openapi.json").json()
    assert {"/v1/similar", "/v1/match", "/v1/spaces/activate", "/healthz", "/metrics"} <= set(
        described["paths"]
    )
    for path, methods in described["paths"].items():
        for method, said in methods.items():
            assert {"429", "500"} <= set(said["responses"]), (method, path)
    for name, model in described["components"]["schemas"].items():
        if name.endswith(("Query", "Batch")):
            assert model["examples"], name
    body = described["components"]["schemas"]["SimilarQuery"]["examples"][0]
    assert client.post("/v1/similar", json=body).status_code == 404  # well formed, of a product not there
    assert json.dumps(described)
