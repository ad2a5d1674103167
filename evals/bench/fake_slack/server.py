"""The fake Slack itself: started with ``with``, and used by its people.

    with FakeSlack() as slack:
        app = App(token=BOT_TOKEN, client=WebClient(BOT_TOKEN, base_url=slack.api_url)) …
        slack.mode, slack.target = "http", "http://127.0.0.1:8000/slack/events"  # else Socket Mode
        asked = slack.says(ANNA, GENERAL, f"<@{BOT_USER}> What was agreed?")
        slack.wait_for(lambda: slack.answers(asked), "an answer")

Everything may be changed while it runs.
"""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from evals.bench.fake_slack import events
from evals.bench.fake_slack.events import Delivery
from evals.bench.fake_slack.link import Ack, Link
from evals.bench.fake_slack.web_api import Call, Failure, WebApi
from evals.bench.fake_slack.workspace import BOT_USER, GENERAL, Message, ResponseUrl, Workspace

Mode = Literal["socket", "http"]
SIGNING_SECRET: Final = "0123456789abcdef0123456789abcdef"
WAIT_S: Final = 60.0


class Said(NamedTuple):
    """A message somebody wrote, and how the app acknowledged the events about it."""

    message: Message
    acks: tuple[Ack, ...]


class FakeSlack:
    """A workspace with Hanmi installed in it."""

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.workspace = Workspace()
        self.link = Link(self.changed)
        self.api = WebApi(self.workspace, self.changed, self._link_url)
        self.mode: Mode = "socket"
        self.target = ""  # where events go over HTTP
        self.signing_secret = SIGNING_SECRET

    def __enter__(self) -> FakeSlack:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.api_url = f"{self.url}/api/"
        routes = [
            Route("/api/{method}", self.api.call, methods=["GET", "POST"]),
            Route("/response/{key}", self.api.respond, methods=["POST"]),
            WebSocketRoute("/link", self.link.endpoint),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes),
            lifespan="off",
            log_level=60,  # a connection that is cut on purpose would fill the log
            ws="websockets-sansio",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, args=(listening,), daemon=True)
        self._thread.start()
        deadline = time.monotonic() + WAIT_S
        while not self._server.started:
            if time.monotonic() > deadline:
                raise TimeoutError("the fake Slack did not start")
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=WAIT_S)

    def _serve(self, listening: socket.socket) -> None:
        async def run() -> None:
            self.link.loop = asyncio.get_running_loop()
            await self._server.serve(sockets=[listening])

        asyncio.run(run())

    def _link_url(self) -> str:
        return f"{self.url.replace('http', 'ws', 1)}/link?ticket={self.link.ticket()}"

    # What a test looks at

    @property
    def failures(self) -> dict[str, list[Failure | None]]:
        """The next calls' answers by method; "*" for any, "response_url" for those."""
        return self.api.failures

    def calls(self, method: str | None = None) -> list[Call]:
        """Calls so far, of one method or all, oldest first."""
        with self.changed:
            return [call for call in self.api.calls if method in (None, call.method)]

    def refused(self) -> list[Call]:
        """Calls that Slack refused for what they say: none was scripted to fail, or came too often."""
        return [call for call in self.calls() if not call.ok and not call.scripted]

    def messages(self, channel: str, thread_ts: str | None = None, *, seen_by: str | None = None) -> list[Message]:
        """The channel's or the thread's messages as they stand, oldest first; ``seen_by``: with what only they see."""
        with self.changed:
            return [
                message
                for message in self.workspace.messages.values()
                if message.channel == channel
                and message.only_for in (None, seen_by)
                and (thread_ts is None or message.root == thread_ts)
            ]

    def answers(self, to: Said | Message) -> list[Message]:
        """What the app wrote in the thread of a message and has finished, oldest first; [] while a stream runs."""
        message = to.message if isinstance(to, Said) else to
        written = [one for one in self.messages(message.channel, message.root, seen_by=message.user) if one.by_app]
        later = [one for one in written if one.ts > message.ts]
        return [] if any(one.stream == "streaming" for one in later) else later

    def spinning(self) -> list[str]:
        """Streams that were never stopped and statuses never taken back, in words; [] when nothing moves."""
        with self.changed:
            streams = [one for one in self.workspace.messages.values() if one.stream == "streaming"]
            left = [f"stream {one.ts} in {one.channel}: {one.text[:60]!r}" for one in streams]
            return left + [f"status {text!r} in {place}" for place, text in self.workspace.statuses.items()]

    def wait_for(self, condition: Callable[[], object], what: str, seconds: float = WAIT_S) -> None:
        """Look again after every change, and now and then, until the condition holds. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while not condition():
                if time.monotonic() > deadline:
                    last = [f"{call.method}: {call.answer}" for call in self.api.calls[-5:]]
                    raise TimeoutError(f"waited {seconds:g} s for {what}; last calls: {last}; {self.spinning()}")
                self.changed.wait(0.02)

    def expire_streams(self) -> None:
        """Every stream has lived too long, as Slack ends them after five minutes."""
        with self.changed:
            for message in self.workspace.messages.values():
                if message.stream == "streaming":
                    message.stream = "expired"

    # What people do

    def deliver(self, delivery: Delivery, mode: Mode | None = None) -> Ack:
        """Send it and wait for the acknowledgement. Raises TimeoutError."""
        if (mode or self.mode) == "socket":
            return self.link.send(delivery)
        headers, body = delivery.request(self.signing_secret)
        return self.post(headers, body)

    def deliver_all(self, deliveries: Sequence[Delivery]) -> list[Ack]:
        """All at once; acknowledgements in their order."""
        with ThreadPoolExecutor(max(len(deliveries), 1)) as pool:
            return list(pool.map(self.deliver, deliveries))

    def post(self, headers: Mapping[str, str], body: bytes) -> Ack:
        """Post to the target as it is, signed or not."""
        address = urlsplit(self.target)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=WAIT_S)
        started = time.monotonic()
        try:
            connection.request("POST", address.path, body, dict(headers))
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        return Ack(time.monotonic() - started, answer.status, text)

    def writes(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Message:
        """A message in the workspace that the app is told nothing of."""
        with self.changed:
            return self.workspace.write(channel, user, text, thread_ts=thread_ts)

    def events_of(self, message: Message) -> list[Delivery]:
        """What Slack sends about a message: its channel's event, and a mention where the app is mentioned."""
        channel = self.workspace.channels[message.channel]
        team = self.workspace.users[message.user].team
        if not channel.member:
            return []
        told = [events.message(message, channel, team)]
        # In direct messages there is no app_mention.
        if f"<@{BOT_USER}>" in message.text and channel.kind != "im":
            told.append(events.app_mention(message, channel, team))
        return told

    def says(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Said:
        """Somebody writes a message, and the app hears of it."""
        message = self.writes(user, channel, text, thread_ts)
        return Said(message, tuple(self.deliver_all(self.events_of(message))))

    def says_to_hanmi(self, user: str, text: str, thread_ts: str | None = None) -> Said:
        """In a direct message."""
        with self.changed:
            channel = self.workspace.direct(user)
        return self.says(user, channel, text, thread_ts)

    def runs(self, user: str, text: str, channel: str = GENERAL) -> Ack:
        """Somebody runs ``/hanmi text``; words in the acknowledgement are shown to them alone."""
        url, trigger = self._answerable(channel, user)
        ack = self.deliver(events.slash_command(text, user, self.workspace.channels[channel], url, trigger))
        if ack.status == 200 and ack.body:
            self.api.show_acknowledgement(ack.body, channel, user)
        return ack

    def uses_shortcut(self, user: str, callback_id: str, on: Message) -> Ack:
        """Somebody uses a message shortcut."""
        url, trigger = self._answerable(on.channel, user)
        return self.deliver(events.shortcut(callback_id, on, user, url, trigger))

    def presses(self, user: str, on: Message, action_id: str, *, up: bool = True) -> Ack:
        """Somebody presses a button that the message has; ``up``: which of two. Raises LookupError without it."""
        block, element = _button(on, action_id)
        value = element.get("value", "")
        if element["type"] == "feedback_buttons":
            value = element["positive_button" if up else "negative_button"]["value"]
        url, trigger = self._answerable(on.channel, user, on)
        return self.deliver(events.block_actions(on, block, element, value, user, url, trigger))

    def opens(self, user: str, tab: Literal["home", "messages"] = "messages") -> Ack:
        """Somebody opens the app."""
        with self.changed:
            channel = self.workspace.direct(user)
        return self.deliver(events.app_home_opened(user, channel, tab))

    def _answerable(self, channel: str, user: str, message: Message | None = None) -> tuple[str, str]:
        """A response_url and a trigger."""
        with self.changed:
            key, trigger = self.workspace.new_id("r"), self.workspace.new_id("trigger")
            self.workspace.response_urls[key] = ResponseUrl(channel, user, message)
            self.workspace.triggers.add(trigger)
        return f"{self.url}/response/{key}", trigger


def _button(on: Message, action_id: str) -> tuple[str, Mapping[str, Any]]:
    """The id of the block that holds it, and the element."""
    for at, block in enumerate(on.blocks):
        for element in [*block.get("elements", ()), block.get("accessory") or {}]:
            if element.get("action_id") == action_id:
                return block.get("block_id") or f"block-{at}", element
    raise LookupError(f"the message has no button {action_id}: {on.blocks}")
