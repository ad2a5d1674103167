"""What the page says for a question, without a browser."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.errors import AppError
from app.web.page import Exchange, _answered, _conversation, _heading, _history, _working
from tests.app.samples import FIRST, answered
from tests.app.stubs import StubAssistant


def test_an_answer_is_shown_with_its_quotations() -> None:
    exchange = _answered(StubAssistant(), "How much?", [])
    assert f"<mark>{FIRST}</mark>" in exchange.html
    assert exchange.said == answered().text


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (AppError("Too <long>."), "Too &lt;long&gt;."),
        (ValueError("secret"), "Something went wrong, and there is no answer."),
    ],
)
def test_a_failure_is_one_sentence_and_never_raised(failure: Exception, sentence: str) -> None:
    exchange = _answered(StubAssistant(failure), "How much?", [])
    assert sentence in exchange.html
    assert "secret" not in exchange.html
    assert exchange.said == ""


def test_a_failure_in_korean_is_said_in_korean() -> None:
    assert "오류가 발생하여" in _answered(StubAssistant(ValueError()), "투자액은 얼마인가요?", []).html


def test_a_follow_up_gets_the_history_without_what_failed() -> None:
    assistant = StubAssistant()
    before = [Exchange("a", "", "A"), Exchange("b", "", ""), Exchange("c", "", "C")]
    _answered(assistant, "And then?", before)
    assert assistant.asked[0][1] == _history(before)
    assert [turn["content"] for turn in _history(before)] == ["a", "A", "c", "C"]


def test_a_question_is_escaped() -> None:
    assert "<h2>&lt;img src=x onerror=alert(1)&gt;</h2>" in _conversation(
        [Exchange("<img src=x onerror=alert(1)>", "", "")]
    )


def test_the_heading_names_the_only_article_and_escapes_it() -> None:
    assistant = StubAssistant()
    record = next(iter(assistant.index.records.values()))
    assert "1 article · The Diplomat · September 2025" in _heading(assistant)
    assistant.index.records = {"x": replace(record, title="<b>")}
    assert "&lt;b&gt;" in _heading(assistant)
    assistant.index.records = {"x": record, "y": replace(record, outlet="B", published="2024")}
    assert "2 articles · 2 outlets · 2024 – September 2025" in _heading(assistant)
    assistant.index.records = {}
    assert "0 articles" in _heading(assistant)


def test_what_is_searched_is_said_in_the_language_of_the_question() -> None:
    assert _working(StubAssistant(), "How much?") == "searching 1 article"
    assert _working(StubAssistant(), "얼마인가요?") == "기사 1건에서 찾는 중"


def test_before_the_first_question_the_page_says_what_it_is() -> None:
    assert "I am Hanmi." in _conversation([])
    assert "I am Hanmi." not in _conversation([Exchange("a", "", "A")])
