"""The manifest of the Slack app: what it may do (scopes), what it is told (events), for Socket Mode or for HTTP."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from app.errors import BadInput

FILE = Path(__file__).with_name("manifest.yaml")
EVENTS_PATH = "/slack/events"  # where Slack's requests arrive: events, buttons and the command alike


def manifest(public_url: str | None = None) -> str:
    """The manifest to paste into Slack, as YAML: for Socket Mode, or for HTTP at an address from ``public_url`` on.

    Raises BadInput for an address that Slack does not call: one without https://, or with more than a path behind it.
    """
    if public_url is None:
        return FILE.read_text("utf-8")
    told = over_http(public_url)
    head = f"# The Slack app over HTTP at {public_url}: paste it at https://api.slack.com/apps?new_app=1\n"
    return head + yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=120)


def over_http(public_url: str) -> dict[str, Any]:
    """The manifest with the addresses Slack calls. Raises BadInput as ``manifest`` does."""
    try:
        parts = urlsplit(public_url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise BadInput(
            f"Slack calls only an address that begins with https://, such as https://hanmi.example, not {public_url!r}"
        )
    address = public_url.rstrip("/") + EVENTS_PATH
    told = read()
    settings = told["settings"]
    settings["event_subscriptions"] = {"request_url": address, **settings["event_subscriptions"]}
    settings["interactivity"]["request_url"] = address
    settings["socket_mode_enabled"] = False
    for command in told["features"]["slash_commands"]:
        command["url"] = address
    return told


def read() -> dict[str, Any]:
    """The manifest for Socket Mode as a table."""
    told: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return told


def scopes() -> tuple[str, ...]:
    """The bot's scopes, in the manifest's order."""
    return tuple(read()["oauth_config"]["scopes"]["bot"])


def events() -> tuple[str, ...]:
    """The events the app is told of, in the manifest's order."""
    return tuple(read()["settings"]["event_subscriptions"]["bot_events"])


@cache
def reasons() -> dict[str, str]:
    """What each scope is for, as the manifest's comments say."""
    lines = (line.strip().removeprefix("- ").partition(" # ") for line in FILE.read_text("utf-8").splitlines())
    wanted = set(scopes())
    return {scope: reason for scope, _, reason in lines if scope in wanted}
