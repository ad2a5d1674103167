"""``hanmi slack --check``: whether Slack lets Hanmi do what it is for, and where to click if not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Literal

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from app.errors import BadInput, SettingsError
from app.settings import AppSettings, Secret, variable
from app.slack.clients import library_logger
from app.slack.manifest import events, over_http, read, reasons, scopes
from app.slack.preferences import admin_ids, read_table

TIMEOUT_S = 15
APPS = "https://api.slack.com/apps"
_SIGNS = {"ok": "✓", "missing": "✗", "note": "·"}
_KINDS = {
    "xoxb-": "a bot token",
    "xoxp-": "a user token",
    "xapp-": "an app-level token",
    "xoxe.xoxp-": "an app configuration token",
    "xoxe-": "a refresh token",
    "xoxe.xoxb-": "a bot token that expires: switch token rotation off under OAuth & Permissions",
}
_REFUSALS = {
    "account_inactive": "the app is no longer installed: Install App",
    "token_revoked": "it was revoked: Install App gives a new one",
    "token_expired": "it has expired: make a new one",
    "invalid_auth": "Slack does not know it: copy it again, whole",
    "ratelimited": "Slack was asked too often: wait a minute",
}
_PASTE = "App Manifest: paste what `hanmi slack --manifest` prints, Save Changes; then Install App, Reinstall"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: in order, missing (with what to do), or a note on what could not be seen."""

    state: Literal["ok", "missing", "note"]
    text: str

    def __str__(self) -> str:
        return f"{_SIGNS[self.state]} {self.text}"


@dataclass(frozen=True)
class _Reply:
    """What a method answered; ``error`` is Slack's code, or a sentence where nothing answered; "" when it went well."""

    error: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def check(settings: AppSettings) -> list[Finding]:
    """What is in order and what is missing, in the order of setting it up; tokens are used and never shown.

    Asks Slack at ``slack_api_url``; nothing in the workspace is changed. A fault is a finding and is not raised.
    """
    bot = _ask(settings, settings.slack_bot_token, "auth.test") if _well_formed(settings, "slack_bot_token") else None
    found = [*_channel_settings(settings), *_bot_token(settings, bot)]
    if bot is not None and not bot.error:
        found += _scopes(bot)
    found += _transport(settings)
    return found + list(_app(settings, bot or _Reply("no bot token")))


def _ask(settings: AppSettings, token: Secret, method: str, **arguments: str) -> _Reply:
    base = settings.slack_api_url.rstrip("/") + "/"
    client = WebClient(token=token.value, base_url=base, timeout=TIMEOUT_S, retry_handlers=[], logger=library_logger())
    try:
        answer = client.api_call(method, params=arguments)
    except SlackApiError as error:
        return _Reply(str(error.response.get("error") or "no reason given"))
    except (SlackClientError, HTTPException, OSError, ValueError) as error:
        return _Reply(f"{base} does not answer: {type(error).__name__}")
    headers = {name.lower(): str(value) for name, value in answer.headers.items()}
    return _Reply("", answer.data if isinstance(answer.data, dict) else {}, headers)


def _refusal(error: str) -> str:
    return f"{_REFUSALS[error]} ({error})" if error in _REFUSALS else error


def _channel_settings(settings: AppSettings) -> Iterator[Finding]:
    try:
        read_table(settings.slack_channels)
        admin_ids(settings.slack_admins)
    except SettingsError as error:
        yield Finding("missing", str(error))


_BEGINS = {"slack_bot_token": "xoxb-", "slack_app_token": "xapp-", "slack_config_token": "xoxe.xoxp-"}


def _well_formed(settings: AppSettings, name: str) -> bool:
    token: Secret = getattr(settings, name)
    return token.value.startswith(_BEGINS[name])


def _ill_formed(settings: AppSettings, name: str) -> Finding:
    value = getattr(settings, name).value
    kind = next((f"; it is {kind}" for begin, kind in _KINDS.items() if value.startswith(begin)), "")
    return Finding("missing", f"{variable(name)} does not begin with {_BEGINS[name]}{kind}")


