"""Servers for the tests in a browser: in this process, on a free port, stopped and started like a real one."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import uvicorn

from app.settings import load_settings
from app.web.running import bind
from app.web.server import create_app
from tests.ports import free_port


class Site:
    """A served page; ``address`` stays the same when it is stopped and started again."""

    def __init__(self, assistant: Any, home: Path, suggestions: Any = None, **settings: Any) -> None:
        self.assistant, self.home, self._suggestions = assistant, home, suggestions
        self._settings = settings
        self.port = free_port()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> Site:
        listener = bind("127.0.0.1", self.port)
        self.port = listener.getsockname()[1]
        settings = load_settings({"home": self.home, "watch": 0, **self._settings}, {})
        app = create_app(self.assistant, settings, self._suggestions)
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(60)
        self._server = None
