"""Requests to an OpenAI-compatible chat model, through LangChain: tried again where that helps, over in a bounded time.

They run in an event loop, since only there can a request be given up at any moment, whatever it is waiting for.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import openai
from langchain_openai import ChatOpenAI
from langsmith import tracing_context
from pydantic import SecretStr

from app.answers.model_failures import failure_code, is_passing, is_refused_option, retry_after
from app.answers.schema import Turn
from app.answers.thoughts import WithoutThoughts
from app.errors import FailureCode, ModelFailed
from ingest.remote import Remote

MAX_WAIT_S: Final = 20.0  # who is told to wait longer gets the answer that needs no model
_NOT_READABLE: Final = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
_WRONG_PLACE: Final = "answered with something that is no completion; check {address} (it usually ends in /v1)"
_TOO_LONG: Final = "says that the request is too long for {model}; {shorten}take a model that reads more"
_CUT: Final = "cut the connection in the middle of the answer; ask again"


@dataclass(frozen=True)
class Limits:
    """How long a request may take, and how often it is tried."""

    connect_s: float = 10.0
    first_s: float = 60.0  # until the first words, all tries together
    between_s: float = 30.0  # from words to words
    whole_s: float = 240.0  # Slack ends a streamed message after 300
    retries: int = 2  # before the first words alone
    pause_s: float = 0.5  # before the first retry, then twice as long each time; for OpenAI's client it is the same
    characters: int = 200_000  # of an answer; what goes on after them is cut off


@dataclass
class Outcome:
    """What is known of a request's answer besides its words."""

    characters: int = 0  # that came, thoughts and all
    finish_reason: str | None = None
    counted: tuple[int, int] | None = None  # tokens read and written, as the endpoint says


