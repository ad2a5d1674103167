"""The Slack app: connected to one workspace, with workers that answer and what was left unanswered taken up again."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any

from filelock import FileLock, Timeout
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.assistant import Assistant
from app.errors import AppError, SettingsError
from app.settings import AppSettings
from app.slack.actions import Actions
from app.slack.answering import Answering
from app.slack.asking import Question
from app.slack.clients import Clients, error_of, host_of, library_logger
from app.slack.listeners import Listeners
from app.slack.memory import FILE, Memory, UnderWay
from app.slack.people import People
from app.slack.preferences import ChannelPreferences, admin_ids
from app.slack.queue import CAPACITY, FairQueue
from app.slack.streaming import CALL_ERRORS
from app.store import Store, StoreUnavailable
from app.suggestions import Suggestions

logger = logging.getLogger(__name__)
WORKERS = 8  # more than cores: most of an answer's time in Slack is calls to Slack, or to a model
CHORES = 4
RESUMED_S = 15 * 60  # a question that was asked longer ago is not answered any more after a restart
STARTS = 2  # nor one that was begun twice: it may be what ended the process
CLOSING_S = 5.0  # for answers under way when the app is closed
LOOK_S = 3600.0  # between looks for what has had its time


class SlackUnavailable(AppError):
    """Slack cannot be reached; later it may."""


class SlackApp:
    """Hanmi in one workspace; ``close`` ends it."""

    def __init__(
        self, assistant: Assistant, settings: AppSettings, store: Store, suggestions: Suggestions | None = None
    ) -> None:
        """Connected, but for Socket Mode; what was under way when the last one ended is answered now.

        Raises SettingsError for a token or a table that is of no use, SlackUnavailable, StoreUnavailable.
        """
        admin_ids(settings.slack_admins)
        self.settings = settings
        self.memory = Memory(settings.home / FILE, settings.slack_days)
        self._store = store
        preferences = ChannelPreferences(settings.slack_channels, self.memory)
        clients = Clients(settings)
        self._me = _who_we_are(clients)
        bot = str(self._me["user_id"])
        people = People(clients.posting)
        self._answering = Answering(clients, assistant, settings, store, self.memory, preferences, people, bot)
        actions = Actions(
            *(clients, assistant, settings, store, self.memory, preferences, people, suggestions),
            public_url=self._answering.public_url,
        )
        self._queue: FairQueue[Question] = FairQueue(capacity=CAPACITY)
        self._chores = ThreadPoolExecutor(CHORES, "hanmi-slack-chore")
        self._shown: dict[str, tuple[str, ...]] = {}  # of questions from before a restart: messages with a part
        self._stopping = threading.Event()
        self._lock = FileLock(settings.home / "slack.lock", thread_local=False)
        self._socket: SocketModeHandler | None = None
        self.bolt = self._make_bolt()
        Listeners(bot, self.memory, preferences, self._queue, actions, self._chore).add_to(self.bolt)
        self._forget_the_old()
        self._forget_what_may_not_be_kept()
        self._take_up()
        self._threads = [threading.Thread(target=self._work, name="hanmi-slack", daemon=True) for _ in range(WORKERS)]
        self._threads.append(threading.Thread(target=self._look_after, name="hanmi-slack-days", daemon=True))
        for thread in self._threads:
            thread.start()

    @property
    def name(self) -> str:
        """Who Hanmi is in which workspace: "@hanmi in Newsroom"."""
        return f"@{self._me.get('user', 'hanmi')} in {self._me.get('team', 'Slack')}"

    def start_socket(self) -> None:
        """Open the connection over which Slack sends events; it is opened anew whenever it breaks.

        Raises SettingsError for an app-level token of no use, SlackUnavailable.
        """
        handler = SocketModeHandler(
            self.bolt, self.settings.slack_app_token.value, logger=library_logger(), web_client=self._bare_client()
        )
        try:
            handler.client.connect()
        except CALL_ERRORS as error:
            handler.client.close()
            raise _unusable(error, "HANMI_SLACK_APP_TOKEN", self.settings) from error
        self._socket = handler

    def close(self) -> None:
        """Take nothing more, wait a moment for answers under way; the rest is for the next start.

        Where nothing is kept there is no next start that knows of them: then they are said to be interrupted.
        """
        self._stopping.set()
        if self._socket is not None:
            _close(self._socket)
        self._queue.close()
        deadline = time.monotonic() + CLOSING_S
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))
        if not self.memory.lasts:
            told = [self._chores.submit(self._interrupt, left) for left in self.memory.under_way()]
            wait(told, timeout=CLOSING_S)
        self._chores.shutdown(wait=True, cancel_futures=True)
        self.memory.close()
        self._lock.release()

    def _make_bolt(self) -> App:
        me = self._me
        result = AuthorizeResult(
            enterprise_id=me.get("enterprise_id"),
            team_id=me.get("team_id"),
            bot_user_id=me["user_id"],
            bot_id=me.get("bot_id"),
            bot_token=self.settings.slack_bot_token.value,
        )

        # With an authorize of our own Bolt asks Slack nothing on the way to an acknowledgement, and does not turn to
        # OAuth when variables of another app lie around.
        def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
            return result

        return App(
            client=self._bare_client(),
            authorize=authorize,
            signing_secret=self.settings.slack_signing_secret.value,
            process_before_response=True,  # acknowledged is what is in the queue, and kept
            attaching_conversation_kwargs_enabled=False,
            logger=library_logger(),
        )

    def _bare_client(self) -> WebClient:
        """Without a token: Bolt has its own way to it."""
        return WebClient(base_url=self._answering.clients.posting.base_url, logger=library_logger())

    def _chore(self, what: Callable[..., None], *arguments: Any) -> None:  # noqa: ANN401 - whatever it takes
        def do() -> None:
            try:
                what(*arguments)
            except (AppError, *CALL_ERRORS) as error:
                logger.warning("Slack did not do what was asked of it: %s", error_of(error))
            except Exception:
                logger.exception("a chore in Slack failed")

        if not self._stopping.is_set():
            self._chores.submit(do)

    def _work(self) -> None:
        while (question := self._queue.get()) is not None:
            try:
                self._answer(question)
            except Exception:
                logger.exception("a worker's fault")
            finally:
                self._queue.done(question)

    def _answer(self, question: Question) -> None:
        self._kept(self.memory.begun, question.key)
        self._answering.answer(question, self._shown.pop(question.key, ()))
        self._kept(self.memory.done, question.key)

    def _kept(self, keep: Callable[[str], None], key: str) -> None:
        try:
            keep(key)
        except StoreUnavailable as error:
            logger.warning("%s", error)

    def _take_up(self) -> None:
        """Queue what was not answered when the process ended, or say that it was interrupted."""
        if not self.memory.lasts:
            return
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            logger.warning("another process answers in Slack from %s; it keeps what it has begun", self.settings.home)
            return
        for left in self.memory.under_way():
            question = _read(left)
            if question is not None and left.starts < STARTS and time.time() - question.at < RESUMED_S:
                self._shown[question.key] = left.messages
                self._queue.put(question, in_any_case=True)
            else:
                self._chore(self._interrupt, left)

    def _interrupt(self, left: UnderWay) -> None:
        question = _read(left)
        if question is not None:
            self._answering.interrupt(question, left.messages)
        self._kept(self.memory.done, left.key)

    def _forget_what_may_not_be_kept(self) -> None:
        """With 0 days, what lies there from a time when it was kept."""
        file = self.settings.home / FILE
        if self.memory.lasts or not file.exists():
            return
        before = Memory(file, days=1)
        try:
            self._store.forget(before.forget_all())
        except StoreUnavailable as error:
            logger.warning("what was kept before could not be forgotten: %s", error)
        finally:
            before.close()

    def _look_after(self) -> None:
        while not self._stopping.wait(LOOK_S):
            self._forget_the_old()

    def _forget_the_old(self) -> None:
        try:
            self._store.forget(self.memory.purge())
        except StoreUnavailable as error:
            logger.warning("%s", error)


def _close(handler: SocketModeHandler) -> None:
    """Close the connection; its reader is woken, who would wait for three more seconds for something to come."""
    handler.client.auto_reconnect_enabled = False
    session = handler.client.current_session
    if session is not None and session.sock is not None:
        with suppress(OSError):
            session.sock.shutdown(socket.SHUT_RDWR)
    handler.client.close()


def _read(left: UnderWay) -> Question | None:
    """The question as it was kept; None where another version kept it in another form."""
    try:
        return Question(**left.job)
    except TypeError:
        return None


def _who_we_are(clients: Clients) -> dict[str, Any]:
    try:
        return dict(clients.posting.auth_test().data)  # type: ignore[arg-type]  # JSON, never bytes
    except CALL_ERRORS as error:
        raise _unusable(error, "HANMI_SLACK_BOT_TOKEN", clients.settings) from error


def _unusable(error: Exception, token: str, settings: AppSettings) -> AppError:
    """What to say where Slack refuses a token or does not answer."""
    if isinstance(error, SlackApiError) and error_of(error) not in ("ratelimited", "internal_error", "fatal_error"):
        return SettingsError(f"Slack refuses {token} ({error_of(error)}); `hanmi slack --check` says what to do")
    return SlackUnavailable(f"Slack cannot be reached at {host_of(settings)} ({error_of(error)}); try again later")
