"""A text that grows in Slack while it is written: one message, or several where Slack takes no more in one."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from slack_sdk.errors import SlackClientError

from app.slack.asking import Question
from app.slack.clients import Clients, error_of

logger = logging.getLogger(__name__)
# Slack took 10,571 bytes in one streamed message and refused 10,821 (openclaw #143882); no limit is documented.
PART_BYTES = 10_000
SEND_S = 0.5  # between calls while sentences come: Slack takes a hundred in a minute, from the app as a whole
# What a call can raise: a refusal, no connection, an answer that is none.
CALL_ERRORS = (SlackClientError, OSError, ValueError)


class Stream:
    """One answer's text on its way; ``failed`` once Slack has refused a part or would, and then no more is sent."""

    def __init__(self, clients: Clients, question: Question, started: Callable[[list[str]], None]) -> None:
        """``started``: told of the messages so far, whenever there is one more."""
        self._client = clients.streaming
        self._starts, self._appends = clients.starts, clients.appends
        self._question = question
        self._started = started
        self.messages: list[str] = []  # by their ts
        self.text = ""  # all that was added
        self.failed = False
        self._pending = ""
        self._bytes = 0  # in the last message
        self._sent_at = 0.0

    def add(self, text: str) -> None:
        """More text; it is sent at once, or with the next where something was sent only just before."""
        self.text += text
        self._pending += text
        if time.monotonic() - self._sent_at >= SEND_S and (not self.messages or self._appends.take()):
            self._send()

    def close(self, blocks: Sequence[dict[str, Any]] = (), last: str = "") -> bool:
        """End it with these blocks below; whether Slack has all of it now."""
        self.text += last
        self._pending += last
        if len((self._pending).encode()) + self._bytes > PART_BYTES:
            self._send()
        if self.messages and not self.failed:
            self._try(partial(self._stop, self._pending, blocks))
        return bool(self.messages) and not self.failed

    def abandon(self) -> None:
        """End it as it is, so that nothing seems to be written any more; it may have ended already."""
        if self.messages:
            try:
                self._client.chat_stopStream(channel=self._question.channel, ts=self.messages[-1])
            except CALL_ERRORS as error:
                logger.debug("a stream could not be ended: %s", error_of(error))

    def _send(self) -> None:
        for piece in _pieces(self._pending):
            if not self.failed:
                self._try(partial(self._put, piece))
        self._pending = ""
        self._sent_at = time.monotonic()

    def _put(self, text: str) -> None:
        size = len(text.encode())
        if self.messages and self._bytes + size > PART_BYTES:
            self._stop("", ())
            self._bytes = 0
        if self._bytes:
            self._client.chat_appendStream(channel=self._question.channel, ts=self.messages[-1], markdown_text=text)
        else:
            self._start(text)
        self._bytes += size

    def _start(self, text: str) -> None:
        if not self._starts.take():
            logger.info("too many answers at once to stream one more")
            self.failed = True
            return
        question = self._question
        response = self._client.chat_startStream(
            channel=question.channel,
            thread_ts=question.thread_ts,
            markdown_text=text,
            recipient_team_id=question.team or None,
            recipient_user_id=question.user,
        )
        self.messages.append(str(response["ts"]))
        self._started(self.messages)

    def _stop(self, text: str, blocks: Sequence[dict[str, Any]]) -> None:
        self._client.chat_stopStream(
            channel=self._question.channel,
            ts=self.messages[-1],
            markdown_text=text or None,
            blocks=list(blocks) or None,
        )

    def _try(self, call: Callable[[], None]) -> None:
        try:
            call()
        except CALL_ERRORS as error:
            # Expired after five minutes, deleted by its reader, refused: whoever writes it finishes it by an update.
            logger.info("a stream broke off: %s", error_of(error))
            self.failed = True


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces of which each fits in a message, cut at spaces."""
    most = PART_BYTES // 4  # characters; none takes more than four bytes
    while len(text.encode()) > PART_BYTES:
        cut = text.rfind(" ", 1, most) + 1 or most
        yield text[:cut]
        text = text[cut:]
    if text:
        yield text
