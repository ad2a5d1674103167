"""Slack beside the page: the route that Slack posts to, and the connection in the background."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.errors import SettingsError
from app.settings import AppSettings, load_settings
from app.slack import service as module
from app.slack.manifest import EVENTS_PATH as PATH
from app.slack.service import SlackService, kept_for, wants_slack
from app.store import Store
from app.web.guard import MAX_BODY_BYTES, Guard
from app.web.problems import add_fallbacks
from app.web.slack import add_slack
from evals.bench.fake_slack import events
from evals.bench.fake_slack.events import sign
from evals.bench.fake_slack.server import SIGNING_SECRET, FakeSlack
from evals.bench.fake_slack.web_api import APP_TOKEN, BOT_TOKEN, Failure
from evals.bench.fake_slack.workspace import ANNA, BOT_USER, GENERAL
from tests.app.stubs import StubAssistant, StubSuggestions
from tests.waiting import wait_for

MENTION = f"<@{BOT_USER}> How much does Washington want?"


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as started:
        yield started


def settings_for(slack: FakeSlack, home: Path, **more: Any) -> AppSettings:
    given = {"home": home, "slack_api_url": slack.api_url, "slack_bot_token": BOT_TOKEN, **more}
    return load_settings({"slack_signing_secret": SIGNING_SECRET, **given}, {})


def service_for(settings: AppSettings) -> SlackService:
    store = Store(settings.database, settings.answer_days)
    return SlackService(StubAssistant(), settings, store, StubSuggestions())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def client(slack: FakeSlack, tmp_path_factory) -> Iterator[TestClient]:
    """The route behind the guard, reached by a name that the guard does not know."""
    settings = settings_for(slack, tmp_path_factory.mktemp("home"))
    app = FastAPI()
    service = service_for(settings)
    add_slack(app, service)
    add_fallbacks(app)
    app.add_middleware(Guard, settings=settings)
    yield TestClient(app, base_url="https://a-tunnel.example", raise_server_exceptions=False)
    service.stop()


def post(client: TestClient, body: bytes, **headers: str) -> Any:
    return client.post(PATH, content=body, headers={"content-type": "application/json", **headers})


def test_a_signed_event_is_answered_whatever_name_it_came_by(client: TestClient, slack: FakeSlack) -> None:
    asked = slack.writes(ANNA, GENERAL, MENTION)
    for event in slack.events_of(asked):
        headers, body = event.request(SIGNING_SECRET)
        assert post(client, body, **headers).status_code == 200
    slack.wait_for(lambda: slack.answers(asked), "an answer", 20)
    assert len(slack.answers(asked)) == 1


def test_slack_tries_the_address_out(client: TestClient) -> None:
    headers, body = events.url_verification("a challenge").request(SIGNING_SECRET)
    reply = post(client, body, **headers)
    assert (reply.status_code, reply.json()) == (200, {"challenge": "a challenge"})


@pytest.mark.parametrize("fault", ["another secret", "old", "none", "another body"])
def test_what_is_not_signed_is_refused_and_nobody_answers(client: TestClient, slack: FakeSlack, fault: str) -> None:
    asked = slack.writes(ANNA, GENERAL, MENTION)
    secret = "f" * 32 if fault == "another secret" else SIGNING_SECRET
    at = time.time() - 400 if fault == "old" else None
    headers, body = slack.events_of(asked)[0].request(secret, at)
    if fault == "none":
        headers = {"content-type": "application/json"}
    calls = len(slack.calls())
    reply = post(client, body + b" " if fault == "another body" else body, **headers)
    assert reply.status_code == 401
    assert len(slack.calls()) == calls


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{no json", b"[]", b"null", b'{"authorizations": 1}', b"[" * 100_000])
def test_what_cannot_be_read_is_a_bad_request(client: TestClient, body: bytes) -> None:
    assert post(client, body).status_code == 400
    assert post(client, body, **sign(body, SIGNING_SECRET)).status_code == 400


def test_the_route_takes_no_more_than_it_must(client: TestClient) -> None:
    assert client.get(PATH, headers={"host": "localhost"}).json() == {"error": "this address takes POST, not GET"}
    long = {"content-length": str(MAX_BODY_BYTES + 1)}
    assert post(client, b"{}", **long).status_code == 413
    assert post(client, b"{}", origin="https://evil.example").status_code == 403
    assert client.post("/api/ask", json={}).status_code == 403  # only the signed address is open to every name


def test_a_request_that_comes_before_slack_is_reached_is_to_be_sent_again(
    slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT_S", 0.0)
    monkeypatch.setattr(module, "AGAIN_S", 0.02)
    monkeypatch.setattr("app.slack.clients._refused", lambda retries: [])
    slack.failures["auth.test"] = [Failure(500, "internal_error")] * 2
    service = service_for(settings_for(slack, tmp_path))
    told: list[str] = []
    service.start(told.append)
    body = b"{}"
    assert service.take({"content-type": "application/json"}, body).status == 503
    wait_for(lambda: told, "a connection")
    assert told == ["Hanmi is in Slack: @hanmi in Fake"]
    assert service.take({"content-type": "application/json"}, body).status == 401
    service.stop()


def test_a_token_of_no_use_leaves_the_page_alone_and_is_said(
    slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT_S", 0.0)
    service = service_for(settings_for(slack, tmp_path, slack_app_token="xapp-wrong"))
    told: list[str] = []
    service.start(told.append)
    wait_for(lambda: told, "word of the token")
    assert told[0].startswith("Hanmi is not in Slack: Slack refuses HANMI_SLACK_APP_TOKEN")
    assert service.take({}, b"{}").status == 503
    service.stop()


def test_what_does_not_work_where_nothing_is_kept_is_said(slack: FakeSlack, tmp_path: Path) -> None:
    service = service_for(settings_for(slack, tmp_path, slack_days=0))
    told: list[str] = []
    service.start(told.append)
    wait_for(lambda: len(told) == 2, "both sentences")
    assert "begin anew with a mention" in told[1]
    service.stop()
    assert "kept for 7 days" in kept_for(load_settings({"slack_days": 7}, {}))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, False),
        ({"slack_bot_token": BOT_TOKEN, "slack_app_token": APP_TOKEN}, True),
        ({"slack_bot_token": BOT_TOKEN, "slack_signing_secret": SIGNING_SECRET}, True),
    ],
)
def test_slack_is_set_up_or_not(given: dict[str, str], wanted: bool) -> None:
    assert wants_slack(load_settings(given, {})) is wanted


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"slack_bot_token": BOT_TOKEN}, "neither HANMI_SLACK_APP_TOKEN"),
        ({"slack_app_token": APP_TOKEN}, "HANMI_SLACK_BOT_TOKEN is missing"),
    ],
)
def test_half_a_set_up_is_said(given: dict[str, str], missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        wants_slack(load_settings(given, {}))


def test_without_tokens_nothing_of_slack_is_loaded() -> None:
    code = (
        "import sys, app.web.slack, app.cli.slack;"
        "print([name for name in ('slack_bolt', 'slack_sdk') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
