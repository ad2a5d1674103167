"""The model that writes, as the rest of Hanmi knows it: messages in, words out as they come, and what they cost.

    model = open_chat_model(settings)
    with model.stream([{"role": "user", "content": "…"}]) as reply:
        for piece in reply: …
    reply.finished, reply.usage

OpenAI and LangChain are imported when a model is opened: answers without one need not wait for them.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from app.answers.schema import Turn, Usage
from app.answers.spending import Budget, Price, Taken, estimated_tokens, read_price
from app.errors import ModelFailed, SettingsError
from app.settings import AppSettings
from app.stopping import when_stopped
from app.store import StoreUnavailable

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    from app.answers.model_requests import Limits, Outcome
    from ingest.remote import Remote

SUGGESTED_MODEL: Final = "gpt-5-mini"
Result = TypeVar("Result")
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

    def __init__(self, start: Callable[[Callable[[str], None]], Future[Outcome]], account: _Account) -> None:
        """``start`` begins the request, given who is told its pieces."""
        self.usage = Usage()  # known at the end
        self.finished = False  # whether the answer came to an end of its own, and not to a limit
        self._account = account
        self._ended = False
        self._lock = threading.Lock()
        self._told: list[str] = []
        self._pieces: SimpleQueue[str | None] = SimpleQueue()  # None: that was all
        told, pieces = self._told, self._pieces  # not self: a stream that nobody holds any more shall stop

        def tell(piece: str) -> None:
            told.append(piece)
            pieces.put(piece)

        self._future = start(tell)
        self._future.add_done_callback(lambda _: pieces.put(None))

    def __next__(self) -> str:
        """The next piece, never empty. Raises ModelFailed, once."""
        if not self._ended and (piece := self._pieces.get()) is not None:
            return piece
        self._end()
        raise StopIteration

    def close(self) -> None:
        """Stop the request where it still runs."""
        self._future.cancel()
        with suppress(ModelFailed):  # nobody waits for it any more
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_future"):
            self.close()

    def _end(self) -> None:
        """Reckon up, once; raises the request's failure."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
        outcome, failure = None, None
        try:
            outcome = self._future.result()
        except CancelledError:
            pass  # closed before its end
        except ModelFailed as error:
            failure = error
        self.finished = _is_finished(outcome)
        self.usage = self._account.settle("".join(self._told), outcome, failure)
        if failure is not None:
            raise failure


class ChatModel:
    """A model at an endpoint; threads may share it. It remembers nothing from one request to the next."""

    def __init__(
        self,
        remote: Remote,
        limits: Limits | None = None,
        price: Price | None = None,
        budget: Budget | None = None,
        *,
        temperature: float | None = 0,
    ) -> None:
        """Nothing is sent yet. Raises what ``remote`` raises for an address or a key that is none.

        The temperature is left out for models that take none.
        """
        from app.answers.model_requests import Limits, Requests  # OpenAI and LangChain: half a second

        self.name = remote.model
        self._requests = Requests(remote, limits or Limits(), temperature)
        self._price = price or Price()
        self._budget = budget

    def stream(self, messages: Sequence[Turn]) -> ReplyStream:
        """The answer in pieces as they come; roles are system, user, assistant. Raises ModelFailed without budget."""
        account = _Account(messages, self._price, self._budget)
        return ReplyStream(lambda tell: _run(self._requests.write(messages, tell)), account)

    def ask(self, messages: Sequence[Turn]) -> Reply:
        """The whole answer. Raises ModelFailed."""
        account = _Account(messages, self._price, self._budget)
        future = _run(self._requests.ask(messages))
        text, outcome, failure = "", None, None
        try:
            text, outcome = future.result()
        except ModelFailed as error:
            failure = error
        except CancelledError:
            failure = ModelFailed("cut", f"the request to {self.name} was stopped")
        finally:
            future.cancel()  # where Ctrl-C came in between
            usage = account.settle(text, outcome, failure)
        if failure is not None:
            raise failure
        return Reply(text, usage, _is_finished(outcome))


class _Account:
    """What one request costs."""

    def __init__(self, messages: Sequence[Turn], price: Price, budget: Budget | None) -> None:
        """Takes the request's tokens, about, from the budget. Raises ModelFailed where they are not left."""
        self._asked = sum(estimated_tokens(message["content"]) for message in messages)
        self._price = price
        self._budget = budget
        self._taken = self._take(budget) if budget is not None else None

    def _take(self, budget: Budget) -> Taken:
        try:
            taken = budget.take(self._asked)
        except StoreUnavailable as error:
            raise ModelFailed("budget", f"the tokens of the day cannot be counted: {error}") from error
        if taken is None:
            raise ModelFailed(
                "budget",
                f"of the {budget.daily_tokens:,} tokens that the language model may use in a day (HANMI_DAILY_TOKENS) "
                "too few are left; it writes again after midnight UTC",
            )
        return taken

    def settle(self, told: str, outcome: Outcome | None, failure: ModelFailed | None) -> Usage:
        """What the request used: as the endpoint counts, else about; nothing where it failed before any work."""
        if outcome is not None and outcome.counted is not None:
            used = outcome.counted
        elif failure is not None and not told and failure.code not in _BILLED:
            used = 0, 0
        else:
            used = self._asked, estimated_tokens(told)
        if self._budget is not None and self._taken is not None:
            try:
                self._budget.settle(self._taken, sum(used))
            except StoreUnavailable as error:
                logger.warning("the tokens of an answer could not be counted: %s", error)
        return self._price.usage(*used)


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
        settings=SettingNames("HANMI_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "HANMI_MODEL_INPUT_TOKENS"),
        model=settings.model,
        api_key=settings.openai_api_key.value or None,
        base_url=settings.openai_base_url or OPENAI_URL,
        timeout_s=limits.whole_s,
        retries=limits.retries,
        failed=SettingsError,
        connect_s=limits.connect_s,
    )
    budget = Budget(settings.database, settings.daily_tokens) if settings.daily_tokens else None
    return ChatModel(remote, limits, read_price(settings.model_price), budget)


def _is_finished(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.finish_reason is not None and outcome.finish_reason not in _CUT_SHORT


def _run(request: Coroutine[Any, Any, Result]) -> Future[Result]:
    future = asyncio.run_coroutine_threadsafe(request, _loop())
    when_stopped(future.cancel)
    return future


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The event loop in which all requests run, in a thread of its own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="chat-model", daemon=True).start()
    return loop
