"""What stands before every request: known hosts, same-origin writes, a size limit; and the headers of each reply."""

from __future__ import annotations

import ipaddress
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import AppSettings
from app.slack.manifest import EVENTS_PATH

MAX_BODY_BYTES = 2_000_000  # of an API call; a question and a long history take a few thousand
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# Gradio's page needs inline and evaluated scripts; everything else, forms and images too, stays on this host.
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'self'; "
        "object-src 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


class Guard:
    """Refuses requests for host names that are not ours (DNS rebinding) and writes that another site's page sends."""

    def __init__(self, app: ASGIApp, settings: AppSettings) -> None:
        self._app = app
        public = _host(settings.public_url)[0]
        named = {settings.host.lower(), *(name.lower() for name in settings.allowed_hosts)}
        self._hosts = _LOOPBACK | named | ({public} if public else set())
        # Served beyond this machine, a bare address is as good as a name: rebinding needs a name.
        self._any_address = settings.host.lower() not in _LOOPBACK
        self._slack = bool(settings.slack_signing_secret)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, refused or passed on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        status, reason = self._refusal(scope, Headers(scope=scope))
        if status and scope["type"] == "http":
            await JSONResponse({"error": reason}, status)(scope, receive, _with_headers(send))
        elif status:
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._app(scope, receive, _with_headers(send))

    def _refusal(self, scope: MutableMapping[str, Any], headers: Headers) -> tuple[int, str]:
        """Status and reason; (0, "") where the request may pass."""
        host = headers.get("host", "")
        # Slack signs what it sends: the name that it reaches us by, a tunnel's say, proves nothing more.
        signed = self._slack and scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == EVENTS_PATH
        if not (signed or self._known(_host(f"//{host}")[0])):
            return 403, "this host name is not known here; add it to HANMI_ALLOWED_HOSTS"
        origin = headers.get("origin")
        if origin is not None and _host(origin) != _host(f"//{host}"):
            return 403, "a page of another site may not ask here"
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith(("/api/", EVENTS_PATH)):
            length = headers.get("content-length", "")
            if not length.isdigit():
                return 411, "the request must say its length"
            if int(length) > MAX_BODY_BYTES:
                return 413, f"the request is longer than {MAX_BODY_BYTES:,} bytes"
        return 0, ""

    def _known(self, name: str) -> bool:
        return name in self._hosts or (self._any_address and _is_address(name))


def _host(address: str) -> tuple[str, int | None]:
    """Host name in lower case and port; ("", None) for what is no address, such as the origin "null"."""
    try:
        parts = urlsplit(address)
        return parts.hostname or "", parts.port
    except ValueError:
        return "", None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
        await send(message)

    return send_with_headers
