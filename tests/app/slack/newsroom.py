"""Hanmi in a fake workspace, over either transport; it can be stopped, and started again as after a crash."""

from __future__ import annotations

import socket
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from app.answers.schema import Answer
from app.assistant import Event
from app.render import answer_json
from app.settings import load_settings
from app.slack import clients
from app.slack.application import SlackApp
from app.slack.memory import FILE, Memory
from app.store import Store
from app.web import server as web_server
from evals.bench.fake_slack.rates import Rates
from evals.bench.fake_slack.server import SIGNING_SECRET, FakeSlack, Said
from evals.bench.fake_slack.web_api import APP_TOKEN, BOT_TOKEN
from evals.bench.fake_slack.workspace import BOT_USER, GENERAL, Message
from tests.app.samples import answered
from tests.app.stubs import StubSuggestions
from tests.waiting import wait_for

STARTS, APPENDS = clients.STARTS, clients.APPENDS
PUBLIC_URL = "https://hanmi.example"


class Held:
    """An assistant that can be held after its first sentence, made to fail, told what to say, or ended."""

    def __init__(self, assistant: Any) -> None:
        self._assistant = assistant
        self.go = threading.Event()
        self.go.set()
        self.fails: Exception | None = None
        self.instead: Any = None  # another assistant that answers
        self.says: Callable[[str], Sequence[Event]] | None = None
        self.asked: list[tuple[str, list[Any]]] = []  # questions with the turns before them
        self._ended = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)

    def stream(self, question: str, history: Sequence[Any] = (), *args: Any, **kwargs: Any) -> Iterator[Event]:
        self.asked.append((question, list(history)))
        if self.fails is not None:
            raise self.fails
        answering = self.instead or self._assistant
        events = self.says(question) if self.says else answering.stream(question, history, *args, **kwargs)
        begun = False
        for event in events:
            if begun:
                self.go.wait()
                if self._ended:
                    raise SystemExit  # ends the thread that answers, and nothing of it is told
            yield event
            begun = begun or event.name == "claim"

    def crash(self) -> None:
        """Whoever answers now ends there and then."""
        self._ended = True
        self.go.set()

    def recover(self) -> None:
        self._ended, self.fails, self.instead, self.says = False, None, None, None
        self.go.set()


def told(answer: Answer) -> list[Event]:
    """The events of an answer made by hand."""
    data = answer_json(answer)
    claims = [Event("claim", {"index": number, **claim}) for number, claim in enumerate(data["claims"])]
    return [Event("searching", {"articles": 1}), *claims, Event("answer", data)]


def saying(**changes: Any) -> Callable[[str], list[Event]]:
    """What to say to every question: two sentences of one article, or with changes."""
    return lambda question: told(answered(**{"id": uuid.uuid4().hex, "question": question} | changes))


class Newsroom:
    """The workspace and Hanmi in it."""

    def __init__(self, mode: str, assistant: Any, home: Path, *, limited: bool = False, **settings: Any) -> None:
        """``limited``: Slack may be called as often as Slack lets one, and Hanmi streams as often as it does."""
        self.slack = FakeSlack()
        self.slack.mode = mode
        self.slack.api.rates = Rates() if limited else None
        self._limited = limited
        self._patched = pytest.MonkeyPatch()
        self.mode = mode
        self.assistant = Held(assistant)
        known = {"home": home, "public_url": PUBLIC_URL, "slack_bot_token": BOT_TOKEN, **settings}
        way = {"slack_app_token": APP_TOKEN} if mode == "socket" else {"slack_signing_secret": SIGNING_SECRET}
        self._given = known | way
        self._home = home

    def __enter__(self) -> Newsroom:
        self.slack.__enter__()
        self._patched.setattr(clients, "STARTS", STARTS if self._limited else 1_000_000)
        self._patched.setattr(clients, "APPENDS", APPENDS if self._limited else 1_000_000)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.assistant.crash()
        self.stop()
        self.slack.__exit__()
        self._patched.undo()

    def start(self) -> None:
        self.settings = load_settings({**self._given, "slack_api_url": self.slack.api_url}, {})
        self.store = Store(self.settings.database, self.settings.answer_days)
        self.memory = Memory(self._home / FILE, self.settings.slack_days)  # another view of the same file
        if self.mode == "socket":
            self._app = SlackApp(self.assistant, self.settings, self.store, StubSuggestions())
            self._app.start_socket()
            return
        with pytest.MonkeyPatch.context() as without_page:  # which takes seconds to build
            without_page.setattr(web_server, "_mount_page", lambda app, *_: app)
            app = web_server.create_app(self.assistant, self.settings, StubSuggestions())
        self._service = app.state.slack
        listener = socket.create_server(("127.0.0.1", 0))
        self._server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level=60, timeout_graceful_shutdown=1))
        self._serving = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._serving.start()
        wait_for(lambda: self._server.started, "the page to start")
        self._service.start()
        self.slack.target = f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events"

    def stop(self) -> None:
        if self.mode == "socket":
            closing = threading.Thread(target=self._app.close)
            closing.start()
            while closing.is_alive():
                self.slack.link.cut()  # else the SDK waits for three seconds for something to read
                closing.join(0.05)
        else:
            self._server.should_exit = True
            self._serving.join()
            self._service.stop()
        self.memory.close()

    def mention(self, user: str, text: str, channel: str = GENERAL, thread_ts: str | None = None) -> Said:
        """Somebody asks Hanmi by name."""
        return self.slack.says(user, channel, f"<@{BOT_USER}> {text}", thread_ts)

    def answers(self, to: Said | Message) -> list[Message]:
        """What Hanmi wrote in that thread after that message, once nothing is under way any more."""
        self.settle()
        return self.slack.answers(to)

    def answer(self, to: Said | Message) -> Message:
        """The one message."""
        (message,) = self.answers(to)
        return message

    def settle(self) -> None:
        """Wait until nothing is under way: what was acknowledged and is a question is kept as such by then."""
        self.slack.wait_for(lambda: not self.memory.under_way() and not self.slack.spinning(), "quiet")

    def begun(self, said: Said) -> str:
        """Wait until the first words of an answer stand in Slack; its ts."""

        def streams() -> list[Message]:
            thread = self.slack.messages(said.message.channel, said.message.root)
            return [one for one in thread if one.stream == "streaming" and one.ts > said.message.ts]

        self.slack.wait_for(streams, "the first words")
        return streams()[0].ts
