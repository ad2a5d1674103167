"""What Slack sends to an app: events, buttons, commands, shortcuts; and the signature over HTTP.

A Delivery goes over either transport: ``envelope`` is its Socket Mode form, ``request`` its signed HTTP form.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from urllib.parse import urlencode

from evals.bench.fake_slack.workspace import APP, BOT_USER, TEAM, Channel, Message

Kind = Literal["events_api", "interactive", "slash_commands"]

_numbers: Final = itertools.count(1)


@dataclass(frozen=True)
class Delivery:
    """One thing that Slack sends."""

    kind: Kind
    payload: Mapping[str, Any]
    retry: int = 0  # 1 to 3 when it is sent again
    retry_reason: str = ""

    @property
    def event_id(self) -> str:
        """Of an event; "" for the rest."""
        return str(self.payload.get("event_id", ""))

    def again(self, number: int = 1, reason: str = "timeout") -> Delivery:
        """The same, as Slack sends it when the app did not acknowledge."""
        return replace(self, retry=number, retry_reason=reason)

    def envelope(self, envelope_id: str) -> dict[str, Any]:
        """As it goes over a websocket."""
        envelope = {
            "envelope_id": envelope_id,
            "type": self.kind,
            "accepts_response_payload": self.kind != "events_api",
            "payload": self.payload,
        }
        if self.kind == "events_api":
            envelope |= {"retry_attempt": self.retry, "retry_reason": self.retry_reason}
        return envelope

    def request(self, secret: str, at: float | None = None) -> tuple[dict[str, str], bytes]:
        """Headers and body of a POST, signed; ``at``: when, else now."""
        if self.kind == "events_api":
            content, body = "application/json", json.dumps(self.payload, ensure_ascii=False).encode()
        else:
            form = self.payload if self.kind == "slash_commands" else {"payload": json.dumps(self.payload)}
            content, body = "application/x-www-form-urlencoded", urlencode(form).encode()
        headers = {"content-type": content, **sign(body, secret, at)}
        if self.retry:
            headers |= {"x-slack-retry-num": str(self.retry), "x-slack-retry-reason": self.retry_reason}
        return headers, body


def sign(body: bytes, secret: str, at: float | None = None) -> dict[str, str]:
    """Slack's headers of a request with this body; ``at``: when, else now."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": f"v0={digest}"}


def event(inner: Mapping[str, Any], *, shared: bool = False) -> Delivery:
    """An event of the Events API around its inner one, with an id of its own."""
    payload = {
        "token": "not-used-any-more",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": dict(inner),
        "type": "event_callback",
        "event_id": f"Ev{next(_numbers):09d}",
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": "4-fake",
    }
    return Delivery("events_api", payload)


def message(said: Message, channel: Channel, team: str = TEAM, **more: Any) -> Delivery:  # noqa: ANN401 - any JSON
    """message.channels, .groups, .im or .mpim; ``more``: subtype, bot_id, files …"""
    kinds = {"channel": "channel", "group": "group", "im": "im", "mpim": "mpim"}
    inner = _said(said, team) | {"type": "message", "channel_type": kinds[channel.kind]} | more
    return event(inner, shared=channel.shared)


def app_mention(said: Message, channel: Channel, team: str = TEAM) -> Delivery:
    """app_mention, which comes beside the channel's message event with another event id."""
    return event(_said(said, team) | {"type": "app_mention"}, shared=channel.shared)


def message_changed(said: Message, channel: Channel, text: str) -> Delivery:
    """An edit."""
    now = {
        "type": "message",
        "user": said.user,
        "text": text,
        "ts": said.ts,
        "edited": {"user": said.user, "ts": said.ts},
    }
    before = {"type": "message", "user": said.user, "text": said.text, "ts": said.ts}
    inner = {
        "type": "message",
        "subtype": "message_changed",
        "channel": said.channel,
        "channel_type": channel.kind,
        "message": now,
        "previous_message": before,
        "hidden": True,
        "ts": said.ts + "1",
        "event_ts": said.ts + "1",
    }
    return event(inner, shared=channel.shared)


