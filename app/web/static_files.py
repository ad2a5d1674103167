"""The page's own scripts, styles and pictures, under addresses that change with their content."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
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


_IMPORT = re.compile(r'(?<=from "\./)([\w-]+\.js)(?=")')


def static_address(name: str) -> str:
    """The address of a file in ``static/``: "page.js" → "/static/page.js?v=1f3a…"."""
    return f"/static/{name}?v={_version()}"


def add_static_files(app: FastAPI) -> None:
    """GET /static/{name}: kept by a browser for a year under its present address, asked for again under any other.

    A script names the others by their present addresses too, so that after an upgrade none of an older one is used.
    """

    @app.get("/static/{name}", response_model=None)
    def static(name: str, request: Request) -> Response:
        media_type = MEDIA_TYPES.get(Path(name).suffix)
        file = FOLDER / name
        if media_type is None or Path(name).name != name or not file.is_file():
            return JSONResponse({"error": "there is no such file"}, 404)
        headers = {"cache-control": _FOR_EVER if request.query_params.get("v") == _version() else "no-cache"}
        content = file.read_bytes()
        if file.suffix == ".js":
            content = _IMPORT.sub(rf"\1?v={_version()}", content.decode("utf-8")).encode("utf-8")
        return Response(content, media_type=media_type, headers=headers)


def _version() -> str:
    """The same as long as no file in ``static/`` changes: a script's address stands for what it imports too."""
    files = sorted(file for file in FOLDER.iterdir() if file.suffix in MEDIA_TYPES)
    return _digest(tuple((file, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=8)
def _digest(files: tuple[tuple[Path, int], ...]) -> str:
    digest = hashlib.sha256()
    for file, _modified in files:
        digest.update(f"{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:12]
