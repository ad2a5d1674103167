"""The page's own scripts, styles and pictures, under addresses that change with their content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

FOLDER = Path(__file__).with_name("static")
MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".json": "application/json",
}
_FOR_EVER = "public, max-age=31536000, immutable"


def static_address(name: str) -> str:
    """The address of a file in ``static/``: "page.js" → "/static/page.js?v=1f3a…"."""
    return f"/static/{name}?v={_digest(name, (FOLDER / name).stat().st_mtime_ns)}"


def add_static_files(app: FastAPI) -> None:
    """GET /static/{name}: kept by a browser for a year under its present address, asked for again under any other."""

    @app.get("/static/{name}", response_model=None)
    def static(name: str, request: Request) -> Response:
        media_type = MEDIA_TYPES.get(Path(name).suffix)
        file = FOLDER / name
        if media_type is None or Path(name).name != name or not file.is_file():
            return JSONResponse({"error": "there is no such file"}, 404)
        current = request.query_params.get("v") == _digest(name, file.stat().st_mtime_ns)
        headers = {"cache-control": _FOR_EVER if current else "no-cache"}
        return Response(file.read_bytes(), media_type=media_type, headers=headers)


@cache
def _digest(name: str, _modified: int) -> str:
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]
