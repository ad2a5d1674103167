"""The model that writes: what it is sent, what comes back and costs, and how it is stopped."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.answers.chat_model import open_chat_model
from app.answers.model_requests import Limits
from app.answers.schema import Usage
from app.answers.spending import estimated_tokens
from app.answers.thoughts import WithoutThoughts
from app.errors import ModelFailed, SettingsError
from app.settings import AppSettings, Secret
from app.stopping import Stop, stoppable
from tests.app.answers.endpoint import ASKED, PATH, failure_of, model_at
from tests.fake_openai import Failure, FakeOpenAI

PATIENT = Limits(first_s=3_000, between_s=3_000, whole_s=3_000)  # what ends under these was closed


def test_an_answer_comes_in_pieces_and_is_counted_and_priced(server: FakeOpenAI) -> None:
    server.reply = "Seoul pays [1.1]."
    with model_at(server, model_price=("250000", "2000000")).stream(ASKED) as reply:
        assert list(reply) == ["Seoul", " pays", " [1.1]."]
        assert reply.finished
        assert reply.usage == Usage(input_tokens=6, output_tokens=3, cost_usd=7.5)
    body = server.requests[0].body
    assert body["messages"] == [
        {"content": "Cite.", "role": "system"},
        {"content": ASKED[1]["content"], "role": "user"},
    ]
    assert (body["model"], body["temperature"], body["stream"]) == ("writer", 0, True)


def test_a_whole_answer_is_asked_for(server: FakeOpenAI) -> None:
    reply = model_at(server).ask(ASKED)
    assert (reply.text, reply.finished) == ("Hello from the fake.", True)
    assert reply.usage == Usage(6, 4, 0.0)
    assert server.requests[0].body["stream"] is False


@pytest.mark.parametrize("told", ["", "Seoul pays."])
def test_where_the_endpoint_counts_no_tokens_they_are_estimated(server: FakeOpenAI, told: str) -> None:
    server.counts_tokens = False
    server.reply = told
    about = Usage(estimated_tokens("Cite.") + estimated_tokens(ASKED[1]["content"]), estimated_tokens(told))
    reply = model_at(server).stream(ASKED)
    assert "".join(reply) == told
    assert reply.finished
    assert reply.usage == model_at(server).ask(ASKED).usage == about


def test_tokens_are_estimated_rather_too_many() -> None:
    assert estimated_tokens("") == 0
    assert estimated_tokens("Seoul pays.") == 3
    assert estimated_tokens("방위비 분담금") == 7
    assert estimated_tokens("a" * 400_000) == 100_000


@pytest.mark.parametrize("option", ["temperature", "stream_options"])
def test_an_option_that_the_model_does_not_take_is_left_out_from_then_on(server: FakeOpenAI, option: str) -> None:
    model = model_at(server, Limits(retries=0))
    server.failures = [Failure(400, message=f"Unsupported value: '{option}' does not support this")]
    assert "".join(model.stream(ASKED)) == "Hello from the fake."
    assert "".join(model.stream(ASKED)) == "Hello from the fake."
    assert [option in request.body for request in server.requests] == [True, False, False]


def test_an_option_is_not_left_out_twice(server: FakeOpenAI) -> None:
    server.failures = [Failure(400, message="temperature is wrong")] * 5
    assert failure_of(model_at(server).stream(ASKED)).code == "invalid"
    assert len(server.requests) == 2


def test_only_what_is_set_reaches_the_endpoint_and_nobody_else_hears_of_it(
    server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langchain_core.tracers.langchain import LangChainTracer
    from langsmith.utils import get_env_var

    traced: list[object] = []
    monkeypatch.setattr(LangChainTracer, "on_chat_model_start", lambda *given, **named: traced.append(given))
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "theirs")
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_PROXY", "LANGSMITH_ENDPOINT"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/v1")
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "theirs")
    get_env_var.cache_clear()
    try:
        model = model_at(server)
        model.ask(ASKED)
        list(model.stream(ASKED))
    finally:
        get_env_var.cache_clear()
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer ours"] * 2
    assert "theirs" not in str([request.headers for request in server.requests])
    assert traced == []


def test_a_server_of_ones_own_needs_no_key(server: FakeOpenAI) -> None:
    assert model_at(server, openai_api_key=Secret()).ask(ASKED).text
    assert server.requests[0].headers["authorization"] == "Bearer not-needed"


def test_answers_without_a_model_load_none_of_its_packages() -> None:
    code = (
        "import sys, app.assistant, app.cli.serve; from app.answers.chat_model import open_chat_model\n"
        "print([name for name in ('openai', 'langchain_openai') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


def test_without_a_model_there_is_none_whatever_lies_in_the_shell() -> None:
    assert open_chat_model(AppSettings(openai_api_key=Secret("k"), openai_base_url="http://127.0.0.1:1/v1")) is None


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "the model writer needs a key: set OPENAI_API_KEY"),
        ({"openai_base_url": "localhost"}, "OPENAI_BASE_URL is no address"),
        ({"openai_api_key": Secret("kéy")}, "OPENAI_API_KEY holds characters"),
        ({"openai_api_key": Secret("k"), "model_price": ("1",)}, "HANMI_MODEL_PRICE must be two amounts"),
        ({"openai_api_key": Secret("k"), "model_price": ("cheap", "2")}, "not 'cheap,2'"),
        ({"openai_api_key": Secret("k"), "model_price": ("1", "-2")}, "HANMI_MODEL_PRICE"),
    ],
)
def test_settings_that_cannot_work_are_told_at_once(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        open_chat_model(AppSettings(model="writer", **settings))


THOUGHT = [
    ("<think>Hm, 15 percent?</think>Seoul pays.", "Seoul pays."),
    ("\n<think>\nHm.\n</think>\n\nSeoul pays. <think> stays", "Seoul pays. <think> stays"),
    ("<think>Hm", ""),
    ("<think></think>", ""),
    ("<thin ice>", "<thin ice>"),
    ("<th", "<th"),
    (" Seoul </think> pays", " Seoul </think> pays"),
]


@pytest.mark.parametrize(("written", "answer"), THOUGHT)
def test_thoughts_in_front_are_no_part_of_the_answer(server: FakeOpenAI, written: str, answer: str) -> None:
    server.reply = written
    assert model_at(server).ask(ASKED).text == answer
    reply = model_at(server).stream(ASKED)
    pieces = list(reply)
    assert "".join(pieces) == answer
    assert all(pieces)
    assert reply.finished
    for size in range(1, len(written)):  # wherever it is cut into pieces
        without = WithoutThoughts()
        cut = [written[at : at + size] for at in range(0, len(written), size)]
        assert "".join([*map(without.feed, cut), without.end()]) == answer


def test_closing_closes_the_connection(server: FakeOpenAI) -> None:
    server.hang_after = 1
    with model_at(server, PATIENT).stream(ASKED) as reply:
        assert next(reply) == "Hello"
    assert server.left.get(timeout=20) == PATH
    assert list(reply) == []
    assert not reply.finished
    assert reply.usage.output_tokens == estimated_tokens("Hello")
    reply.close()


def test_closing_from_elsewhere_wakes_who_waits_for_the_first_words(server: FakeOpenAI) -> None:
    server.failures = [Failure(hang=True)]
    reply = model_at(server, PATIENT).stream(ASKED)
    pieces: list[list[str]] = []
    waiting = threading.Thread(target=lambda: pieces.append(list(reply)))
    waiting.start()
    deadline = time.monotonic() + 20
    while not server.requests and time.monotonic() < deadline:
        time.sleep(0.005)
    reply.close()
    assert server.left.get(timeout=20) == PATH
    waiting.join(20)
    assert pieces == [[]]


def test_a_stream_that_nobody_holds_any_more_is_closed(server: FakeOpenAI) -> None:
    server.hang_after = 1
    reply = model_at(server, PATIENT).stream(ASKED)
    next(reply)
    del reply
    gc.collect()
    assert server.left.get(timeout=20) == PATH


def test_who_serves_a_question_may_stop_its_requests(server: FakeOpenAI) -> None:
    server.failures = [Failure(hang=True)] * 2
    model, stop = model_at(server, PATIENT), Stop()
    ended: list[object] = []

    def wait() -> None:
        with stoppable(stop):
            ended.append(list(model.stream(ASKED)))
            try:
                model.ask(ASKED)  # begun after the stop
            except ModelFailed as failed:
                ended.append(str(failed))

    waiting = threading.Thread(target=wait)
    waiting.start()
    deadline = time.monotonic() + 20
    while not server.requests and time.monotonic() < deadline:
        time.sleep(0.005)
    stop.stop()
    waiting.join(20)
    assert ended == [[], "the request to writer was stopped"]
    assert server.left.get(timeout=20) == PATH
    server.failures = []
    assert "".join(model.stream(ASKED)) == "Hello from the fake."  # nothing outside is stopped


def test_threads_share_a_model(server: FakeOpenAI) -> None:
    server.reply = lambda body: body["messages"][0]["content"]
    model = model_at(server)

    def ask(number: int) -> str:
        return "".join(model.stream([{"role": "user", "content": f"It is {number}."}]))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(16))) == [f"It is {number}." for number in range(16)]
