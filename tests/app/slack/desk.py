"""Hanmi in a fake workspace without a transport: what Slack sends is handed to the app as it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from slack_bolt import BoltRequest

from app.settings import load_settings
from app.slack.application import CHORES, SlackApp
from app.store import Store
from evals.bench.fake_slack.events import Delivery
from evals.bench.fake_slack.link import Ack
from evals.bench.fake_slack.server import SIGNING_SECRET, FakeSlack, Said
from evals.bench.fake_slack.web_api import BOT_TOKEN
from evals.bench.fake_slack.workspace import Message
from tests.app.stubs import StubSuggestions

PUBLIC_URL = "https://hanmi.example"


class Desk:
    """The workspace, Hanmi in it, and what it keeps."""

    def __init__(self, slack: FakeSlack, assistant: Any, home: Path, **settings: Any) -> None:
        self.slack = slack
        self.assistant = assistant
        given = {"slack_bot_token": BOT_TOKEN, "slack_signing_secret": SIGNING_SECRET, "slack_api_url": slack.api_url}
        self.settings = load_settings({"home": home, "public_url": PUBLIC_URL, **given, **settings}, {})
        self.store = Store(self.settings.database, self.settings.answer_days)
        self.app = SlackApp(assistant, self.settings, self.store, StubSuggestions())  # type: ignore[arg-type]
        self.memory = self.app.memory
        slack.deliver = self.deliver  # type: ignore[method-assign]

    def deliver(self, delivery: Delivery, mode: object = None) -> Ack:
        headers, body = delivery.request(SIGNING_SECRET)
        started = time.monotonic()
        response = self.app.bolt.dispatch(BoltRequest(body=body.decode(), headers=headers))
        return Ack(time.monotonic() - started, response.status, str(response.body or ""))

    def settle(self) -> None:
        """Wait until nothing is under way: questions, and what the buttons do."""
        self.slack.wait_for(lambda: not self.memory.under_way(), "answers", 10)
        meeting = threading.Barrier(CHORES)  # of all who do chores: whatever was begun before is done
        wait([self.app._chores.submit(meeting.wait) for _ in range(CHORES)])

    def answers(self, said: Said | Message) -> list[Message]:
        """What Hanmi has written in the thread since, once it is done."""
        self.settle()
        return self.slack.answers(said)

    def whispers(self, user: str, channel: str) -> list[Message]:
        """What only that user sees in the channel."""
        self.settle()
        return [one for one in self.slack.messages(channel, seen_by=user) if one.only_for == user]

    def methods(self, method: str | None = None) -> list[str]:
        """The calls so far, but for auth.test and users.info."""
        return [each.method for each in self.slack.calls(method) if each.method not in ("auth.test", "users.info")]


@contextmanager
def desk(assistant: Any, home: Path, **settings: Any) -> Iterator[Desk]:
    with FakeSlack() as slack:
        opened = Desk(slack, assistant, home, **settings)
        try:
            yield opened
        finally:
            opened.app.close()
