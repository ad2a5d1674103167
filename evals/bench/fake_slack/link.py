"""Socket Mode: the websocket an app holds open, envelopes to it and its acknowledgements."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from starlette.websockets import WebSocket, WebSocketDisconnect

from evals.bench.fake_slack.events import Delivery
from evals.bench.fake_slack.workspace import APP

SEND_S: Final = 60.0


class Ack(NamedTuple):
    """How the app acknowledged."""

    seconds: float  # from sending to the acknowledgement
    status: int  # of HTTP; 200 for every acknowledgement over a websocket
    body: str = ""  # what came with it


@dataclass
class Link:
    """The websockets that are open, and what came back over them."""

    changed: threading.Condition
    sockets: list[WebSocket] = field(default_factory=list)
    tickets: set[str] = field(default_factory=set)
    opened: int = 0  # connections so far
    acks: dict[str, list[tuple[float, Any]]] = field(default_factory=dict)  # by envelope
    loop: asyncio.AbstractEventLoop | None = None
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def ticket(self) -> str:
        """For one connection."""
        ticket = f"ticket-{next(self._numbers)}"
        self.tickets.add(ticket)
        return ticket

    async def endpoint(self, websocket: WebSocket) -> None:
        """``/link``."""
        with self.changed:
            known = websocket.query_params.get("ticket", "") in self.tickets
            self.tickets.discard(websocket.query_params.get("ticket", ""))
        if not known:
            await websocket.close(4401)
            return
        await websocket.accept()
        hello = {"type": "hello", "num_connections": len(self.sockets) + 1, "connection_info": {"app_id": APP}}
        await websocket.send_text(json.dumps(hello))
        with self.changed:
            self.sockets.append(websocket)
            self.opened += 1
            self.changed.notify_all()
        try:
            while True:
                self._take(await websocket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            with self.changed:
                if websocket in self.sockets:
                    self.sockets.remove(websocket)
                self.changed.notify_all()

    def send(self, delivery: Delivery) -> Ack:
        """Over the newest connection; waits for one, and for its acknowledgement. Raises TimeoutError."""
        envelope_id = f"fake-envelope-{next(self._numbers)}"
        with self.changed:
            if not self.changed.wait_for(lambda: self.sockets, SEND_S):
                raise TimeoutError(f"no websocket was opened in {SEND_S:g} s")
            websocket = self.sockets[-1]
        started = time.monotonic()
        self._await(websocket.send_text(json.dumps(delivery.envelope(envelope_id), ensure_ascii=False)))
        with self.changed:
            if not self.changed.wait_for(lambda: envelope_id in self.acks, SEND_S):
                raise TimeoutError(f"the envelope was not acknowledged in {SEND_S:g} s")
            at, payload = self.acks[envelope_id][0]
        return Ack(at - started, 200, json.dumps(payload) if payload else "")

    def disconnect(
        self, reason: Literal["warning", "refresh_requested", "link_disabled"] = "refresh_requested"
    ) -> None:
        """Tell every connection that it is over, as Slack does every few hours, and close it."""
        for websocket in self._all():
            self._end(websocket, 1000, json.dumps({"type": "disconnect", "reason": reason}))

    def cut(self) -> None:
        """Close every connection without a word."""
        for websocket in self._all():
            self._end(websocket, 1011)

    def _end(self, websocket: WebSocket, code: int, last_words: str = "") -> None:
        # The app may be closing it at this moment.
        with suppress(WebSocketDisconnect, RuntimeError):
            if last_words:
                self._await(websocket.send_text(last_words))
            self._await(websocket.close(code))

    def _all(self) -> list[WebSocket]:
        with self.changed:
            return list(self.sockets)

    def _take(self, text: str) -> None:
        try:
            ack = json.loads(text)
        except ValueError:
            return
        with self.changed:
            if ack.get("envelope_id"):
                self.acks.setdefault(ack["envelope_id"], []).append((time.monotonic(), ack.get("payload")))
            self.changed.notify_all()

    def _await(self, what: Any) -> None:  # noqa: ANN401 - any coroutine
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(what, self.loop).result(SEND_S)