def message_deleted(said: Message, channel: Channel) -> Delivery:
    """A message that its writer deletes."""
    inner = {
        "type": "message",
        "subtype": "message_deleted",
        "channel": said.channel,
        "channel_type": channel.kind,
        "deleted_ts": said.ts,
        "previous_message": {"type": "message", "user": said.user, "text": said.text, "ts": said.ts},
        "hidden": True,
        "ts": said.ts + "2",
        "event_ts": said.ts + "2",
    }
    return event(inner, shared=channel.shared)


def app_home_opened(user: str, channel: str, tab: Literal["home", "messages"] = "messages") -> Delivery:
    """Somebody opens the app."""
    at = f"{time.time():.6f}"
    return event({"type": "app_home_opened", "user": user, "channel": channel, "tab": tab, "event_ts": at})


def url_verification(challenge: str = "fake-challenge") -> Delivery:
    """What Slack asks once when the address is entered."""
    return Delivery("events_api", {"token": "x", "challenge": challenge, "type": "url_verification"})


def _said(said: Message, team: str) -> dict[str, Any]:
    inner: dict[str, Any] = {
        "user": said.user,
        "text": said.text,
        "ts": said.ts,
        "channel": said.channel,
        "event_ts": said.ts,
        "client_msg_id": f"fake-{said.ts}",
        "team": team,
        "blocks": [{"type": "rich_text", "block_id": "b1", "elements": []}],
    }
    if said.thread_ts:
        inner |= {"thread_ts": said.thread_ts, "parent_user_id": said.parent_user}
    return inner


def slash_command(
    text: str, user: str, channel: Channel, response_url: str, trigger_id: str, command: str = "/hanmi"
) -> Delivery:
    """A slash command."""
    form = {
        "token": "x",
        "team_id": TEAM,
        "team_domain": "fake",
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.kind == "im" else channel.id.lower(),
        "user_id": user,
        "user_name": user.lower(),
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }
    return Delivery("slash_commands", form)


def shortcut(callback_id: str, on: Message, user: str, response_url: str, trigger_id: str) -> Delivery:
    """A message shortcut, used on a message."""
    payload = {
        **_interaction("message_action", user, on.channel, response_url, trigger_id),
        "callback_id": callback_id,
        "action_ts": f"{time.time():.6f}",
        "message_ts": on.ts,
        "message": on.as_json(),
    }
    return Delivery("interactive", payload)


def block_actions(
    on: Message, block_id: str, element: Mapping[str, Any], value: str, user: str, response_url: str, trigger_id: str
) -> Delivery:
    """A button pressed; ``value``: of a feedback element, which of its two."""
    action = {
        "action_id": element["action_id"],
        "block_id": block_id,
        "type": element["type"],
        "value": value,
        "action_ts": f"{time.time():.6f}",
    }
    if element["type"] == "button":
        action["text"] = element["text"]
    container: dict[str, Any] = {
        "type": "message",
        "message_ts": on.ts,
        "channel_id": on.channel,
        "is_ephemeral": on.only_for is not None,
    }
    if on.thread_ts:
        container["thread_ts"] = on.thread_ts
    payload = {
        **_interaction("block_actions", user, on.channel, response_url, trigger_id),
        "container": container,
        "state": {"values": {}},
        "actions": [action],
    }
    # An ephemeral message is stored nowhere: Slack does not send its content along.
    return Delivery("interactive", payload if on.only_for else payload | {"message": on.as_json()})


def _interaction(kind: str, user: str, channel: str, response_url: str, trigger_id: str) -> dict[str, Any]:
    return {
        "type": kind,
        "team": {"id": TEAM, "domain": "fake"},
        "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": TEAM},
        "api_app_id": APP,
        "token": "x",
        "trigger_id": trigger_id,
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": channel, "name": channel.lower()},
        "response_url": response_url,
    }
