"""Requests to a model: every failure ends in time and in words, whatever shape the answer has."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from email.utils import format_datetime
from typing import Any

import httpx2
import openai
import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from app.answers.chat_model import open_chat_model
from app.answers.model_failures import failure_code, retry_after
from app.answers.model_requests import MAX_WAIT_S, Limits
from app.answers.schema import Usage
from app.answers.spending import estimated_tokens
from app.errors import ModelFailed
from app.settings import AppSettings
from tests.app.answers.endpoint import ASKED, PATH, QUICK, failure_of, model_at
from tests.fake_openai import Failure, FakeOpenAI

FAILURES = [
    (Failure(401), "key", "refused the key (401); check OPENAI_API_KEY", 1),
    (Failure(403, code="unsupported_country_region_territory"), "key", "(403)", 1),
    (Failure(404, code="model_not_found"), "unknown_model", "knows no model writer", 1),
    (Failure(404), "unknown_model", "check HANMI_MODEL and OPENAI_BASE_URL", 1),
    (Failure(400, message="model 'writer' not found"), "unknown_model", "not found", 1),
    (Failure(403, code="model_not_found"), "unknown_model", "", 1),
    (Failure(429), "rate_limit", "refuses more requests for now (429, 3 tries at most)", 3),
    (Failure(429, headers={"retry-after": "3600"}), "rate_limit", "in 3600 s", 1),
    (
        Failure(429, headers={"retry-after": "Fri, 31 Dec 2999 23:59:59 GMT"}),
        "rate_limit",
        "run it again in a minute",
        1,
    ),
    (Failure(429, code="insufficient_quota"), "quota", "the account's credit is used up", 1),
    (Failure(402), "quota", "(402)", 1),
    (Failure(500), "server", "failed (500, 3 tries)", 3),
    (Failure(529), "server", "failed (529", 3),
    (Failure(408), "invalid", "(408)", 3),
    (Failure(400, code="context_length_exceeded"), "context_length", "lower HANMI_MODEL_INPUT_TOKENS", 1),
    (Failure(400, message="This model's maximum context length is 4096"), "context_length", "too long for writer", 1),
    (Failure(400, message="the request exceeds the available context size"), "context_length", "", 1),
    (Failure(500, message="Context window of 2048 exceeded"), "context_length", "", 1),
    (Failure(422, message="no such field"), "invalid", "refused the request (422)", 1),
    (Failure(cut=True), "unreachable", "cannot be reached, or cut the connection", 3),
]


@pytest.mark.parametrize(("failure", "code", "says", "tries"), FAILURES)
def test_a_failure_has_a_code_and_says_what_to_do(
    server: FakeOpenAI, failure: Failure, code: str, says: str, tries: int
) -> None:
    model = model_at(server)
    server.failures = [failure] * 9
    if not failure.cut:  # a stream that is cut before its first words is tested below
        reply = model.stream(ASKED)
        failed = failure_of(reply)
        assert (failed.code, len(server.requests)) == (code, tries)
        assert (reply.usage, reply.finished) == (Usage(), False)
        server.requests.clear()
    with pytest.raises(ModelFailed) as asked:
        model.ask(ASKED)
    assert (asked.value.code, len(server.requests)) == (code, tries)
    assert says in str(asked.value)
    assert str(asked.value).startswith(f"the language model at {server.url[7:-3]} ")
    assert "ours" not in str(asked.value)


def test_what_passes_is_tried_again(server: FakeOpenAI) -> None:
    server.failures = [Failure(429), Failure(503)]
    assert "".join(model_at(server).stream(ASKED)) == "Hello from the fake."
    assert len(server.requests) == 3


def test_the_wait_that_is_asked_for_is_kept(server: FakeOpenAI) -> None:
    patient = Limits(pause_s=10 * MAX_WAIT_S)  # longer than it would ever wait by itself
    server.failures = [Failure(429, headers={"retry-after-ms": "150"}), Failure(503, headers={"retry-after": "0.05"})]
    began = time.monotonic()
    assert model_at(server, patient).ask(ASKED).text == "Hello from the fake."
    assert time.monotonic() - began >= 0.2
    server.failures = [Failure(503)]
    with pytest.raises(ModelFailed):
        model_at(server, patient).ask(ASKED)


def test_the_wait_is_read_as_seconds_milliseconds_or_a_date() -> None:
    from datetime import UTC, datetime, timedelta

    def asked(**headers: str) -> float | None:
        request = httpx2.Request("POST", "http://127.0.0.1/v1")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return retry_after(
            openai.RateLimitError("", response=httpx2.Response(429, headers=sent, request=request), body=None)
        )

    assert asked(retry_after="3") == 3
    assert asked(retry_after_ms="250", retry_after="9") == 0.25
    assert asked(retry_after=format_datetime(datetime.now(UTC) + timedelta(hours=1))) == pytest.approx(3600, abs=60)
    assert asked(retry_after=format_datetime(datetime.now(UTC) - timedelta(hours=1))) == 0
    assert asked() is asked(retry_after="soon") is asked(retry_after="nan") is asked(retry_after="-1") is None


def test_an_address_where_nobody_listens_is_told() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    model = open_chat_model(AppSettings(model="writer", openai_base_url=url), QUICK)
    assert model is not None
    failed = failure_of(model.stream(ASKED))
    assert failed.code == "unreachable"
    assert "check OPENAI_BASE_URL and the network" in str(failed)


def test_a_connection_that_takes_too_long_is_no_slow_answer() -> None:
    late = openai.APITimeoutError(request=httpx2.Request("POST", "http://127.0.0.1/v1"))
    assert failure_code(late) == "timeout"
    late.__cause__ = httpx2.ConnectTimeout("")
    assert failure_code(late) == "unreachable"


def test_a_hung_connection_ends_and_is_closed(server: FakeOpenAI) -> None:
    hurried = Limits(first_s=0.2, whole_s=0.4)
    server.failures = [Failure(hang=True)] * 2
    reply = model_at(server, hurried).stream(ASKED)
    failed = failure_of(reply)
    assert (failed.code, len(server.requests)) == ("timeout", 1)
    assert "did not answer in 0.2 s; try again later" in str(failed)
    assert reply.usage.input_tokens > 0  # it may have been worked on
    assert server.left.get(timeout=20) == PATH
    with pytest.raises(ModelFailed, match=r"did not answer in 0\.4 s"):
        model_at(server, hurried).ask(ASKED)
    assert server.left.get(timeout=20) == PATH


def test_a_server_that_only_keeps_the_connection_alive_ends_too(server: FakeOpenAI) -> None:
    async def pings() -> AsyncIterator[str]:
        while True:
            yield ": ping\n\n"
            await asyncio.sleep(0.02)

    server.answer = StreamingResponse(pings(), media_type="text/event-stream")
    assert failure_of(model_at(server, Limits(first_s=0.2)).stream(ASKED)).code == "timeout"


def test_an_answer_that_stops_in_the_middle_ends_and_is_closed(server: FakeOpenAI) -> None:
    server.hang_after = 2
    reply = model_at(server, Limits(between_s=0.5)).stream(ASKED)
    assert [next(reply), next(reply)] == ["Hello", " from"]
    failed = failure_of(reply)
    assert failed.code == "timeout"
    assert "stopped in the middle of the answer" in str(failed)
    assert reply.usage.output_tokens == estimated_tokens("Hello from")
    assert server.left.get(timeout=20) == PATH
    assert len(server.requests) == 1


def test_an_answer_that_never_ends_is_ended(server: FakeOpenAI) -> None:
    server.reply = "on and " * 10_000
    server.delay_s = 0.02
    failed = failure_of(model_at(server, Limits(whole_s=1.0)).stream(ASKED))
    assert failed.code == "timeout"
    assert "over 1 s" in str(failed)
    assert server.left.get(timeout=20) == PATH


def test_slow_first_words_are_waited_for(server: FakeOpenAI) -> None:
    server.first_delay_s = 0.8
    assert "".join(model_at(server, Limits(between_s=0.4)).stream(ASKED)) == "Hello from the fake."


def test_an_answer_that_ends_without_a_finish_reason_is_not_finished(server: FakeOpenAI) -> None:
    server.end_after = 2
    reply = model_at(server).stream(ASKED)
    assert list(reply) == ["Hello", " from"]
    assert not reply.finished
    assert reply.usage.output_tokens == estimated_tokens("Hello from")


@pytest.mark.parametrize(("reason", "finished"), [("stop", True), ("length", False), ("content_filter", False)])
def test_a_finish_reason_may_say_that_it_is_not_all(server: FakeOpenAI, reason: str, finished: bool) -> None:
    server.finish_reason = reason
    reply = model_at(server).stream(ASKED)
    list(reply)
    assert reply.finished is finished
    assert model_at(server).ask(ASKED).finished is finished


def test_a_connection_that_breaks_after_the_first_words_is_not_tried_again(server: FakeOpenAI) -> None:
    server.break_after = 2
    reply = model_at(server).stream(ASKED)
    assert [next(reply), next(reply)] == ["Hello", " from"]
    failed = failure_of(reply)
    assert (failed.code, len(server.requests)) == ("cut", 1)
    assert reply.usage.output_tokens == estimated_tokens("Hello from")


def test_a_connection_that_breaks_before_the_first_words_is_tried_again(server: FakeOpenAI) -> None:
    server.break_after = 0
    failed = failure_of(model_at(server).stream(ASKED))
    assert (failed.code, len(server.requests)) == ("unreachable", 3)


def events(*data: str) -> Response:
    return Response("".join(f"data: {one}\n\n" for one in data), media_type="text/event-stream")


WORD = '{"id": "1", "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Seoul"}}]}'


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (HTMLResponse("<html>Welcome</html>"), "invalid"),
        (Response(""), "invalid"),
        (JSONResponse({"choices": []}), "invalid"),
        (JSONResponse([1]), "invalid"),
        (events("{'half': "), "invalid"),
        (events("[1]"), "invalid"),
        (events('{"choices": null}'), "invalid"),
        (events("[" * 100_000), "invalid"),
        (events("[DONE]"), "invalid"),
        (events(WORD, "{broken"), "invalid"),
        (events('{"error": {"message": "out of memory"}}'), "server"),
        (events('{"error": {"message": "maximum context length is 4096"}}'), "context_length"),
        (events(WORD, '{"error": {"message": "out of memory"}}'), "server"),
    ],
)
def test_what_is_no_completion_is_told(server: FakeOpenAI, answer: Response, code: str) -> None:
    server.answer = answer
    failed = failure_of(model_at(server).stream(ASKED))
    assert failed.code == code
    assert f"the language model at {server.url[7:-3]} " in str(failed)
    with pytest.raises(ModelFailed):
        model_at(server).ask(ASKED)


def chunk(choice: dict[str, Any] | None, **more: Any) -> str:
    """An event of a stream as servers shape it; None: no choices."""
    return json.dumps({"id": "1", "object": "chat.completion.chunk", "choices": [choice] if choice else [], **more})


USED = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
END = {"index": 0, "delta": {}, "finish_reason": "stop"}
SHAPES = {
    "Azure: filters before the first words, more fields": [
        chunk(None, prompt_filter_results=[{"prompt_index": 0, "content_filter_results": {}}]),
        chunk(
            {"index": 0, "delta": {"role": "assistant", "content": "", "refusal": None}, "content_filter_results": {}}
        ),
        chunk(
            {"index": 0, "delta": {"content": "Seoul pays."}, "content_filter_results": {"hate": {"filtered": False}}}
        ),
        chunk(END),
        chunk(None, usage=USED),
        "[DONE]",
    ],
    "llama.cpp: tokens with the finish reason": [
        chunk({"index": 0, "delta": {"role": "assistant", "content": None}, "finish_reason": None}),
        chunk({"index": 0, "delta": {"content": "Seoul pays."}, "finish_reason": None}),
        chunk(END, usage=USED, timings={"prompt_n": 7}),
        "[DONE]",
    ],
    "vLLM, Ollama: thoughts in a field of their own, tokens in every event": [
        chunk(
            {"index": 0, "delta": {"role": "assistant", "reasoning_content": "Hm."}}, usage={**USED, "total_tokens": 8}
        ),
        chunk({"index": 0, "delta": {"content": None, "reasoning": "Hm."}}, usage=None),
        chunk({"index": 0, "delta": {"content": "Seoul pays."}}, usage={**USED, "completion_tokens": 1}),
        chunk(END, usage=USED),
        "[DONE]",
    ],
    "whoever leaves the end out": [
        chunk({"index": 0, "delta": {"content": "Seoul pays."}}),
        chunk(END, usage=USED),
    ],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_answers_are_read_in_the_shape_of_each_server(server: FakeOpenAI, shape: str) -> None:
    server.answer = events(*SHAPES[shape])
    reply = model_at(server).stream(ASKED)
    assert list(reply) == ["Seoul pays."]
    assert reply.finished
    assert reply.usage == Usage(7, 2, 0.0)


def test_half_a_character_does_no_harm(server: FakeOpenAI) -> None:
    server.reply = lambda body: body["messages"][0]["content"]
    model = model_at(server)
    asked = [{"role": "user", "content": "half \ud83d of it"}]
    assert "".join(model.stream(asked)) == model.ask(asked).text == "half ? of it"
    server.answer = events(WORD.replace("Seoul", "Se\\ud83doul"), "[DONE]")
    assert "".join(model.stream(ASKED)) == "Se?oul"


def test_an_answer_of_two_megabytes_is_cut_and_closed(server: FakeOpenAI) -> None:
    server.reply = "word " * 400_000
    server.words_at_once = 4_000
    server.hang_after = 50  # else all of it may have been sent by then
    reply = model_at(server).stream(ASKED)
    assert sum(len(piece) for piece in reply) == QUICK.characters
    assert not reply.finished
    assert server.left.get(timeout=20) == PATH
    server.hang_after = None
    asked = model_at(server).ask(ASKED)
    assert (len(asked.text), asked.finished) == (QUICK.characters, False)
