"""Slack beside the page in one process: connected in the background, tried again until Slack can be reached."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from app.assistant import Assistant
from app.errors import AppError, SettingsError
from app.settings import AppSettings
from app.store import Store
from app.suggestions import Suggestions

if TYPE_CHECKING:
    from app.slack.application import SlackApp

logger = logging.getLogger(__name__)
AGAIN_S = 30.0  # between attempts to reach Slack
FIRST_WAIT_S = 2.0  # of a request that comes before Slack is connected; Slack wants an answer in 3 s
DOORS = 16  # requests over HTTP at a time; each takes milliseconds


class Reply(NamedTuple):
    """What an HTTP request of Slack's gets."""

    status: int
    headers: Mapping[str, str]
    body: str


class SlackService:
    """Hanmi in Slack as a part of ``hanmi serve``; nothing of Slack is loaded before ``start``."""

    def __init__(
        self, assistant: Assistant, settings: AppSettings, store: Store, suggestions: Suggestions | None
    ) -> None:
        self._parts = (assistant, settings, store, suggestions)
        self._settings = settings
        self._app: SlackApp | None = None
        self._connected = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        # Doors of its own: the page's threads may all be at work on answers.
        self.doors = ThreadPoolExecutor(DOORS, "hanmi-slack-http")

    def start(self, say: Callable[[str], None] = logger.info) -> None:
        """Connect in the background, once; ``say`` is told how it went."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._connect, args=(say,), name="hanmi-slack-start", daemon=True
                )
                self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=1)
        if self._app is not None:
            self._app.close()
        self.doors.shutdown(wait=False, cancel_futures=True)

    def take(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """What Slack has sent over HTTP: 401 unless it is signed, 503 while Slack is not connected.

        400 for what cannot be of Slack's: Bolt reads the body before it looks at the signature.
        """
        self.start()
        if not self._connected.wait(FIRST_WAIT_S) or self._app is None:
            return Reply(503, {}, "")
        from slack_bolt import BoltRequest

        try:
            request = BoltRequest(body=body.decode(), headers=dict(headers))
        except (ValueError, TypeError, AttributeError, RecursionError):  # no UTF-8, no JSON, or none of this shape
            return Reply(400, {}, "")
        response = self._app.bolt.dispatch(request)
        return Reply(response.status, response.first_headers_without_set_cookie(), str(response.body or ""))

    def _connect(self, say: Callable[[str], None]) -> None:
        from app.slack.application import SlackUnavailable

        while not self._stopping.is_set():
            try:
                app = self._connected_app()
                if self._stopping.is_set():
                    app.close()
                    return
                self._app = app
                self._connected.set()
                say(f"Hanmi is in Slack: {app.name}")
                if not self._settings.slack_days:
                    say(kept_for(self._settings))
                return
            except SlackUnavailable as error:
                logger.warning("%s", error)
                self._stopping.wait(AGAIN_S)
            except AppError as error:
                say(f"Hanmi is not in Slack: {error}")
                return
            except Exception:
                logger.exception("Slack could not be connected")
                return

    def _connected_app(self) -> SlackApp:
        from app.slack.application import SlackApp

        app = SlackApp(*self._parts)
        try:
            if self._settings.slack_app_token:
                app.start_socket()
        except AppError:
            app.close()
            raise
        return app


def wants_slack(settings: AppSettings) -> bool:
    """Whether Slack is set up: a bot token, and one of the two ways in which events come.

    Raises SettingsError for a half of it, which would do nothing without a word.
    """
    token = bool(settings.slack_bot_token)
    way = bool(settings.slack_app_token or settings.slack_signing_secret)
    if token and not way:
        raise SettingsError(
            "HANMI_SLACK_BOT_TOKEN is set, but neither HANMI_SLACK_APP_TOKEN (Socket Mode) nor"
            " HANMI_SLACK_SIGNING_SECRET (events over HTTP); set one of them, or none of the three"
        )
    if way and not token:
        raise SettingsError(
            "HANMI_SLACK_BOT_TOKEN is missing, while HANMI_SLACK_APP_TOKEN or HANMI_SLACK_SIGNING_SECRET is set; set"
            " it, or none of the three"
        )
    return token


def kept_for(settings: AppSettings) -> str:
    """How long what is asked in Slack is kept, and what does not work without that."""
    if settings.slack_days:
        return (
            f"Questions and answers are kept for {settings.slack_days} days (HANMI_SLACK_DAYS); `hanmi slack --forget"
            " USER` forgets somebody's."
        )
    return (
        "HANMI_SLACK_DAYS is 0: nothing is written down. After a restart, threads have to begin anew with a mention, "
        "buttons of earlier answers do nothing, channels are as hanmi.toml says, and an event that Slack repeats is "
        "answered again; answers are not on the page, and thumbs are not kept."
    )
