"""The model that writes, as the rest of Hanmi knows it: messages in, words out as they come, and what they cost.

    model = open_chat_model(settings)
    with model.stream([{"role": "user", "content": "…"}]) as reply:
        for piece in reply: …
    reply.finished, reply.usage

OpenAI and LangChain are imported when a model is opened: answers without one need not wait for them.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from functools import cache
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from app.answers.schema import Turn, Usage
from app.answers.spending import Price, estimated_tokens, read_price
from app.errors import ModelFailed, SettingsError
from app.settings import AppSettings

if TYPE_CHECKING:
    from app.answers.model_requests import Limits, Outcome
    from ingest.remote import Remote

SUGGESTED_MODEL: Final = "gpt-5-mini"
_CUT_SHORT: Final = ("length", "content_filter")  # finish reasons of what is not all of an answer
_BILLED: Final = ("timeout", "cut")  # failures after which the endpoint may have worked for nothing


@dataclass(frozen=True)
class Reply:
    """A whole answer; ``finished``: it says itself that it is complete."""

    text: str
    usage: Usage
    finished: bool


class ReplyStream(Iterator[str]):
    """The pieces of an answer as they come; raises ModelFailed in between. Use it with ``with``, or close it.

    ``close`` may come from any thread, also while another waits for a piece: the connection is closed at once, and
    the waiting one sees the end.
    """

    def __init__(self, model: ChatModel, messages: Sequence[Turn]) -> None:
        self.usage = Usage()  # known at the end
        self.finished = False  # whether the answer came to an end of its own, and not to a limit
        self._model = model
        self._asked = messages
        self._told: list[str] = []
        self._pieces: SimpleQueue[str | None] = SimpleQueue()  # None: that was all
        self._ended = False
        self._lock = threading.Lock()
        told, pieces = self._told, self._pieces

        def tell(piece: str) -> None:
            told.append(piece)
            pieces.put(piece)

        self._future = model.run_write(messages, tell)
        self._future.add_done_callback(lambda _: pieces.put(None))

    def __next__(self) -> str:
        """The next piece, never empty. Raises ModelFailed."""
        if not self._ended and (piece := self._pieces.get()) is not None:
            return piece
        self._pieces.put(None)  # for whoever asks once more
        self._end()
        raise StopIteration

    def close(self) -> None:
        """Stop the request where it still runs."""
        self._future.cancel()
        try:
            self._end()
        except ModelFailed:
            return  # nobody waits for it any more

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_future"):
            self.close()

    def _end(self) -> None:
        with self._lock:
            if self._ended:
                return
            self._ended = True
            failure: ModelFailed | None = None
            outcome: Outcome | None = None
            try:
                outcome = self._future.result()
            except CancelledError:
                failure = None
            except ModelFailed as error:
                failure = error
            self.finished = _is_finished(outcome)
            self.usage = self._model.used(self._asked, "".join(self._told), outcome, failure)
        if failure is not None:
            raise failure


class ChatModel:
    """A model at an endpoint; threads may share it. Nothing is kept between requests."""

    def __init__(self, remote: Remote, limits: Limits | None = None, price: Price | None = None) -> None:
        """Nothing is sent yet. Raises what ``remote`` raises for an address or a key that is none."""
        from app.answers.model_requests import Limits, Requests  # half a second

        self.name = remote.model
        self._requests = Requests(remote, limits or Limits())
        self._price = price or Price()

    def stream(self, messages: Sequence[Turn]) -> ReplyStream:
        """The answer in pieces as they come; the roles are system, user and assistant."""
        return ReplyStream(self, messages)

    def ask(self, messages: Sequence[Turn]) -> Reply:
        """The whole answer. Raises ModelFailed."""
        future = asyncio.run_coroutine_threadsafe(self._requests.ask(messages), _loop())
        try:
            text, outcome = future.result()
        except ModelFailed as error:
            self.used(messages, "", None, error)
            raise
        finally:
            future.cancel()  # where Ctrl-C came
        return Reply(text, self.used(messages, text, outcome, None), _is_finished(outcome))

    def run_write(self, messages: Sequence[Turn], tell: Callable[[str], None]) -> Future[Outcome]:
        """Start a streamed request; ``tell`` is called in another thread."""
        return asyncio.run_coroutine_threadsafe(self._requests.write(messages, tell), _loop())

    def used(self, messages: Sequence[Turn], told: str, outcome: Outcome | None, failure: ModelFailed | None) -> Usage:
        """What a request cost: as the endpoint counts, else about. Nothing where it failed before any work."""
        if outcome is not None and outcome.counted is not None:
            return self._price.usage(*outcome.counted)
        if failure is not None and not told and failure.code not in _BILLED:
            return Usage()
        asked = sum(estimated_tokens(message["content"]) for message in messages)
        return self._price.usage(asked, estimated_tokens(told))


def open_chat_model(settings: AppSettings, limits: Limits | None = None) -> ChatModel | None:
    """The model of HANMI_MODEL; None where none is set. Raises SettingsError for settings that cannot work."""
    if not settings.model:
        return None
    from app.answers.model_requests import Limits
    from ingest.embedding import OPENAI_URL
    from ingest.remote import Remote, SettingNames

    if not settings.openai_api_key and not settings.openai_base_url:
        raise SettingsError(
            f"the model {settings.model} needs a key: set OPENAI_API_KEY, or OPENAI_BASE_URL for an endpoint that asks "
            "for none (or leave HANMI_MODEL empty: then answers are quoted)"
        )
    limits = limits or Limits()
    remote = Remote(
        "the language model",
        settings=SettingNames("HANMI_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL"),
        model=settings.model,
        api_key=settings.openai_api_key.value or None,
        base_url=settings.openai_base_url or OPENAI_URL,
        timeout_s=limits.whole_s,
        retries=limits.retries,
        failed=SettingsError,
        connect_s=limits.connect_s,
    )
    return ChatModel(remote, limits, read_price(settings.model_price))


def _is_finished(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.finish_reason is not None and outcome.finish_reason not in _CUT_SHORT


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The event loop in which all requests run, in a thread of its own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="chat-model", daemon=True).start()
    return loop
