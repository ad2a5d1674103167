"""The HTTP API over a stub assistant: bodies in and out, errors, what is refused, the headers of every reply."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.errors import AppError
from app.settings import load_settings
from app.web.guard import MAX_BODY_BYTES
from app.web.server import FAILED, create_app
from ingest.errors import IndexUnavailable
from tests.app.samples import ARTICLE, FIRST
from tests.app.stubs import StubAssistant, StubSuggestions

HERE = "http://localhost:7860"


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> tuple[StubAssistant, FastAPI]:
    """One application for the module: building the page takes seconds."""
    assistant = StubAssistant()
    settings = load_settings({"home": tmp_path_factory.mktemp("home")}, {})
    return assistant, create_app(assistant, settings, StubSuggestions())  # type: ignore[arg-type]


@pytest.fixture
def assistant(served) -> StubAssistant:
    served[0].__init__()
    return served[0]


@pytest.fixture
def client(served, assistant) -> TestClient:
    return TestClient(served[1], base_url=HERE, raise_server_exceptions=False)


def test_a_question_gets_the_contract(client, assistant) -> None:
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    reply = client.post(
        "/api/ask",
        json={"question": "How much?", "history": turns, "filters": {"outlets": ["X"], "published_to": "2025"}},
    )
    assert reply.status_code == 200
    citation = reply.json()["citations"][0]
    assert ARTICLE.text[citation["start"] : citation["end"]] == citation["quote"] == FIRST
    question, history, filters = assistant.asked[0]
    assert (question, history, filters.outlets, filters.published_to) == ("How much?", turns, ("X",), "2025")


def test_a_question_may_say_who_answers(client, assistant) -> None:
    for engine in ("generative", "extractive", None):
        assert client.post("/api/ask", json={"question": "q", "engine": engine}).status_code == 200
    assert client.post("/api/ask", json={"question": "q", "engine": "both"}).status_code == 400
    assert client.post("/api/ask", json={"question": "q", "fresh": True}).status_code == 200
    assert assistant.engines == ["generative", "extractive", None, None]
    assert assistant.fresh == [False, False, False, True]


def test_events_come_in_the_order_of_the_contract_and_end_with_the_answer(client) -> None:
    reply = client.post("/api/ask", json={"question": "q"}, headers={"accept": "text/event-stream"})
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = [block.split("\n") for block in reply.text.strip().split("\n\n")]
    names = ["searching", "passages", "claim", "claim", "answer"]
    assert [event[0] for event in events] == [f"event: {name}" for name in names]
    assert json.loads(events[-1][1].removeprefix("data: "))["status"] == "answered"


@pytest.mark.parametrize(
    ("failure", "text"), [(AppError("no such thing"), "no such thing"), (ValueError("secret"), FAILED)]
)
def test_a_stream_that_fails_says_so_in_an_event(client, assistant, failure: Exception, text: str) -> None:
    assistant.says = failure
    reply = client.post("/api/ask", json={"question": "q"}, headers={"accept": "text/event-stream"})
    assert reply.text.endswith(f"event: error\ndata: {json.dumps({'error': text})}\n\n")


@pytest.mark.parametrize(
    ("failure", "status", "text"),
    [
        (AppError("ask something"), 400, "ask something"),
        (IndexUnavailable("no index"), 503, "no index"),
        (ValueError("secret"), 500, FAILED),
    ],
)
def test_an_error_is_json_with_a_sentence(client, assistant, failure: Exception, status: int, text: str) -> None:
    assistant.says = failure
    reply = client.post("/api/ask", json={"question": "q"})
    assert (reply.status_code, reply.json()) == (status, {"error": text})


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "question is missing"),
        ({"question": 1}, "question must be a text"),
        ({"question": "q", "k": 1}, "k is no field here; docs/api.md lists them"),
        (
            {"question": "q", "history": [{"role": "system", "content": ""}]},
            "history.0.role must be 'user' or 'assistant'",
        ),
        ({"question": "q", "history": {}}, "history must be a list"),
        ({"question": "q", "filters": []}, "filters must be an object"),
        ({"question": "q", "filters": {"outlets": "x"}}, "filters.outlets must be a list"),
        ({"question": "q", "filters": {"published_from": "yesterday"}}, "'yesterday' is no date"),
        ({"question": "q", "filters": {"published_from": "2026", "published_to": "2020"}}, "2026 is after 2020"),
        ([], "send the body as a JSON object"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_with_the_reason(client, assistant, body: Any, says: str) -> None:
    reply = client.post("/api/ask", json=body)
    assert reply.status_code == 400
    assert says in reply.json()["error"]
    assert not assistant.asked


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "the body is no usable JSON (character 1: "),
        (b"", "send the body"),
        (b'{"question": "q"}', "send the body"),
    ],
)
def test_a_body_that_is_no_json_is_refused_with_the_reason(client, body: bytes, says: str) -> None:
    content_type = "text/plain" if body.endswith(b"}") else "application/json"
    reply = client.post("/api/ask", content=body, headers={"content-type": content_type})
    assert (reply.status_code, reply.json()["error"][: len(says)]) == (400, says)


@pytest.mark.parametrize(
    ("k", "says"), [(0, "k must be at least 1"), (101, "k must be at most 100"), ("x", "k must be a whole number")]
)
def test_a_number_out_of_bounds_is_said_in_a_sentence(client, k: Any, says: str) -> None:
    assert client.post("/api/search", json={"question": "q", "k": k}).json() == {"error": says}


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/api/nothing", 404, "there is nothing at this address"),
        ("GET", "/nothing", 404, "there is nothing at this address"),
        ("GET", "/a/b/c", 404, "there is nothing at this address"),
        ("POST", "/theme.css", 405, "this address takes GET, not POST"),
        ("GET", "/static/none.js", 404, "there is no such file"),
        ("GET", "/api/ask", 405, "this address takes POST, not GET"),
        ("DELETE", "/api/articles/x", 405, "this address takes GET, not DELETE"),
        ("OPTIONS", "/api/ask", 405, "this address takes POST, not OPTIONS"),
        ("POST", "/healthz", 405, "this address takes GET, not POST"),
    ],
)
def test_an_address_that_is_none_is_said_in_a_sentence(client, method, path, status, says) -> None:
    reply = client.request(method, path, headers={"content-length": "0"})
    assert (reply.status_code, list(reply.json())) == (status, ["error"])
    assert reply.json()["error"].startswith(says)
    assert reply.headers.get("allow") == (says.split()[3].rstrip(",") if status == 405 else None)


def test_search_gives_hits(client) -> None:
    reply = client.post("/api/search", json={"question": "q", "k": 1})
    (hit,) = reply.json()["hits"]
    assert hit["text"] == ARTICLE.text[hit["start"] : hit["end"]]
    assert (hit["article_id"], hit["outlet"], hit["score"]) == (ARTICLE.id, "The Diplomat", 1.25)
    assert hit["parts"] == {
        **{"dense": 0.5, "bm25": 1.0, "lift": 0.8, "late": 0.31, "topic": 0.0},
        **{"candidates": 0.8, "read": 0.45, "cosine": 0.62, "bm25_score": None},
    }
    assert client.post("/api/search", json={"question": "q", "k": 1000}).status_code == 400


def test_articles_are_listed_and_read(client, assistant) -> None:
    listed = client.get("/api/articles").json()
    assert [record["id"] for record in listed["articles"]] == [ARTICLE.id]
    assert "text" not in listed["articles"][0]
    article = client.get(f"/api/articles/{ARTICLE.id}").json()
    assert (article["text"], article["sha256"]) == (ARTICLE.text, ARTICLE.sha256)
    missing = client.get("/api/articles/..%2Fetc")
    assert (missing.status_code, "error" in missing.json()) == (404, True)


def test_health_and_readiness(client, assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/healthz").json() == {"alive": True}
    assert client.get("/readyz").json() == {"ready": True, "articles": 1, "index_generation": 3}

    def gone() -> None:
        raise IndexUnavailable("the Chroma server does not answer")

    monkeypatch.setattr(assistant.index, "articles", gone)
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


# What is refused


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.1.2.3", "[", ""])
def test_a_host_name_that_is_not_ours_is_refused(client, host: str) -> None:
    for path in ("/", "/healthz", "/api/articles"):
        assert client.get(path, headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1:7860", "[::1]:7860", "LOCALHOST"])
def test_this_machine_is_known_under_its_names(client, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


def test_further_names_and_bare_addresses_are_known_where_they_are_set() -> None:
    settings = replace(load_settings({}, {}), host="0.0.0.0", allowed_hosts=("hanmi.example",))
    client = TestClient(_bare(settings))
    assert client.get("/", headers={"host": "hanmi.example"}).status_code == 404
    assert client.get("/", headers={"host": "10.1.2.3:80"}).status_code == 404
    assert client.get("/", headers={"host": "evil.example"}).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:9999", ""])
def test_a_page_of_another_site_cannot_ask(client, assistant, origin: str) -> None:
    reply = client.post("/api/ask", json={"question": "q"}, headers={"origin": origin})
    assert (reply.status_code, assistant.asked) == (403, [])


def test_our_own_page_can_ask(client) -> None:
    assert client.post("/api/ask", json={"question": "q"}, headers={"origin": HERE}).status_code == 200


def test_a_body_too_long_or_of_unknown_length_is_refused(client, assistant) -> None:
    assert client.post("/api/ask", content=b"x" * (MAX_BODY_BYTES + 1)).status_code == 413
    assert client.post("/api/ask", content=iter([b"{}"])).status_code == 411
    assert not assistant.asked


# Headers and the page


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/nothing", "/page.css"])
def test_every_reply_has_the_security_headers(client, path: str) -> None:
    headers = client.get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "form-action 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_the_page_loads_nothing_from_another_host(client) -> None:
    page = client.get("/").text
    assert "/page.css" in page
    loaded = re.findall(r"<(?:script|link|img|iframe)[^>]*?(?:src|href)=[\"']?([^\"' >]+)", page)
    assert loaded
    assert not [address for address in loaded if re.match(r"(?:[a-z]+:)?//", address)]


def test_an_answers_address_shows_the_page(client) -> None:
    page = client.get("/a/0f3ac2d49b1e4f6f8f3a0f3ac2d49b1e")
    assert (page.status_code, page.text) == (200, client.get("/").text)


def test_what_gradios_page_loads_is_served(client) -> None:
    assert client.get("/static/js/iframeResizer.contentWindow.min.js").status_code == 200


def test_no_step_of_the_page_is_a_public_endpoint(client) -> None:
    assert client.get("/gradio_api/info").json() == {"named_endpoints": {}, "unnamed_endpoints": {}}


def test_there_is_no_list_of_runs_and_no_file_of_the_server(client) -> None:
    assert client.get("/gradio_api/file=/etc/passwd").status_code in (403, 404)
    assert client.get("/docs").status_code == 404
    assert client.get("/openapi.json").status_code == 404


def _bare(settings) -> FastAPI:
    from app.web.guard import Guard

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, settings=settings)
    return app
