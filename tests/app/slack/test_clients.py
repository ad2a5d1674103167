"""What is logged of Slack's calls, and what is tried again."""

from __future__ import annotations

import logging

import pytest
from slack_sdk.errors import SlackApiError

from app.settings import load_settings
from app.slack.clients import Clients, error_of, library_logger, redacted
from evals.bench.fake_slack.server import FakeSlack
from evals.bench.fake_slack.web_api import APP_TOKEN, BOT_TOKEN, CONFIG_TOKEN, Failure


@pytest.mark.parametrize("token", [BOT_TOKEN, APP_TOKEN, CONFIG_TOKEN, "xoxp-1-2-3"])
def test_no_token_is_shown(token: str) -> None:
    assert redacted(f"Bearer {token}, said Slack") == "Bearer …, said Slack"


def test_no_secret_address_is_shown() -> None:
    assert redacted("wss://x.example/link?ticket=1a-2b&app_id=3") == "wss://x.example/link?ticket=…&app_id=3"
    assert redacted("https://hooks.slack.com/commands/T1/2/3 failed") == "https://hooks.slack.com/… failed"


def test_an_error_is_named_without_what_was_sent() -> None:
    assert error_of(SlackApiError("the whole request", {"ok": False, "error": "not_in_channel"})) == "not_in_channel"
    assert error_of(OSError(f"no route with {BOT_TOKEN}")) == "OSError: no route with …"


def test_the_libraries_say_nothing_below_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    library_logger().debug("a question")
    library_logger().warning("refused with %s", BOT_TOKEN)
    assert caplog.messages == ["refused with …"]


def test_a_response_url_is_tried_again_and_its_refusal_is_told() -> None:
    with FakeSlack() as slack:
        clients = Clients(load_settings({"slack_bot_token": BOT_TOKEN, "slack_api_url": slack.api_url[:-1]}, {}))
        assert clients.posting.auth_test()["user"] == "hanmi"
        slack.failures["response_url"] = [Failure(503), Failure(404)]
        assert not clients.respond(f"{slack.url}/response/r1", {"text": "So much."})
        assert len(slack.calls("response_url")) == 2
