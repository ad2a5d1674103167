"""The page under the address of an answer: /a/{id} shows what "/" shows, and the script reads the address."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

_ANSWER = re.compile(r"/a/[0-9a-f-]{1,64}/?")
_BELOW = re.compile(r"/a(/.+)")


class Permalinks:
    """Serves /a/{id} as "/", and what the page asks for relative to its address as if it lay at "/"."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, under its other path where it has one."""
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            path = scope["path"]
            below = _BELOW.fullmatch(path)
            path = "/" if _ANSWER.fullmatch(path) else below[1] if below else path
            if path != scope["path"]:
                scope = {**scope, "path": path, "raw_path": path.encode()}
        await self._app(scope, receive, send)
