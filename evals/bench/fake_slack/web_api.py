"""The endpoints an app calls: ``/api/METHOD`` with tokens, scopes and scripted failures, and ``response_url``s."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from evals.bench.fake_slack.limits import message_faults
from evals.bench.fake_slack.lookups import Args, Refused, refuse_faults
from evals.bench.fake_slack.methods import METHODS, Method, scope_of
from evals.bench.fake_slack.rates import Rates
from evals.bench.fake_slack.workspace import BOT_USER, ResponseUrl, Workspace

# Of the right form, and no secrets of anybody.
BOT_TOKEN: Final = "xoxb-1111111111-2222222222-TheFakeWorkspacesBot"
APP_TOKEN: Final = "xapp-1-A0HANMI01-3333333333-" + "0" * 64
CONFIG_TOKEN: Final = "xoxe.xoxp-1-TheFakeWorkspacesConfiguration"
# What the app is granted: no more than its manifest asks for (tests/app/slack/test_journeys.py compares them).
SCOPES: Final = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "chat:write",
    "commands",
    "groups:history",
    "im:history",
    "mpim:history",
    "reactions:write",
    "users:read",
)
_JSON_FIELDS: Final = {"attachments", "blocks", "chunks", "loading_messages", "metadata", "prompts", "view"}


@dataclass(frozen=True)
class Failure:
    """What a call gets instead of its answer."""

    status: int = 200
    error: str = "fatal_error"
    retry_after: int | None = None  # seconds
    delay_s: float = 0.0  # before it is answered
    done: bool = False  # the call has its effect and only its answer is lost


def rate_limited(retry_after: int = 1) -> Failure:
    """429 as Slack sends it."""
    return Failure(429, "ratelimited", retry_after)


@dataclass(frozen=True)
class Call:
    """A call of the Web API, or a post to a response_url, as it came in and what it got."""

    method: str
    args: Args
    answer: Mapping[str, Any]
    status: int
    at: float  # time.monotonic()
    faults: tuple[str, ...] = ()
    scripted: bool = False  # or called too often

    @property
    def ok(self) -> bool:
        """Whether Slack did it."""
        return bool(self.answer.get("ok"))


@dataclass
class WebApi:
    """The endpoints; ``changed`` is the lock of everything and is notified after each call."""

    workspace: Workspace
    changed: threading.Condition
    link_url: Callable[[], str]
    calls: list[Call] = field(default_factory=list)
    # By method, the next calls' answers; None: that one goes through.
    failures: dict[str, list[Failure | None]] = field(default_factory=dict)
    rates: Rates | None = None  # None: as often as the app likes
    latency_s: float = 0.0  # of every call
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    manifest: dict[str, Any] = field(default_factory=dict)  # that apps.manifest.export gives

    async def call(self, request: Request) -> Response:
        """Answer ``/api/METHOD``."""
        name = request.path_params["method"]
        args = await _arguments(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or args.get("token", "")
        failure = self._next_failure(name) or self._limited(name, args)
        await asyncio.sleep(self.latency_s + (failure.delay_s if failure else 0))
        with self.changed:
            answer: dict[str, Any] = {"ok": False, "error": failure.error} if failure else {}
            faults: tuple[str, ...] = ()
            if failure is None or failure.done:
                try:
                    done = self._run(name, args, token)
                    answer = answer or {"ok": True, **done}
                except Refused as refused:
                    faults = refused.messages
                    told = {"response_metadata": {"messages": list(faults)}} if faults else {}
                    answer = {"ok": False, "error": refused.code, **refused.more, **told}
            status = failure.status if failure else 200
            self.calls.append(Call(name, args, answer, status, time.monotonic(), faults, scripted=failure is not None))
            self.changed.notify_all()
        headers = {"x-oauth-scopes": ",".join(sorted(self.scopes))}
        if failure and failure.retry_after is not None:
            headers["retry-after"] = str(failure.retry_after)
        return JSONResponse(answer, status, headers)

    async def respond(self, request: Request) -> Response:
        """Answer a post to a response_url."""
        key = request.path_params["key"]
        args = await _arguments(request)
        failure = self._next_failure("response_url")
        await asyncio.sleep(self.latency_s + (failure.delay_s if failure else 0))
        with self.changed:
            answer: dict[str, Any] = {"ok": False, "error": failure.error} if failure else {"ok": True}
            faults: tuple[str, ...] = ()
            if failure is None:
                try:
                    self._respond(key, args)
                except Refused as refused:
                    answer = {"ok": False, "error": refused.code}
                    faults = refused.messages
            status = failure.status if failure else 200 if answer["ok"] else 404
            call = Call("response_url", args, answer, status, time.monotonic(), faults, scripted=failure is not None)
            self.calls.append(call)
            self.changed.notify_all()
        return PlainTextResponse("ok") if answer["ok"] else JSONResponse(answer, status)

    def show_acknowledgement(self, body: str, channel: str, user: str) -> None:
        """Write what the acknowledgement of a slash command says."""
        try:
            said = json.loads(body)
        except ValueError:
            said = body
        with self.changed:
            key = self.workspace.new_id("r")
            self.workspace.response_urls[key] = ResponseUrl(channel, user)
            self._respond(key, said if isinstance(said, dict) else {"text": body})
            self.changed.notify_all()

    def _limited(self, name: str, args: Args) -> Failure | None:
        with self.changed:
            wait_s = self.rates.retry_after(name, str(args.get("channel"))) if self.rates else None
        return None if wait_s is None else rate_limited(wait_s)

    def _next_failure(self, name: str) -> Failure | None:
        with self.changed:
            waiting = self.failures.get(name) or self.failures.get("*")
            return waiting.pop(0) if waiting else None

    def _run(self, name: str, args: Args, token: str) -> dict[str, Any]:
        if not token:
            raise Refused("not_authed")
        if token not in (BOT_TOKEN, APP_TOKEN, CONFIG_TOKEN):
            raise Refused("invalid_auth")
        if name == "apps.connections.open":
            if token != APP_TOKEN:
                raise Refused("not_allowed_token_type")
            return {"url": self.link_url()}
        if name == "apps.manifest.export":
            if token != CONFIG_TOKEN:
                raise Refused("not_allowed_token_type")
            return {"manifest": self.manifest}
        method = METHODS.get(name)
        if method is None:
            raise Refused("unknown_method", name)
        if token != BOT_TOKEN:
            raise Refused("not_allowed_token_type")
        self._refuse_without_scope(method, args)
        return method.run(self.workspace, args)

    def _refuse_without_scope(self, method: Method, args: Args) -> None:
        scope = scope_of(method, self.workspace, args)
        if scope and scope not in self.scopes:
            raise Refused("missing_scope", scope, needed=scope, provided=",".join(sorted(self.scopes)))

    def _respond(self, key: str, args: Args) -> None:
        url = self.workspace.response_urls.get(key)
        if url is None or not url.uses:
            raise Refused("used_url" if url else "expired_url")
        url.uses -= 1
        if args.get("delete_original"):
            if url.message:
                self.workspace.messages.pop((url.channel, url.message.ts), None)
            return
        text, blocks = args.get("text") or "", args.get("blocks") or []
        refuse_faults(message_faults(text, blocks))
        if args.get("replace_original") and url.message:
            url.message.text, url.message.blocks, url.message.edited = text, blocks, True
            return
        only_for = None if args.get("response_type") == "in_channel" else url.user
        thread = args.get("thread_ts") or (url.message.thread_ts if url.message else None)
        self.workspace.write(
            url.channel, BOT_USER, text, blocks=blocks, only_for=only_for, thread_ts=thread, by_url=True
        )


async def _arguments(request: Request) -> dict[str, Any]:
    """Query, form or JSON; the SDK sends JSON's content type with an empty body."""
    body = await request.body()
    args: dict[str, Any] = dict(request.query_params)
    if "json" in request.headers.get("content-type", ""):
        args |= json.loads(body) if body else {}
    else:
        args |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    for name in _JSON_FIELDS & args.keys():
        if isinstance(args[name], str):
            try:
                args[name] = json.loads(args[name])
            except ValueError:
                args[name] = [f"no JSON: {args[name]:.100}"]
    # The SDK leaves out what is None; another client may not.
    return {name: value for name, value in args.items() if value is not None}
