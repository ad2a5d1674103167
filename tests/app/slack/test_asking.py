"""What of all that Slack sends is a question, and what its words are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.question import MAX_QUESTION_CHARS
from app.slack.asking import NO_WORDS, Question, asked_by_command, asked_by_shortcut, asked_in, plain

BOT = "U0HANMI01"
BODY = {"team_id": "T1", "event_id": "Ev1"}


def event(text: str = "What was agreed?", **fields: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "channel": "C1", "ts": "1.1", "team": "T1", "text": text, **fields}


def asked(text: str = "What was agreed?", **fields: Any) -> Question:
    question = asked_in(event(text, **fields), BODY, BOT)
    assert question is not None
    return question


@pytest.mark.parametrize(
    ("fields", "way"),
    [
        ({"channel": "D1", "channel_type": "im"}, "private"),
        ({"text": f"<@{BOT}> What was agreed?"}, "mention"),
        ({"text": f"What was agreed, <@{BOT}|hanmi>?"}, "mention"),
        ({"thread_ts": "1.0"}, "follow_up"),
        ({"channel": "G1", "channel_type": "mpim"}, "follow_up"),
        ({"channel": "G1", "channel_type": "mpim", "text": f"<@{BOT}> why?"}, "mention"),
    ],
)
def test_how_it_came(fields: dict[str, Any], way: str) -> None:
    assert asked(**fields).way == way


def test_a_mention_and_the_channels_message_are_the_same_question() -> None:
    text = f"<@{BOT}> What was agreed?"
    message = asked_in(event(text, channel_type="channel"), {**BODY, "event_id": "Ev1"}, BOT)
    mention = asked_in(event(text, type="app_mention"), {**BODY, "event_id": "Ev2"}, BOT)
    assert message
    assert mention
    assert (message.key, message.way, message.words) == (mention.key, mention.way, mention.words)


@pytest.mark.parametrize(
    "fields",
    [
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"subtype": "bot_message"},
        {"bot_id": "B1"},
        {"hidden": True},
        {"edited": {"user": "U1", "ts": "1.1"}, "text": f"<@{BOT}> edited in"},
        {"user": BOT},
        {"user": "USLACKBOT"},
        {"user": None},
        {"text": ""},
        {"text": None},
    ],
)
def test_what_is_no_question(fields: dict[str, Any]) -> None:
    assert asked_in({**event(), **fields}, BODY, BOT) is None


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
def test_words_beside_a_file_or_shown_in_the_channel_too_are_read(subtype: str) -> None:
    assert asked(subtype=subtype).words == "What was agreed?"


def test_a_mention_without_a_word_asks_what_hanmi_can_do() -> None:
    assert asked(f"<@{BOT}> ").words == NO_WORDS


def test_the_answer_goes_to_the_thread_or_begins_one() -> None:
    assert asked().thread_ts == "1.1"
    assert not asked().follows
    reply = asked(thread_ts="0.9")
    assert reply.thread_ts == "0.9"
    assert reply.follows


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"is_ext_shared_channel": True}, {}),
        ({}, {"user_team": "T2"}),
        ({}, {"source_team": "T2"}),
        ({}, {"team": "T2"}),
    ],
)
def test_another_organisation_is_seen(body: dict[str, Any], fields: dict[str, Any]) -> None:
    question = asked_in(event(**fields), {**BODY, **body}, BOT)
    assert question
    assert question.shared


def test_an_own_channel_is_not_shared() -> None:
    assert not asked().shared
    assert not asked(user_team="T1", source_team="T1").shared


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Is <https://example.org/a?b=1&amp;c=2|this page> right?", "Is this page right?"),
        ("Is <https://example.org/a?b=1&amp;c=2> right?", "Is https://example.org/a?b=1&c=2 right?"),
        ("What did <@U2> say in <#C2|general>?", "What did say in #general?"),
        ("<!here> &lt;MOU&gt; &amp; <!date^1^{date}|25 June>", "<MOU> & 25 June"),
        ("한국은 <mailto:a@b.c|얼마>?", "한국은 얼마?"),
    ],
)
def test_slacks_markup_is_read_as_people_read_it(written: str, read: str) -> None:
    assert plain(written) == read


def test_what_a_command_asks_is_read_as_it_was_typed() -> None:
    body = {"team_id": "T1", "channel_id": "C1", "user_id": "U1", "response_url": "https://x", "trigger_id": "t1"}
    question = asked_by_command(body, "Is <this> & *that* <@U2> right?")
    assert question.words == "Is <this> & *that* <@U2> right?"
    assert question.only_asker
    assert not question.follows
    assert question.lane != asked_by_command({**body, "trigger_id": "t2"}, "?").lane


def shortcut(text: str, **fields: Any) -> dict[str, Any]:
    message = {"ts": "1.1", "text": text, **fields}
    return {
        "team": {"id": "T1"},
        "channel": {"id": "C1"},
        "user": {"id": "U1", "team_id": "T1"},
        "message": message,
        "response_url": "https://x",
        "trigger_id": "t1",
    }


def test_a_shortcut_asks_the_words_of_the_message_as_far_as_a_question_goes() -> None:
    question = asked_by_shortcut(shortcut(f"<@{BOT}> <https://a.b|Seoul> paid &gt; 1 billion", thread_ts="1.0"), BOT)
    assert question
    assert question.words == "Seoul paid > 1 billion"
    assert question.thread_ts == "1.0"
    long = asked_by_shortcut(shortcut("Seoul pays. " * 1000), BOT)
    assert long
    assert 3_900 < len(long.words) <= MAX_QUESTION_CHARS
    assert long.words.endswith(("Seoul", "pays."))


def test_a_shortcut_on_a_message_without_words_asks_nothing() -> None:
    assert asked_by_shortcut(shortcut("<@U2>"), BOT) is None


def test_a_question_comes_back_from_the_memory() -> None:
    question = asked("한국은?", thread_ts="1.0")
    assert Question(**json.loads(json.dumps(question.as_json()))) == question
