"""Buttons under an answer, and /hanmi settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.bench.fake_slack.web_api import Failure
from evals.bench.fake_slack.workspace import ADMIN, ANNA, BORA, BOT_USER, ELSEWHERE, GENERAL, OWNER, Message
from tests.app.slack.desk import Desk, desk
from tests.app.stubs import StubAssistant

MENTION = f"<@{BOT_USER}> How much does Washington want?"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(StubAssistant(), tmp_path) as opened:
        yield opened


def mentioned(at: Desk) -> Message:
    (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
    return answer


def commanded(at: Desk, channel: str = GENERAL) -> Message:
    at.slack.runs(ANNA, "How much does Washington want?", channel)
    return at.whispers(ANNA, channel)[-1]


def verdicts(at: Desk) -> list[str]:
    at.settle()
    return [each.verdict for each in at.store.feedback()]


def test_a_thumb_is_kept_with_the_answer_where_the_page_keeps_it(at: Desk) -> None:
    answer = mentioned(at)
    at.slack.presses(BORA, answer, "hanmi_feedback")
    assert verdicts(at) == ["up"]
    at.slack.presses(BORA, answer, "hanmi_feedback", up=False)
    assert verdicts(at) == ["down"]
    given = at.store.feedback()[0]
    assert given.answer["id"] == "0f3a"
    assert BORA not in str(given)
    assert at.slack.messages(GENERAL)[-1].text == answer.text


def test_the_asker_deletes_an_answer_with_all_that_is_kept_of_it(at: Desk) -> None:
    answer = mentioned(at)
    at.slack.presses(ANNA, answer, "hanmi_feedback")
    at.settle()
    at.slack.presses(ANNA, answer, "hanmi_delete")
    assert verdicts(at) == []
    assert [each.user for each in at.slack.messages(GENERAL)] == [ANNA]
    assert at.memory.kept("0f3a") is None
    assert at.store.answer("0f3a") is None


def test_nobody_else_deletes_it(at: Desk) -> None:
    answer = mentioned(at)
    at.slack.presses(BORA, answer, "hanmi_delete")
    assert ["Only whoever asked" in each.text for each in at.whispers(BORA, GENERAL)] == [True]
    assert answer.ts in [each.ts for each in at.slack.messages(GENERAL)]
    assert at.memory.kept("0f3a")


def test_what_slack_has_lost_already_is_deleted_all_the_same(at: Desk) -> None:
    answer = mentioned(at)
    at.slack.failures["chat.delete"] = [Failure(error="message_not_found")]
    at.slack.presses(ANNA, answer, "hanmi_delete")
    at.settle()
    assert at.memory.kept("0f3a") is None


def test_a_deletion_that_slack_refuses_is_said_and_forgets_nothing(at: Desk) -> None:
    answer = mentioned(at)
    at.slack.failures["chat.delete"] = [Failure(error="restricted_action")]
    at.slack.presses(ANNA, answer, "hanmi_delete")
    assert ["Something went wrong" in each.text for each in at.whispers(ANNA, GENERAL)] == [True]
    assert at.memory.kept("0f3a")


def test_an_answer_whose_time_is_over_says_so(at: Desk) -> None:
    answer = mentioned(at)
    at.memory.forget_answer("0f3a")
    at.slack.presses(ANNA, answer, "hanmi_delete")
    at.settle()
    assert ["no longer kept" in each.text for each in at.whispers(ANNA, GENERAL)] == [True]
    at.slack.presses(ANNA, answer, "hanmi_feedback")
    assert verdicts(at) == ["up"]  # the page has it still
    at.store.forget(["0f3a"])
    at.slack.presses(ANNA, answer, "hanmi_feedback")
    assert verdicts(at) == []


def test_an_answer_to_one_person_is_shared_once(at: Desk) -> None:
    answer = commanded(at)
    at.slack.presses(ANNA, answer, "hanmi_share")
    at.slack.presses(ANNA, answer, "hanmi_share")
    at.settle()
    (shared,) = at.slack.messages(GENERAL)
    assert f"<@{ANNA}> asked:" in str(shared.blocks)
    assert "How much does Washington want?" in str(shared.blocks)
    assert "hanmi_share" not in str(shared.blocks)
    assert "Shared" in at.whispers(ANNA, GENERAL)[-1].text
    at.slack.presses(ANNA, shared, "hanmi_delete")
    at.settle()
    assert shared.ts not in [each.ts for each in at.slack.messages(GENERAL)]


def test_the_thread_under_a_shared_answer_is_a_conversation(at: Desk) -> None:
    at.slack.presses(ANNA, commanded(at), "hanmi_share")
    at.settle()
    (shared,) = at.slack.messages(GENERAL)
    assert len(at.answers(at.slack.says(BORA, GENERAL, "Who signed it?", shared.ts))) == 1
    assert at.assistant.asked[-1][1][0]["content"] == "How much does Washington want?"


def test_an_answer_is_shared_where_hanmi_is_no_member(at: Desk) -> None:
    answer = commanded(at, ELSEWHERE)
    at.slack.presses(ANNA, answer, "hanmi_share")
    at.settle()
    (shared,) = at.slack.messages(ELSEWHERE)
    assert "How much does Washington want?" in str(shared.blocks)
    at.slack.presses(ANNA, shared, "hanmi_delete")
    at.settle()
    assert at.slack.messages(ELSEWHERE) == []


def test_what_cannot_be_shared_is_said(at: Desk) -> None:
    answer = commanded(at)
    at.slack.failures["chat.postMessage"] = [Failure(error="not_in_channel")]
    at.slack.failures["response_url"] = [Failure(404)]
    at.slack.presses(ANNA, answer, "hanmi_share")
    assert "could not be shared" in at.whispers(ANNA, GENERAL)[-1].text
    at.slack.presses(ANNA, answer, "hanmi_share")
    at.settle()
    assert len(at.slack.messages(GENERAL)) == 1


def test_what_slack_failed_to_share_can_be_shared_by_pressing_again(at: Desk) -> None:
    answer = commanded(at)
    at.slack.failures["chat.postMessage"] = [Failure(error="fatal_error")]
    at.slack.presses(ANNA, answer, "hanmi_share")
    assert "Something went wrong" in at.whispers(ANNA, GENERAL)[-1].text
    assert at.slack.messages(GENERAL) == []
    at.slack.presses(ANNA, answer, "hanmi_share")
    at.settle()
    assert len(at.slack.messages(GENERAL)) == 1


def test_admins_and_owners_change_a_channels_settings_and_everybody_sees_them(at: Desk) -> None:
    for user in (ADMIN, OWNER):
        at.slack.runs(user, "settings language ko")
        assert "language: ko" in at.whispers(user, GENERAL)[-1].text
    at.slack.runs(BORA, "settings language en")
    assert "Only admins" in at.whispers(BORA, GENERAL)[-1].text
    at.slack.runs(BORA, "settings")
    assert "language: ko (set in Slack)" in at.whispers(BORA, GENERAL)[-1].text
    mentioned(at)
    assert at.assistant.languages == ["ko"]
    at.slack.runs(ADMIN, "settings reset")
    at.settle()
    assert at.memory.setting(GENERAL) == {}


def test_whom_the_file_names_may_change_them_too(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path, slack_admins=[BORA]) as at:
        at.slack.runs(BORA, "settings off")
        assert "Hanmi: off" in at.whispers(BORA, GENERAL)[-1].text
        assert at.answers(at.slack.says(ANNA, GENERAL, MENTION)) == []


def test_settings_that_cannot_be_changed_are_said(at: Desk) -> None:
    at.slack.failures["users.info"] = [Failure(error="missing_scope")]
    at.slack.runs(ADMIN, "settings off")
    assert "Something went wrong" in at.whispers(ADMIN, GENERAL)[-1].text


def test_a_misspelt_outlet_is_named(at: Desk) -> None:
    at.slack.runs(ADMIN, "settings outlets The Diplomats")
    assert "Did you mean The Diplomat?" in at.whispers(ADMIN, GENERAL)[-1].text
