"""Prices, and the tokens of a day."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.answers import spending
from app.answers.chat_model import ChatModel, open_chat_model
from app.answers.model_requests import Limits
from app.answers.schema import Usage
from app.answers.spending import Budget, Price, read_price
from app.errors import ModelFailed
from app.settings import AppSettings
from app.store import Store
from tests.fake_openai import Failure, FakeOpenAI

ASKED = [{"role": "user", "content": "x" * 400}]  # a hundred tokens, about


@pytest.fixture
def server(server: FakeOpenAI) -> FakeOpenAI:
    server.reply = "y " * 25
    return server


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "hanmi.db"


def model_at(server: FakeOpenAI, file: Path, daily_tokens: int) -> ChatModel:
    settings = AppSettings(model="m", openai_base_url=server.url, home=file.parent, daily_tokens=daily_tokens)
    model = open_chat_model(settings, Limits(retries=0))
    assert model is not None
    return model


def test_a_price_is_for_a_million_tokens() -> None:
    assert read_price(["0.25", "2"]).usage(1_000_000, 500_000) == Usage(1_000_000, 500_000, 1.25)
    assert read_price(["0.25", "2"]).usage(3, 1).cost_usd == 0.000003
    assert read_price([]) == Price()


def test_tokens_are_taken_until_the_days_are_used_up(file: Path) -> None:
    budget = Budget(file, 250)
    assert budget.used_today() == 0
    assert not file.exists()
    first, second = budget.take(100), budget.take(100)
    assert first is not None
    assert second is not None
    assert budget.take(100) is None
    budget.settle(first, 150)
    assert budget.used_today() == 250
    assert budget.take(1) is None
    budget.settle(second, 0)
    assert budget.used_today() == 150
    assert Budget(file, 1_000).used_today() == 150  # as after a restart


def test_every_day_has_its_own_and_a_request_counts_for_the_day_it_began(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = Budget(file, 100)
    late = budget.take(100)
    assert late is not None
    monkeypatch.setattr(spending, "_today", lambda: "2999-12-31")
    assert budget.used_today() == 0
    budget.settle(late, 5)
    assert budget.used_today() == 0
    assert budget.take(100) is not None


def test_threads_and_processes_share_a_day(file: Path) -> None:
    code = (
        "from pathlib import Path; from app.answers.spending import Budget\n"
        f"budget = Budget(Path({str(file)!r}), 100)\n"
        "print(sum(budget.take(1) is not None for _ in range(60)))"
    )
    others = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    with ThreadPoolExecutor(4) as pool:
        ours = sum(pool.map(lambda _: Budget(file, 100).take(1) is not None, range(60)))
    theirs = sum(int(other.communicate(timeout=60)[0]) for other in others)
    assert ours + theirs == Budget(file, 100).used_today() == 100


def test_answers_and_tokens_lie_in_one_database(file: Path) -> None:
    Budget(file, 100).take(7)
    store = Store(file, answer_days=1)
    store.keep({"id": "a"})
    assert store.answer("a") == {"id": "a"}
    assert Budget(file, 100).used_today() == 7


def test_what_a_request_used_takes_the_place_of_what_was_taken_for_it(server: FakeOpenAI, file: Path) -> None:
    model = model_at(server, file, 10_000)
    reply = model.stream(ASKED)
    assert Budget(file, 0).used_today() == 100
    list(reply)
    assert Budget(file, 0).used_today() == reply.usage.input_tokens + reply.usage.output_tokens == 26
    model.ask(ASKED)
    assert Budget(file, 0).used_today() == 52


def test_a_request_that_was_refused_costs_nothing(server: FakeOpenAI, file: Path) -> None:
    server.failures = [Failure(401), Failure(401)]
    model = model_at(server, file, 10_000)
    for request in (lambda: list(model.stream(ASKED)), lambda: model.ask(ASKED)):
        with pytest.raises(ModelFailed):
            request()
    assert Budget(file, 0).used_today() == 0


def test_a_request_that_was_closed_counts(server: FakeOpenAI, file: Path) -> None:
    server.hang_after = 8
    with model_at(server, file, 10_000).stream(ASKED) as reply:
        assert [next(reply) for _ in range(8)]
    assert Budget(file, 0).used_today() == 104


def test_with_the_days_tokens_used_up_nothing_is_sent(server: FakeOpenAI, file: Path) -> None:
    model = model_at(server, file, 110)
    model.ask(ASKED)
    server.requests.clear()
    for request in (lambda: model.stream(ASKED), lambda: model.ask(ASKED)):
        with pytest.raises(
            ModelFailed, match=r"of the 110 tokens .* \(HANMI_DAILY_TOKENS\) too few are left"
        ) as failed:
            request()
        assert failed.value.code == "budget"
    assert server.requests == []


def test_without_a_limit_nothing_is_kept(server: FakeOpenAI, file: Path) -> None:
    model_at(server, file, 0).ask(ASKED)
    assert not file.exists()


def test_where_nothing_can_be_counted_nothing_is_sent(server: FakeOpenAI, file: Path) -> None:
    file.mkdir(parents=True)
    with pytest.raises(ModelFailed, match=r"cannot be counted: the database .* cannot be used") as failed:
        model_at(server, file, 100_000).ask(ASKED)
    assert failed.value.code == "budget"
    assert server.requests == []
