"""Written answers that are given again: when, when not, what they say, and how they are forgotten."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.answer_cache import MOST_KEPT, AnswerCache
from app.answers.confidence import load_calibration
from app.answers.schema import Answer, Usage
from app.assistant import Assistant
from app.settings import AppSettings, load_settings
from app.store import Store
from ingest.records import Filters
from tests.app.answers.writing import scripted, written_by
from tests.app.test_assistant import codes
from tests.fake_openai import Failure, FakeOpenAI

ASKED = "How much does Washington want Seoul to invest, and in what form?"
GOOD = "The Diplomat reports that Washington is reportedly demanding the $350 billion in cash [{hand over the $350}]."
FALSE = "The Diplomat says that Washington demands $530 billion in cash [{hand over the $350}]."


@pytest.fixture
def server(running: FakeOpenAI) -> FakeOpenAI:
    running.reset()
    running.reply = scripted(GOOD)
    return running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "hanmi.db"


@pytest.fixture
def assistant(server: FakeOpenAI, owner: Assistant, file: Path) -> Assistant:
    written = written_by(server, owner)
    written._written_before = AnswerCache(file, 7)
    return written


def aged(file: Path, days: float) -> None:
    with sqlite3.connect(file) as database:
        then = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
        database.execute("UPDATE written SET kept_at = ?", (then,))
    database.close()


def kept(file: Path) -> int:
    with sqlite3.connect(file) as database:
        (count,) = database.execute("SELECT count(*) FROM written").fetchone()
    database.close()
    return int(count)


def test_the_same_question_gets_the_answer_from_before_at_no_cost(server, assistant):
    first = assistant.answer(ASKED)
    events = list(assistant.stream(f"  {ASKED} "))
    assert len(server.requests) == 1
    again = events[-1].data
    assert [event.name for event in events] == ["searching", "claim", "answer"]
    assert (again["text"], again["model"], again["engine"]) == (first.text, "writer", "generative")
    assert again["citations"] == json.loads(
        json.dumps([vars(each) | {"passage": vars(each.passage)} for each in first.citations])
    )
    assert again["usage"] == vars(Usage())
    assert first.usage.input_tokens
    assert again["id"] != first.id
    assert "given_again" not in codes(first)
    (told,) = [each["text"] for each in again["notices"] if each["code"] == "given_again"]
    assert told.startswith("Written on ")


def test_whatever_else_is_asked_is_written(server, assistant):
    assistant.answer(ASKED)
    assistant.answer(ASKED, [{"role": "user", "content": "And Japan?"}, {"role": "assistant", "content": "Nothing."}])
    assistant.answer(ASKED, filters=Filters(kinds=("analysis", "opinion")))
    assistant.answer(ASKED, language="ko")
    assistant.answer(f"{ASKED} Please.")
    assert len([one for one in server.requests if len(one.body["messages"]) == 2]) == 5


def test_fresh_is_written_anew_and_takes_the_place_of_the_old(server, assistant, file):
    assistant.answer(ASKED)
    server.reply = scripted(GOOD.replace("reports", "writes"))
    assert assistant.answer(ASKED, fresh=True).text.startswith("The Diplomat writes")
    assert assistant.answer(ASKED).text.startswith("The Diplomat writes")
    assert len(server.requests) == 2
    assert kept(file) == 1


def test_what_may_not_be_kept_is_not(server, assistant, file):
    assistant.answer(ASKED, keep=False)
    assistant.answer(ASKED)
    assert len(server.requests) == 2


@pytest.mark.parametrize("says", ["", "NOT_IN_ARTICLES", "Washington wants it all.", FALSE])
def test_what_was_quoted_instead_or_found_nothing_is_asked_again(server, assistant, file, says):
    server.reply = scripted(says, "1: DROP")
    assistant.answer(ASKED)
    asked = len(server.requests)
    assistant.answer(ASKED)
    assert len(server.requests) == 2 * asked


def test_a_failure_is_asked_again(server, assistant):
    server.failures = [Failure(400, message="no")]
    assert assistant.answer(ASKED).engine == "extractive"
    assert assistant.answer(ASKED).engine == "generative"


def test_quotations_neither_come_from_there_nor_go_there(server, assistant, file):
    assistant.answer(ASKED)
    assert assistant.answer(ASKED, engine="extractive").engine == "extractive"
    assistant.answer("What did leaders in Seoul say of the demand?", engine="extractive")
    assert kept(file) == 1


def test_greetings_are_not_kept(assistant, file):
    assistant.answer("hello")
    assert not file.exists()


def test_after_its_days_it_is_written_again(server, assistant, file):
    assistant.answer(ASKED)
    aged(file, 6.9)
    assistant.answer(ASKED)
    aged(file, 7.1)
    assistant.answer(ASKED)
    assert len(server.requests) == 2


@pytest.mark.parametrize("given", [0, 1])
def test_whoever_forgets_an_answer_forgets_what_is_given_again(server, assistant, file, given):
    answers = [assistant.answer(ASKED), assistant.answer(ASKED)]
    Store(file, 30).forget(["another"])
    assert kept(file) == 1
    Store(file, 30).forget([answers[given].id])
    assert kept(file) == 0
    assert b"350 billion" not in file.read_bytes()


def test_no_more_than_so_many_are_kept(assistant, file, monkeypatch):
    monkeypatch.setattr("app.answer_cache.MOST_KEPT", 2)
    answer = assistant.answer(ASKED, keep=False)
    cache = AnswerCache(file, 7)
    for number in range(4):
        cache.keep(f"key {number}", replace(answer, id=str(number)))
    assert [bool(cache.find(f"key {number}")) for number in range(4)] == [False, False, True, True]
    assert MOST_KEPT > 100


def test_a_database_of_no_use_costs_no_answer(server, assistant, file):
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database at all, but long enough to be read as one" * 30)
    assert assistant.answer(ASKED).engine == "generative"


def key(settings: AppSettings, owner: Assistant, generation: int = 1, dates: tuple = ()) -> str:
    cache = AnswerCache.open(settings, owner.tables, load_calibration())
    assert cache is not None
    return cache.key(ASKED, (), None, None, dates, (generation, owner.index.articles()))


def test_settings_index_and_the_day_meant_are_part_of_what_is_asked(tmp_path, owner):
    settings = AppSettings(home=tmp_path, model="writer")
    others = [
        key(replace(settings, **{name: value}), owner)
        for name, value in (
            *(("model", "another"), ("openai_base_url", "http://127.0.0.1:1/v1"), ("model_input_tokens", 900)),
            *(("embedding_model", "other"), ("index", tmp_path / "other")),
        )
    ]
    others += [key(settings, owner, 2), key(settings, owner, 1, ("2025-10",))]
    assert key(settings, owner) == key(replace(settings, port=1), owner)
    assert len({key(settings, owner), *others}) == 8


@pytest.mark.parametrize(
    ("cache_days", "answer_days", "kept_days"), [(7, 30, 7), (7, 2, 2), (0, 30, None), (7, 0, None)]
)
def test_it_lasts_no_longer_than_answers_on_the_page(tmp_path, owner, cache_days, answer_days, kept_days):
    settings = AppSettings(home=tmp_path, cache_days=cache_days, answer_days=answer_days)
    cache = AnswerCache.open(settings, owner.tables, load_calibration())
    assert (cache._days if cache else None) == kept_days


def test_a_changed_index_is_asked_anew(server, assistant, monkeypatch):
    assistant.answer(ASKED)
    generation = assistant.index.generation
    monkeypatch.setattr(type(assistant.index), "generation", property(lambda _: generation + 1))
    assistant.answer(ASKED)
    assert len(server.requests) == 2


def test_the_setting_is_read(monkeypatch):
    monkeypatch.setenv("HANMI_CACHE_DAYS", "3")
    assert load_settings().cache_days == 3


def test_an_answer_in_korean_says_so_in_korean(server, assistant):
    question = "미국이 한국에 요구한 투자액은 얼마인가요?"
    server.reply = scripted(
        "The Diplomat에 따르면 미국은 한국에 3,500억 달러를 현금으로 요구하고 있다고 한다 [{hand over}]."
    )
    answers: list[Answer] = [assistant.answer(question), assistant.answer(question)]
    assert "작성한 답변입니다" in answers[1].notices[-1].text
