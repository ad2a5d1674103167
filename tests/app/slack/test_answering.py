"""How a question is answered in Slack: what appears when, what is kept, and what happens when something fails."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.answers.schema import Claim
from app.errors import BadInput
from app.render import answer_json
from app.slack import answering
from evals.bench.fake_slack.web_api import APP_TOKEN, BOT_TOKEN, Failure, rate_limited
from evals.bench.fake_slack.workspace import ANNA, BORA, BOT_USER, GENERAL, GROUP, GUEST, SHARED, STRANGER, Message
from tests.app.samples import FIRST, SECOND, answered, cite, not_in_corpus
from tests.app.slack.desk import Desk, desk
from tests.app.stubs import StubAssistant

MENTION = f"<@{BOT_USER}> How much does Washington want?"


class Scripted(StubAssistant):
    """Says claims, calls what is to happen between them, and ends with ``says``."""

    def __init__(self, *steps: Any, says: Any = None) -> None:
        super().__init__(says)
        self.steps = steps

    def stream(self, question: str, history: Any = (), filters: Any = None, **asked: Any) -> Iterator[Any]:
        self.asked.append((question, list(history), filters))
        self.engines.append(asked.get("engine"))
        self.languages.append(asked.get("language"))
        yield SimpleNamespace(name="searching", data={"articles": 1})
        for index, step in enumerate(self.steps):
            if isinstance(step, Exception):
                raise step
            if callable(step):
                step()
            else:
                yield SimpleNamespace(
                    name="claim", data={"index": index, "text": step, "citations": [1], "support": "quoted"}
                )
        if isinstance(self.says, Exception):
            raise self.says
        yield SimpleNamespace(name="answer", data=answer_json(self.says))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sentence is sent as it comes."""
    monkeypatch.setattr("app.slack.streaming.SEND_S", 0.0)


def quiet(at: Desk) -> None:
    assert at.slack.spinning() == []
    assert at.slack.refused() == []


def texts(messages: list[Message]) -> list[str]:
    return [message.text.replace("\u2060", "") for message in messages]


