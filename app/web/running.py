"""From settings to a running server: a bound port, the application behind it, a clean end."""

from __future__ import annotations

import asyncio
import errno
import gc
import ipaddress
import logging
import os
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable
from types import FrameType

import click
import uvicorn

from app.assistant import Assistant
from app.errors import AppError, SettingsError
from app.opening import index_location, open_assistant, open_embeddings, server_cache
from app.settings import AppSettings
from app.slack.service import SlackService
from app.suggestions import Suggestions
from app.web.server import SUGGESTIONS_FILE, create_app
from app.web.watching import Watcher
from ingest.errors import IndexUnavailable
from ingest.sync import sync

logger = logging.getLogger(__name__)
GRACE_S = 2  # for requests under way when the server is told to stop; open event streams would hold it for ever
PORTS_TRIED = 20


class PortBusy(AppError):
    """Another process listens there."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on that port. Raises PortBusy, or AppError for an address that is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortBusy(f"port {port} is in use; choose another with --port or HANMI_PORT") from error
        raise AppError(f"cannot listen on {host}, port {port}: {error.strerror or error}") from error
    return listener


def bind_next(host: str, port: int) -> socket.socket:
    """The same on the first free port from ``port`` on, said in one line when that is another."""
    for candidate in range(port, min(port + PORTS_TRIED, 65536)):
        try:
            listener = bind(host, candidate)
        except PortBusy:
            continue
        if candidate != port:
            click.echo(f"Port {port} is in use; using {candidate}.", err=True)
        return listener
    raise PortBusy(f"ports {port} to {candidate} are in use; choose another with --port or HANMI_PORT")


def run_server(settings: AppSettings, listener: socket.socket, *, open_browser: bool = False) -> None:
    """Serve until SIGINT or SIGTERM; the address is printed once the page can be asked for."""
    port = listener.getsockname()[1]
    address = page_address(settings.host, port)
    click.echo("Opening the page …", err=True)

    def ready() -> None:
        gc.freeze()  # what is loaded now stays: the collector skips it, and the process ends 1.5 s sooner (measured)
        click.echo(f"Hanmi is at {address} (Ctrl-C ends it)")
        suggestions.questions()  # found in the background, so that they are there when the page asks
        watcher.start()
        if slack is not None:
            slack.start(lambda told: click.echo(told, err=True))
        if open_browser and has_display():
            webbrowser.open(address)

    assistant = open_or_make(settings)
    suggestions = Suggestions(assistant, settings.home / SUGGESTIONS_FILE)
    app = create_app(assistant, settings, suggestions)
    slack: SlackService | None = app.state.slack
    watcher = Watcher(assistant, settings, suggestions)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=GRACE_S, server_header=False)
    signal.signal(signal.SIGTERM, _stop)  # uvicorn raises the signal again when it has ended
    server = _Server(config, ready)
    # Requests that are cut off when the server is told to stop are no errors.
    logging.getLogger("uvicorn.error").addFilter(lambda _record: not server.should_exit)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        watcher.stop()
        if slack is not None:
            slack.stop()


def open_or_make(settings: AppSettings) -> Assistant:
    """The assistant over the index, which is made first where there is none; of a folder without articles too.

    Raises IngestError, as where there is no folder of articles.
    """
    try:
        return open_assistant(settings)
    except IndexUnavailable:
        if settings.chroma_url:
            raise
    click.echo("There is no index yet; making it …", err=True)
    report = sync(
        settings.corpus, index_location(settings), open_embeddings(settings), cache_dir=server_cache(settings)
    )
    if not report.added:
        click.echo(f"There are no articles in {settings.corpus} yet; put some there, and they are taken in.", err=True)
    return open_assistant(settings)


def refuse_strangers(settings: AppSettings) -> None:
    """Raise SettingsError where the server would be reached from other machines and nobody has said that it may."""
    if settings.insecure or is_loopback(settings.host):
        return
    raise SettingsError(
        f"{settings.host} can be reached from other machines, and Hanmi has no log-in and no encryption: anyone there "
        "could read the articles and the answers. Put a proxy with a log-in in front of 127.0.0.1, or say that it is "
        "meant with --insecure (HANMI_INSECURE=1)."
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            await asyncio.get_running_loop().run_in_executor(None, self._ready)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def page_address(host: str, port: int) -> str:
    """Where a browser on this machine finds the page: a wildcard address is reached as localhost."""
    name = "localhost" if host in ("0.0.0.0", "::", "127.0.0.1", "::1") else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/"


def has_display() -> bool:
    """Whether a browser window can open here; a terminal's browser would take the terminal away."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
