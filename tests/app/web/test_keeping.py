"""Kept answers, follow-ups, feedback, exports and the page's facts over HTTP."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.render import answer_json
from app.settings import load_settings
from app.store import Store
from app.suggestions import Suggestions
from app.web import server
from app.web.server import create_app
from ingest.sync_report import Duplicate, Failure, SyncReport, SyncState, save_state
from tests.app.samples import ARTICLE, FIRST, answered, not_in_corpus
from tests.app.stubs import StubAssistant, StubSuggestions

STREAM = {"accept": "text/event-stream"}


class Page:
    """An application without the page itself, which takes seconds to build."""

    def __init__(self, home: Path, **settings: Any) -> None:
        self.assistant = StubAssistant()
        self.settings = replace(load_settings({"home": home}, {}), **settings)
        suggestions: Suggestions = StubSuggestions()  # type: ignore[assignment]
        app: FastAPI = create_app(self.assistant, self.settings, suggestions)  # type: ignore[arg-type]
        self.client = TestClient(app, base_url="http://localhost:7860", raise_server_exceptions=False)


@pytest.fixture(autouse=True)
def _no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_mount_page", lambda app, *_: app)


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return Page(tmp_path)


@pytest.mark.parametrize("headers", [{}, STREAM])
def test_an_answer_can_be_had_again_by_its_id(page: Page, headers: dict[str, str]) -> None:
    page.client.post("/api/ask", json={"question": "q"}, headers=headers)
    assert page.client.get("/api/answers/0f3a").json() == answer_json(answered())
    missing = page.client.get("/api/answers/0000")
    assert (missing.status_code, "not kept" in missing.json()["error"]) == (404, True)


def test_with_no_days_an_answer_is_not_kept(tmp_path: Path) -> None:
    page = Page(tmp_path, answer_days=0)
    page.client.post("/api/ask", json={"question": "q"})
    assert page.client.get("/api/answers/0f3a").status_code == 404


@pytest.mark.parametrize("headers", [{}, STREAM])
def test_a_full_disk_costs_the_link_and_not_the_answer(tmp_path: Path, headers: dict[str, str]) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    page = Page(tmp_path / "home")
    reply = page.client.post("/api/ask", json={"question": "q"}, headers=headers)
    answer = json.loads(reply.text.split("event: answer\ndata: ")[1]) if headers else reply.json()
    assert answer["claims"][0]["text"] == FIRST
    assert answer["notices"][-1]["code"] == "not_kept"
    refused = page.client.post("/api/feedback", json={"answer_id": "x", "verdict": "up", "answer": answer})
    assert (refused.status_code, "cannot be used" in refused.json()["error"]) == (503, True)


def test_follow_ups_are_for_a_kept_answer_or_one_that_is_sent(page: Page) -> None:
    page.client.post("/api/ask", json={"question": "q"})
    kept = page.client.post("/api/follow-ups", json={"answer_id": "0f3a", "asked": ["Why?"]})
    assert kept.json() == {"questions": ["When?", "Who?"]}
    sent = page.client.post("/api/follow-ups", json={"answer": answer_json(not_in_corpus())})
    assert sent.json() == {"questions": ["Why?", "When?", "Who?"]}
    assert page.client.post("/api/follow-ups", json={"answer_id": "0000"}).status_code == 404
    assert page.client.post("/api/follow-ups", json={}).status_code == 400
    broken = page.client.post("/api/follow-ups", json={"answer": {"id": 1}})
    assert (broken.status_code, "no answer of Hanmi" in broken.json()["error"]) == (400, True)


def test_half_a_character_is_refused_in_a_sentence(page: Page) -> None:
    body = json.dumps({"answer_id": "0f3a", "verdict": "down", "reason": "wrong \ud800year"})
    reply = page.client.post("/api/feedback", content=body, headers={"content-type": "application/json"})
    assert reply.status_code == 400
    assert reply.json() == {"error": "reason holds half of a surrogate pair, which is no character"}


def test_feedback_is_kept_with_question_answer_and_settings_and_can_be_taken_back(page: Page) -> None:
    page.client.post("/api/ask", json={"question": "q"})
    body = {"answer_id": "0f3a", "verdict": "down", "reason": " wrong year "}
    assert page.client.post("/api/feedback", json=body).json() == {"verdict": "down"}
    (given,) = Store(page.settings.database, 30).feedback()
    assert (given.verdict, given.reason, given.answer) == ("down", "wrong year", answer_json(answered()))
    assert given.settings == {"embedding_model": "", "embedding_precision": "int8"}
    assert page.client.post("/api/feedback", json={"answer_id": "0f3a", "verdict": None}).json() == {"verdict": None}
    assert not Store(page.settings.database, 30).feedback()
    assert page.client.post("/api/feedback", json={**body, "answer_id": "0000"}).status_code == 404
    assert page.client.post("/api/feedback", json={**body, "verdict": "maybe"}).status_code == 400


@pytest.mark.parametrize(("format_", "ending"), [("markdown", "md"), ("html", "html"), ("json", "json")])
def test_an_export_is_a_file_to_save(page: Page, format_: str, ending: str) -> None:
    body = {"format": format_, "answers": [answer_json(answered())], "title": "관세 협상"}
    reply = page.client.post("/api/export", json=body)
    assert unquote(reply.headers["content-disposition"]) == f"attachment; filename*=UTF-8''관세-협상.{ending}"
    assert ARTICLE.sha256 in reply.text
    assert "$350 billion" in reply.text
    assert page.client.post("/api/export", json={**body, "answers": []}).status_code == 400
    assert page.client.post("/api/export", json={**body, "format": "docx"}).status_code == 400


def test_the_page_is_told_what_there_is_and_what_went_wrong(page: Page) -> None:
    report = SyncReport(failed=[Failure("a.pdf", "no text")], duplicates=[Duplicate("b (1).md", "b.md", "same words")])
    state = SyncState("corpus", "code", "2026-11-24T15:00:00+00:00", report.as_dict())
    save_state(page.settings.index_folder, state)
    told = page.client.get("/api/page").json()
    assert told["articles"] == 1
    assert told["outlets"] == [{"name": "The Diplomat", "count": 1}]
    assert told["kinds"] == [{"name": "analysis", "count": 1}]
    assert (told["oldest"], told["newest"]) == ("2025-09", "2025-09")
    assert (told["headline"], told["article_id"]) == (ARTICLE.title, ARTICLE.id)
    assert told["suggestions"] == {"en": ["How much?"], "ko": ["얼마?"]}
    assert told["last_sync"] == "2026-11-24T15:00:00+00:00"
    assert told["problems"][0] == {"file": "a.pdf", "reason": "no text"}
    assert told["problems"][1]["reason"] == "left out, b.md has it (same words)"


def test_a_collection_of_none_or_many_has_no_headline(page: Page) -> None:
    page.assistant.index.records = {}
    told = page.client.get("/api/page").json()
    assert (told["articles"], told["headline"], told["oldest"], told["last_sync"]) == (0, None, None, None)


def test_the_host_of_the_public_address_is_known(tmp_path: Path) -> None:
    page = Page(tmp_path, public_url="https://Hanmi.example/x")
    assert page.client.get("/healthz", headers={"host": "hanmi.example"}).status_code == 200
    assert page.client.get("/healthz", headers={"host": "other.example"}).status_code == 403


def test_a_static_file_is_kept_for_ever_under_its_present_address_alone(page: Page, monkeypatch, tmp_path) -> None:
    from app.web import static_files

    monkeypatch.setattr(static_files, "FOLDER", tmp_path)
    (tmp_path / "page.js").write_text("first")
    (tmp_path / "secret.txt").write_text("no")
    address = static_files.static_address("page.js")
    reply = page.client.get(address)
    assert (reply.text, "immutable" in reply.headers["cache-control"]) == ("first", True)
    assert page.client.get("/static/page.js").headers["cache-control"] == "no-cache"
    for name in ("secret.txt", "none.js", "..%2Fguard.py", "%2e%2e/guard.py"):
        assert page.client.get(f"/static/{name}").status_code == 404