def _bot_token(settings: AppSettings, bot: _Reply | None) -> Iterator[Finding]:
    name = variable("slack_bot_token")
    if not settings.slack_bot_token:
        yield Finding("missing", f"{name} is not set. {APPS}, your app, Install App: the Bot User OAuth Token, xoxb-…")
    elif bot is None:
        yield _ill_formed(settings, "slack_bot_token")
    elif bot.error:
        yield Finding("missing", f"{name}: {_refusal(bot.error)}")
    else:
        yield Finding("ok", f"Bot token: @{bot.data.get('user')} in {bot.data.get('team')} ({bot.data.get('url')})")


def _scopes(bot: _Reply) -> Iterator[Finding]:
    if "x-oauth-scopes" not in bot.headers:
        yield Finding("note", "Slack did not say which scopes the bot has.")
        return
    held = {scope.strip() for scope in bot.headers["x-oauth-scopes"].split(",")} - {""}
    lacking = [f"{scope} ({reasons()[scope]})" for scope in scopes() if scope not in held]
    if lacking:
        where = f"{APPS}, your app, OAuth & Permissions, Bot Token Scopes; then Install App, Reinstall"
        yield Finding("missing", f"Scopes that are missing: {'; '.join(lacking)}. {where}.")
    else:
        yield Finding("ok", f"Scopes: all {len(scopes())}")
    if spare := sorted(held - set(scopes())):
        yield Finding("note", f"Scopes that Hanmi does not use and that may go: {', '.join(spare)}")


def _transport(settings: AppSettings) -> Iterator[Finding]:
    if not settings.slack_app_token and not settings.slack_signing_secret:
        yield Finding(
            "missing",
            f"Neither {variable('slack_app_token')} nor {variable('slack_signing_secret')} is set. {APPS}, your app,"
            " Basic Information: App-Level Tokens, Generate Token and Scopes with connections:write (Socket Mode), or"
            " App Credentials, Signing Secret (HTTP).",
        )
    if settings.slack_app_token:
        yield _socket_mode(settings)
    if settings.slack_signing_secret:
        yield from _http(settings)


def _socket_mode(settings: AppSettings) -> Finding:
    if not _well_formed(settings, "slack_app_token"):
        return _ill_formed(settings, "slack_app_token")
    error = _ask(settings, settings.slack_app_token, "apps.connections.open").error
    if not error:
        return Finding("ok", "App-level token: Socket Mode connects")
    return Finding(
        "missing",
        f"{variable('slack_app_token')}: {_refusal(error)}. {APPS}, your app, Basic Information, App-Level Tokens: it"
        " needs the scope connections:write; Socket Mode has to be on (Socket Mode, Enable)",
    )


def _http(settings: AppSettings) -> Iterator[Finding]:
    name = variable("slack_signing_secret")
    if not re.fullmatch(r"[0-9a-f]{32}", settings.slack_signing_secret.value):
        yield Finding(
            "missing", f"{name} is not 32 digits of 0–9 and a–f. {APPS}, your app, Basic Information, App Credentials"
        )
    else:
        yield Finding("note", "Signing secret: well formed. Only a request of Slack's shows whether it is the app's.")
    if settings.slack_app_token:
        return
    try:
        over_http(settings.public_url)
    except BadInput as error:
        yield Finding("missing", f"{variable('public_url')}: {error}")