def test_a_mention_is_answered_in_its_thread_sentence_by_sentence(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        asked = at.slack.says(ANNA, GENERAL, MENTION)
        (answer,) = at.answers(asked)
        assert answer.thread_ts == asked.message.ts
        assert FIRST in texts([answer])[0]
        assert f"{SECOND} [2]" in texts([answer])[0]
        assert at.methods() == ["assistant.threads.setStatus", "chat.startStream", "chat.stopStream"]
        quiet(at)
        kept = at.memory.kept("0f3a")
        assert kept
        assert (kept.user, kept.question, kept.messages) == (ANNA, "How much does Washington want?", (answer.ts,))
        assert at.store.answer("0f3a")
        assert any("hanmi.example/a/0f3a" in str(block) for block in answer.blocks)


def test_a_follow_up_brings_the_thread_along(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        asked = at.slack.says(ANNA, GENERAL, MENTION)
        at.settle()
        at.slack.says(BORA, GENERAL, "And who signed it?", asked.message.ts)
        at.settle()
        question, history, _ = at.assistant.asked[-1]
        assert question == "And who signed it?"
        assert [turn["role"] for turn in history] == ["user", "assistant"]
        assert history[0]["content"] == "How much does Washington want?"
        # Nobody called Hanmi: it is not said to be working.
        assert len(at.methods("assistant.threads.setStatus")) == 1


def test_people_who_talk_to_each_other_are_left_alone(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        asked = at.slack.says(ANNA, GENERAL, MENTION)
        at.settle()
        for said in ("Thanks!", f"<@{BORA}> what do you think?", "I'll put it into the memo."):
            at.slack.says(BORA, GENERAL, said, asked.message.ts)
        elsewhere = at.slack.says(ANNA, GENERAL, "Who has the minutes?")
        at.slack.says(BORA, GENERAL, "What minutes?", elsewhere.message.ts)
        at.settle()
        assert len(at.assistant.asked) == 1


def test_a_follow_up_that_the_articles_do_not_answer_is_left_alone(tmp_path: Path) -> None:
    assistant = StubAssistant()
    with desk(assistant, tmp_path) as at:
        asked = at.slack.says(ANNA, GENERAL, MENTION)
        at.settle()
        calls = len(at.methods())
        assistant.says = replace(not_in_corpus(), id="unsaid")
        follow_up = at.slack.says(BORA, GENERAL, "Who has the minutes?", asked.message.ts)
        assert at.answers(follow_up) == []
        assert len(at.methods()) == calls
        assert at.store.answer("unsaid") is None
        assert at.memory.kept("unsaid") is None


@pytest.mark.parametrize(("unsure", "reactions"), [("silent", set()), ("emoji", {"shrug"})])
def test_a_channel_may_want_no_words_where_the_articles_do_not_say(
    tmp_path: Path, unsure: str, reactions: set[str]
) -> None:
    channels = {"default": {"unsure": unsure}}
    with desk(StubAssistant(not_in_corpus()), tmp_path, slack_channels=channels) as at:
        asked = at.slack.says(ANNA, GENERAL, MENTION)
        assert at.answers(asked) == []
        assert at.slack.messages(GENERAL)[0].reactions == reactions
        quiet(at)
        assert at.memory.kept("0f3a") is None
        direct = at.slack.says_to_hanmi(ANNA, "How much?")
        assert len(at.answers(direct)) == 1


def test_what_is_not_in_the_articles_comes_with_the_nearest_passages(tmp_path: Path) -> None:
    with desk(StubAssistant(not_in_corpus()), tmp_path) as at:
        (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert SECOND in str(answer.blocks)
        quiet(at)


def test_a_group_message_is_answered_where_it_reads_as_a_question(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        assert len(at.answers(at.slack.says(ANNA, GROUP, "How much does Washington want?"))) == 1
        assert at.answers(at.slack.says(BORA, GROUP, "See you at lunch.")) == []


def test_a_channels_wishes_reach_the_assistant(tmp_path: Path) -> None:
    channels = {"default": {"engine": "extractive", "language": "ko", "outlets": ["Yonhap"]}}
    with desk(StubAssistant(), tmp_path, slack_channels=channels) as at:
        at.slack.says(ANNA, GENERAL, MENTION)
        at.settle()
        assert at.assistant.engines == ["extractive"]
        assert at.assistant.languages == ["ko"]
        assert at.assistant.asked[0][2].outlets == ("Yonhap",)


def test_guests_and_strangers_are_ignored_unless_allowed(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        for user, channel in ((GUEST, GENERAL), (STRANGER, SHARED), (ANNA, SHARED)):
            assert at.answers(at.slack.says(user, channel, MENTION)) == []
        assert at.answers(at.slack.says_to_hanmi(GUEST, "How much?")) == []
        at.slack.runs(GUEST, "How much?")
        (told,) = [each for each in at.whispers(GUEST, GENERAL) if "guests" in each.text]
        assert told
        assert at.assistant.asked == []
        assert set(at.methods()) == {"response_url"}
    channels = {"default": {"guests": True, "shared": True}}
    with desk(StubAssistant(), tmp_path / "open", slack_channels=channels) as at:
        assert len(at.answers(at.slack.says(GUEST, GENERAL, MENTION))) == 1
        assert len(at.answers(at.slack.says(STRANGER, SHARED, MENTION))) == 1
        quiet(at)


def test_who_somebody_is_is_looked_up_once_in_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        for _ in range(2):
            at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert len(at.slack.calls("users.info")) == 1
        monkeypatch.setattr("app.slack.people.KNOWN_S", 0.0)
        at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert len(at.slack.calls("users.info")) == 2


def test_who_is_a_guest_has_to_be_known(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        at.slack.api.scopes.discard("users:read")
        (told,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert told.text.startswith("Something went wrong")
        assert at.assistant.asked == []
        assert "missing_scope" in caplog.text


def test_a_stream_that_expires_is_finished_by_an_update(tmp_path: Path, at_once: None) -> None:
    assistant = Scripted(FIRST, lambda: at.slack.expire_streams(), SECOND)
    with desk(assistant, tmp_path) as at:
        (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert "chat.update" in at.methods()
        assert SECOND in str(answer.blocks)
        assert at.slack.spinning() == []
        kept = at.memory.kept("0f3a")
        assert kept
        assert kept.messages == (answer.ts,)


def test_words_whose_arrival_was_not_confirmed_do_not_stand_there_twice(tmp_path: Path, at_once: None) -> None:
    with desk(Scripted(FIRST, SECOND), tmp_path) as at:
        at.slack.failures["chat.appendStream"] = [Failure(500, done=True)]
        (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        shown = str(answer.blocks).replace("\u2060", "")
        assert shown.count(f"{SECOND} ") == 1
        assert at.slack.spinning() == []


def test_where_slack_does_not_stream_the_answer_is_posted_whole(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        at.slack.failures["chat.startStream"] = [Failure(error="feature_not_enabled")]
        (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert SECOND in str(answer.blocks)
        assert at.methods()[-1] == "chat.postMessage"
        assert at.slack.spinning() == []


def test_what_slack_is_too_busy_for_is_tried_again(tmp_path: Path) -> None:
    with desk(StubAssistant(not_in_corpus()), tmp_path) as at:
        at.slack.failures["chat.postMessage"] = [rate_limited(0), Failure(502)]
        assert len(at.answers(at.slack.says(ANNA, GENERAL, MENTION))) == 1
        assert at.methods("chat.postMessage") == ["chat.postMessage"] * 3


def test_an_answer_that_turns_out_otherwise_replaces_what_was_streamed(tmp_path: Path, at_once: None) -> None:
    final = answered(text=f"{SECOND} [1]", claims=(Claim(SECOND, (1,), "quoted"),))
    with desk(Scripted("It was never said.", FIRST, says=final), tmp_path) as at:
        (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert "never said" not in f"{answer.text} {answer.blocks}"
        assert SECOND in str(answer.blocks)
        quiet(at)


def test_an_answer_that_is_taken_back_says_so_where_silence_would_be_a_riddle(tmp_path: Path, at_once: None) -> None:
    channels = {"default": {"unsure": "silent"}}
    with desk(Scripted(FIRST, says=not_in_corpus()), tmp_path, slack_channels=channels) as at:
        (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert "don't say" in answer.text.replace("\u2060", "")
        quiet(at)


@pytest.mark.parametrize("steps", [(), (FIRST,)], ids=["before", "after"])
@pytest.mark.parametrize(
    ("error", "told"),
    [(BadInput("The question is too long."), "too long"), (ValueError("secret"), "Something went wrong")],
)
def test_a_failure_is_said_and_nothing_keeps_spinning(
    tmp_path: Path, at_once: None, steps: tuple[str, ...], error: Exception, told: str
) -> None:
    with desk(Scripted(*steps, error), tmp_path) as at:
        (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert told in answer.text
        assert "secret" not in answer.text
        assert ("Washington" in answer.text) == bool(steps)
        quiet(at)


def test_a_failure_where_nobody_asked_hanmi_is_not_said(tmp_path: Path) -> None:
    assistant = StubAssistant()
    with desk(assistant, tmp_path) as at:
        asked = at.slack.says(ANNA, GENERAL, MENTION)
        at.settle()
        assistant.says = ValueError("secret")
        assert at.answers(at.slack.says(BORA, GENERAL, "Who signed it?", asked.message.ts)) == []
        quiet(at)


def test_an_answer_that_takes_too_long_is_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "LONGEST_S", -1.0)
    with desk(StubAssistant(), tmp_path) as at:
        (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert "four minutes" in answer.text
        quiet(at)


def test_an_answer_that_slack_does_not_take_is_not_kept(tmp_path: Path) -> None:
    with desk(StubAssistant(not_in_corpus()), tmp_path) as at:
        at.slack.failures["chat.postMessage"] = [Failure(error="restricted_action")]
        (told,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert told.text.startswith("Something went wrong")
        assert at.store.answer("0f3a") is None
        assert at.memory.kept("0f3a") is None


def test_an_answer_that_its_asker_never_sees_is_not_kept(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        at.slack.failures["response_url"] = [Failure(404), None]
        at.slack.runs(ANNA, "How much does Washington want?")
        assert [each.text[:20] for each in at.whispers(ANNA, GENERAL)] == [
            "Looking it up: How m",
            "Something went wrong",
        ]
        assert at.store.answer("0f3a") is None
        assert at.memory.kept("0f3a") is None


def test_of_an_answer_that_slack_takes_in_part_nothing_is_left_but_a_sentence(tmp_path: Path) -> None:
    many = tuple(cite(number, FIRST, article_id=f"a{number}") for number in range(1, 120))
    with desk(StubAssistant(answered(citations=many)), tmp_path) as at:
        at.slack.failures["chat.postMessage"] = [None, Failure(error="fatal_error")]
        (told,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert told.text.startswith("Something went wrong")
        assert len(at.methods("chat.delete")) == 1  # what came after the message that says so
        assert at.slack.spinning() == []


def test_a_status_that_cannot_be_set_costs_no_answer(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        at.slack.failures["assistant.threads.setStatus"] = [Failure(500)]
        assert len(at.answers(at.slack.says(ANNA, GENERAL, MENTION))) == 1


def test_a_long_answer_goes_on_in_another_message(tmp_path: Path, at_once: None) -> None:
    claims = tuple(Claim(f"{number}: " + "말이 길다 " * 200, (1,), "quoted") for number in range(9))
    said = answered(claims=claims, text=" ".join(f"{claim.text} [1]" for claim in claims))
    assistant = StubAssistant(said)
    with desk(assistant, tmp_path) as at:
        answers = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert len(answers) > 2
        words = "".join(texts(answers))
        assert [f"{number}: 말이" in words for number in range(9)] == [True] * 9
        quiet(at)


def test_a_thread_from_before_is_read_from_slack(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        root = at.slack.writes(ANNA, GENERAL, f"<@{BOT_USER}> What did <https://a.example|Lee> say?")
        at.slack.writes(BOT_USER, GENERAL, "He balked.", root.ts)
        at.slack.writes(BORA, GENERAL, "Interesting.", root.ts)
        at.slack.says(ANNA, GENERAL, f"<@{BOT_USER}> And Trump?", root.ts)
        at.settle()
        question, history, _ = at.assistant.asked[-1]
        assert question == "And Trump?"
        assert [turn["content"] for turn in history] == ["What did Lee say?", "He balked."]
        at.slack.says(ANNA, GENERAL, f"<@{BOT_USER}> And Moon?", root.ts)
        at.settle()
        assert at.methods("conversations.replies") == ["conversations.replies"]


def test_with_no_days_nothing_is_written_and_no_button_promises_it(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path, slack_days=0) as at:
        (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        buttons = str(answer.blocks)
        assert "hanmi_delete" in buttons
        assert "hanmi_feedback" not in buttons
        assert "hanmi.example" not in buttons
        at.slack.says(BORA, GENERAL, "And who signed it?", answer.thread_ts)
        at.settle()
        assert len(at.assistant.asked[-1][1]) == 2
        assert [file.name for file in tmp_path.iterdir() if file.suffix == ".db"] == []


def test_a_page_that_keeps_nothing_is_not_linked(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path, answer_days=0) as at:
        (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert "hanmi.example" not in str(answer.blocks)
        at.slack.presses(ANNA, answer, "hanmi_feedback")
        at.settle()
        assert [each.verdict for each in at.store.feedback()] == ["up"]


@pytest.mark.parametrize("wanted", [False, True])
def test_the_log_holds_no_token_and_a_question_only_where_it_is_wanted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, wanted: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    with desk(StubAssistant(), tmp_path, log_questions=wanted, slack_app_token=APP_TOKEN) as at:
        at.app.start_socket()
        at.slack.failures["chat.stopStream"] = [Failure(500)]
        at.slack.says(ANNA, GENERAL, MENTION)
        at.slack.runs(ANNA, "How much does Washington want?")
        at.slack.presses(ANNA, at.answers(at.slack.messages(GENERAL)[0])[0], "hanmi_feedback")
        at.settle()
    assert "answered as 0f3a" in caplog.text
    assert ("How much does Washington want?" in caplog.text) == wanted
    assert FIRST[:30] not in caplog.text
    assert ANNA not in caplog.text
    for secret in (BOT_TOKEN, APP_TOKEN, at.settings.slack_signing_secret.value, "ticket-", "/response/"):
        assert secret not in caplog.text


def test_the_asker_is_told_of_an_answer_that_was_not_kept(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        (tmp_path / "hanmi.db").mkdir()
        (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert "could not be kept" in str(answer.blocks) or "not kept" in str(answer.blocks)
        assert "hanmi.example" not in str(answer.blocks)


def test_korean_is_failed_in_korean(tmp_path: Path) -> None:
    with desk(StubAssistant(ValueError("x")), tmp_path) as at:
        (answer,) = at.answers(at.slack.says_to_hanmi(ANNA, "미국은 얼마를 원합니까?"))
        assert answer.text.startswith("오류")