class Requests:
    """A model at an endpoint."""

    def __init__(self, remote: Remote, limits: Limits, temperature: float | None) -> None:
        """Nothing is sent yet. Raises what ``remote`` raises for an address or a key that is none."""
        self._remote = remote
        self._where = remote.where
        self._limits = limits
        self._model = ChatOpenAI(
            model=remote.model,
            client=remote.client().chat.completions,  # never used; it would make one of its own
            async_client=remote.async_client().chat.completions,
            api_key=SecretStr(remote.key),
            base_url=remote.base_url,
            openai_proxy="",
            temperature=temperature,
            stream_usage=True,
            stream_chunk_timeout=0,  # the limits hold
            use_responses_api=False,
        )

    async def write(self, messages: Sequence[Turn], tell: Callable[[str], None]) -> Outcome:
        """Stream the answer: its pieces are told as they come. Raises ModelFailed.

        An answer that ends without a finish reason, or is longer than the limit, ends here without an error.
        """
        outcome = Outcome()
        now = asyncio.get_running_loop().time
        end, first = now() + self._limits.whole_s, now() + self._limits.first_s
        try:
            async with asyncio.timeout_at(min(first, end)) as timer:

                def heard(piece: str) -> None:
                    soon = now() + self._limits.between_s
                    timer.reschedule(min(end, soon if outcome.characters else max(first, soon)))
                    if piece:
                        tell(piece)

                await self._tried(lambda: self._read(messages, outcome, heard), outcome)
        except TimeoutError as error:
            raise self._late(outcome, min(self._limits.first_s, self._limits.whole_s)) from error
        return outcome

    async def ask(self, messages: Sequence[Turn]) -> tuple[str, Outcome]:
        """The whole answer at once. Raises ModelFailed."""
        outcome = Outcome()
        try:
            async with asyncio.timeout(self._limits.whole_s):
                reply = await self._tried(lambda: self._model.ainvoke(_sendable(messages)), outcome)
        except TimeoutError as error:
            raise self._late(outcome, self._limits.whole_s) from error
        self._note(outcome, reply)
        text = _whole(reply.text)
        if len(text) > self._limits.characters:
            outcome.finish_reason = None
        answer = WithoutThoughts()
        return answer.feed(text[: self._limits.characters]) + answer.end(), outcome

    async def _read(self, messages: Sequence[Turn], outcome: Outcome, heard: Callable[[str], None]) -> None:
        answer = WithoutThoughts()
        async for chunk in self._model.astream(_sendable(messages)):
            self._note(outcome, chunk)
            piece = _whole(chunk.text)[: self._limits.characters - outcome.characters]
            outcome.characters += len(piece)
            heard(answer.feed(piece))
            if outcome.characters >= self._limits.characters:
                outcome.finish_reason = None
                break
        heard(answer.end())
        if not (outcome.characters or outcome.finish_reason):
            raise ValueError("nothing came that reads like a completion")

    @staticmethod
    def _note(outcome: Outcome, message: Any) -> None:  # noqa: ANN401  # LangChain's message, whole or a piece
        outcome.finish_reason = message.response_metadata.get("finish_reason") or outcome.finish_reason
        if used := message.usage_metadata:
            outcome.counted = used["input_tokens"], used["output_tokens"]

    async def _tried(self, attempt: Callable[[], Awaitable[Any]], outcome: Outcome) -> Any:  # noqa: ANN401
        """What the attempt gives, made again while nothing has been told and it may help. Raises ModelFailed."""
        pauses = [self._limits.pause_s * 2**number for number in range(self._limits.retries)]
        while True:
            try:
                with tracing_context(enabled=False):  # what is asked goes to the endpoint and nowhere else
                    return await attempt()
            except openai.OpenAIError as error:
                if outcome.characters:
                    raise self._broken(error) from error
                if self._left_out(error):
                    continue
                wait = self._wait(error, pauses)
                if wait is None:
                    raise self._failure(error) from error
            except _NOT_READABLE as error:
                raise self._failed("invalid", _WRONG_PLACE) from error
            await asyncio.sleep(wait)

    def _wait(self, error: openai.OpenAIError, pauses: list[float]) -> float | None:
        """Seconds until the next try, which takes one of the pauses; None where there is none."""
        if not pauses or not is_passing(error):
            return None
        pause = pauses.pop(0) * random.uniform(0.75, 1)
        asked = retry_after(error)
        wait = pause if asked is None else asked
        return wait if wait <= MAX_WAIT_S else None

    def _left_out(self, error: openai.OpenAIError) -> bool:
        """Whether an option was refused that can be left out; it is left out from now on."""
        for option, field in (("temperature", "temperature"), ("stream_options", "stream_usage")):
            if getattr(self._model, field) is not None and is_refused_option(error, option):
                self._model = self._model.model_copy(update={field: None})
                return True
        return False

    def _failed(self, code: FailureCode, sentence: str) -> ModelFailed:
        names = self._remote.settings
        shorten = f"lower {names.input_tokens} or " if names.input_tokens else ""
        words = sentence.format(address=names.base_url, model=self._remote.model, shorten=shorten)
        return ModelFailed(code, f"{self._where} {words}")

    def _failure(self, error: openai.OpenAIError) -> ModelFailed:
        code = failure_code(error)
        if code == "context_length":
            return self._failed(code, _TOO_LONG)
        return ModelFailed(code, self._remote.sentence(error))

    def _broken(self, error: openai.OpenAIError) -> ModelFailed:
        """The failure of an answer of which a part has been told."""
        return self._failed("cut", _CUT) if failure_code(error) == "unreachable" else self._failure(error)

    def _late(self, outcome: Outcome, first_s: float) -> ModelFailed:
        if outcome.characters:
            whole_s = self._limits.whole_s
            return self._failed(
                "timeout", f"stopped in the middle of the answer, or took over {whole_s:g} s; ask again"
            )
        return self._failed("timeout", f"did not answer in {first_s:g} s; try again later")


def _sendable(messages: Sequence[Turn]) -> list[dict[str, str]]:
    return [{**message, "content": _whole(message["content"])} for message in messages]


def _whole(text: str) -> str:
    """The text with "?" for halves of surrogate pairs, which JSON can bring and nothing in UTF-8 takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