def _app(settings: AppSettings, bot: _Reply) -> Iterator[Finding]:
    """What only the app's own manifest shows: events, command, shortcut, switches."""
    if not settings.slack_config_token:
        yield Finding(
            "note",
            f"Subscriptions could not be looked at without {variable('slack_config_token')} ({APPS}, Your App"
            f" Configuration Tokens, Generate Token; it is good for twelve hours). Under Event Subscriptions there have"
            f" to be {', '.join(events())}; under Slash Commands /hanmi; under Interactivity & Shortcuts the shortcut"
            " hanmi_ask.",
        )
        return
    if not _well_formed(settings, "slack_config_token"):
        yield _ill_formed(settings, "slack_config_token")
        return
    app_id = _app_id(settings, bot)
    if not app_id:
        yield Finding("note", "Subscriptions could not be looked at: the app's id is not known without its tokens.")
        return
    answer = _ask(settings, settings.slack_config_token, "apps.manifest.export", app_id=app_id)
    if answer.error:
        yield Finding("missing", f"{variable('slack_config_token')}: {_refusal(answer.error)}")
        return
    wrong = list(_differences(settings, answer.data.get("manifest") or {}))
    for each in wrong:
        yield Finding("missing", each)
    if not wrong:
        yield Finding("ok", "Subscriptions, command and shortcut: as in the manifest")


def _app_id(settings: AppSettings, bot: _Reply) -> str:
    """The app's id: it stands in the app-level token; else the bot's own record has it."""
    if found := re.match(r"xapp-\d-(A[A-Z0-9]+)-", settings.slack_app_token.value):
        return found[1]
    if bot.error:
        return ""
    record = _ask(settings, settings.slack_bot_token, "bots.info", bot=str(bot.data.get("bot_id"))).data
    return str((record.get("bot") or {}).get("app_id") or "")


def _differences(settings: AppSettings, told: Mapping[str, Any]) -> Iterator[str]:
    """What the app lacks of the manifest, a sentence each, with where to click."""
    features, switches = told.get("features") or {}, told.get("settings") or {}
    wanted = _wanted(settings)
    subscribed = switches.get("event_subscriptions") or {}
    lacking = [event for event in events() if event not in (subscribed.get("bot_events") or ())]
    if lacking:
        yield f"Events that are missing: {', '.join(lacking)}. Event Subscriptions, bot events; or {_PASTE}"
    commands = {each.get("command"): each for each in features.get("slash_commands") or ()}
    if "/hanmi" not in commands:
        yield f"The command /hanmi is missing. Slash Commands, Create New Command; or {_PASTE}"
    if "hanmi_ask" not in [each.get("callback_id") for each in features.get("shortcuts") or ()]:
        yield f"The message shortcut hanmi_ask is missing. Interactivity & Shortcuts, Create New Shortcut; or {_PASTE}"
    interactivity = switches.get("interactivity") or {}
    if not interactivity.get("is_enabled"):
        yield "Buttons do not work: Interactivity & Shortcuts, Interactivity, On"
    tab = features.get("app_home") or {}
    if not tab.get("messages_tab_enabled") or tab.get("messages_tab_read_only_enabled"):
        yield "Nobody can write to Hanmi: App Home, Messages Tab, and allow users to send messages from it"
    if "agent_view" not in features:
        yield f"Hanmi is no agent there, so it cannot suggest questions: {_PASTE}"
    if bool(switches.get("socket_mode_enabled")) != wanted["settings"]["socket_mode_enabled"]:
        yield f"Socket Mode has to be {'on' if settings.slack_app_token else 'off'}: Socket Mode, Enable Socket Mode"
    address = wanted["settings"]["event_subscriptions"].get("request_url")
    given = {"Event Subscriptions": subscribed.get("request_url")}
    given |= {"Interactivity & Shortcuts": interactivity.get("request_url")}
    given |= {"Slash Commands": (commands.get("/hanmi") or {}).get("url")}
    for place, url in given.items():
        if address and url != address:
            yield f"{place}: the Request URL has to be {address}" + (f", not {url}" if url else "")


def _wanted(settings: AppSettings) -> dict[str, Any]:
    """The manifest this installation goes with; without a usable address what can be told without one."""
    if settings.slack_app_token:
        return read()
    try:
        return over_http(settings.public_url)
    except BadInput:
        told = read()
        told["settings"]["socket_mode_enabled"] = False
        return told
