"""A thread of Slack's as a conversation with Hanmi."""

from __future__ import annotations

from typing import Any

from app.slack.memory import TURNS_READ
from app.slack.threads import turns_in

BOT = "U0HANMI01"


def said(number: int, user: str, text: str, **more: Any) -> dict[str, Any]:
    return {"ts": f"1.{number:06d}", "user": user, "text": text, **more}


def contents(messages: list[dict[str, Any]], before: str = "9.9") -> list[str]:
    return [turn["content"] for turn in turns_in(messages, BOT, before)]


def test_an_answer_goes_with_the_question_before_it() -> None:
    thread = [
        said(1, "U1", f"<@{BOT}> How much?"),
        said(2, BOT, "So much."),
        said(3, BOT, "And its sources."),
        said(4, "U2", "Thanks!"),
        said(5, "U2", "And &gt; when?"),
        said(6, BOT, "In 2025."),
    ]
    assert contents(thread) == ["How much?", "So much.", "And > when?", "In 2025."]
    assert [turn["role"] for turn in turns_in(thread, BOT, "9.9")] == ["user", "assistant"] * 2


def test_what_comes_after_the_question_is_no_part_of_it() -> None:
    thread = [said(1, "U1", "How much?"), said(2, BOT, "So much."), said(3, "U1", "When?"), said(4, BOT, "In 2025.")]
    assert contents(thread, before="1.000003") == ["How much?", "So much."]


def test_other_bots_ask_nothing_and_what_is_empty_says_nothing() -> None:
    thread = [said(1, "U9", "Build failed", bot_id="B9"), said(2, BOT, "So much."), said(3, "U1", f"<@{BOT}>")]
    assert contents([*thread, said(4, BOT, "Help.")]) == []


def test_only_the_last_turns_count() -> None:
    thread = []
    for number in range(TURNS_READ + 3):
        thread += [said(2 * number, "U1", f"q{number}"), said(2 * number + 1, BOT, f"a{number}")]
    assert contents(thread)[:2] == ["q3", "a3"]
    assert len(contents(thread)) == 2 * TURNS_READ
