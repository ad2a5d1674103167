"""The manifest: what Slack would refuse, what the app's calls need, and the same over HTTP."""

import re

import pytest
import yaml

from app.errors import BadInput
from app.slack.listeners import SHORTCUT
from app.slack.manifest import FILE, events, manifest, over_http, read, reasons, scopes

# The scopes that methods and events take, one of which is enough (docs.slack.dev, November 2026).
NEEDED_BY_METHODS = {
    "agents_sessions_setStatus": {"chat:write"},
    "apps_connections_open": None,
    "apps_manifest_export": None,
    "assistant_threads_setStatus": {"chat:write"},
    "assistant_threads_setSuggestedPrompts": {"assistant:write"},
    "assistant_threads_setTitle": {"assistant:write"},
    "auth_test": None,
    "chat_appendStream": {"chat:write"},
    "chat_delete": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_startStream": {"chat:write"},
    "chat_stopStream": {"chat:write"},
    "chat_stream": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history"},
    "conversations_info": {"channels:read"},
    "conversations_replies": {"channels:history"},
    "reactions_add": {"reactions:write"},
    "reactions_remove": {"reactions:write"},
    "users_info": {"users:read"},
    "views_open": None,
}
NEEDED_BY_EVENTS = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
}


def test_the_manifest_holds_to_slacks_limits() -> None:
    told = read()
    assert len(told["display_information"]["name"]) <= 35
    assert len(told["display_information"]["description"]) <= 140
    agent = told["features"]["agent_view"]
    assert len(agent["agent_description"]) <= 300
    assert 1 <= len(agent["suggested_prompts"]) <= 4
    (command,) = told["features"]["slash_commands"]
    assert command["command"] == "/hanmi"
    assert len(command["description"]) <= 2000
    (shortcut,) = told["features"]["shortcuts"]
    assert (shortcut["type"], shortcut["callback_id"]) == ("message", SHORTCUT)
    assert len(shortcut["name"]) <= 24
    assert len(shortcut["description"]) <= 150


def test_every_event_has_its_scope_and_every_scope_its_reason() -> None:
    assert {NEEDED_BY_EVENTS[event] for event in events()} - {None} <= set(scopes())
    assert list(reasons()) == list(scopes())
    assert all(reasons().values())


def test_every_method_the_app_calls_has_its_scope() -> None:
    source = "".join(file.read_text("utf-8") for file in sorted(FILE.parent.glob("*.py")))
    called = set(
        re.findall(r"\.((?:agents|apps|assistant|auth|bots|chat|conversations|reactions|users|views)_\w+)\(", source)
    )
    assert {"chat_postMessage", "users_info"} <= called
    for method in called:
        needed = NEEDED_BY_METHODS[method]
        assert needed is None or needed & set(scopes()), f"{method} needs one of {needed}"


def test_without_an_address_it_is_the_file_for_socket_mode() -> None:
    assert manifest() == FILE.read_text("utf-8")
    told = yaml.safe_load(manifest())
    assert told["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in manifest()


@pytest.mark.parametrize("given", ["https://hanmi.example", "https://hanmi.example/"])
def test_over_http_slack_calls_one_address(given: str) -> None:
    told = yaml.safe_load(manifest(given))
    address = "https://hanmi.example/slack/events"
    assert told["settings"]["event_subscriptions"]["request_url"] == address
    assert told["settings"]["interactivity"] == {"is_enabled": True, "request_url": address}
    assert told["features"]["slash_commands"][0]["url"] == address
    assert told["settings"]["socket_mode_enabled"] is False
    assert told["oauth_config"] == read()["oauth_config"]
    assert told["settings"]["event_subscriptions"]["bot_events"] == list(events())
    assert "US–South Korea" in manifest(given)


@pytest.mark.parametrize(
    "given", ["http://hanmi.example", "hanmi.example", "", "https://", "https://[", "https://a/?b"]
)
def test_an_address_that_slack_does_not_call_is_refused(given: str) -> None:
    with pytest.raises(BadInput, match="begins with https://"):
        over_http(given)
