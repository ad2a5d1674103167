"""What is acknowledged and put in the queue, once; and what is turned away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.answers.schema import Claim
from app.slack.memory import Memory
from app.slack.queue import PER_USER
from app.store import StoreUnavailable
from evals.bench.fake_slack import events
from evals.bench.fake_slack.workspace import ANNA, BORA, BOT_USER, GENERAL, GUEST
from tests.app.samples import FIRST, answered, cite
from tests.app.slack.desk import desk
from tests.app.stubs import StubAssistant

MENTION = f"<@{BOT_USER}> How much does Washington want?"


class Slow(StubAssistant):
    """Answers nothing until it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()

    def stream(self, *asked: Any, **wanted: Any) -> Iterator[Any]:
        self.may.wait(10)
        yield from super().stream(*asked, **wanted)


def _unavailable(*_: Any) -> None:
    raise StoreUnavailable("the disk is full")


def test_a_mention_that_arrives_in_several_ways_is_answered_once(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        asked = at.slack.says(ANNA, GENERAL, MENTION)
        assert len(asked.acks) == 2
        again = [each.again(number) for number in (1, 2) for each in at.slack.events_of(asked.message)]
        acks = [*asked.acks, *at.slack.deliver_all(again)]
        assert {ack.status for ack in acks} == {200}
        assert len(at.answers(asked)) == 1
        assert len(at.assistant.asked) == 1


def test_an_edit_a_deletion_and_a_bot_are_acknowledged_and_left_alone(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        channel = at.slack.workspace.channels[GENERAL]
        said = at.slack.writes(ANNA, GENERAL, "About lunch.")
        sent = [
            events.message_changed(said, channel, MENTION),
            events.message_deleted(said, channel),
            events.message(at.slack.writes(ANNA, GENERAL, MENTION), channel, bot_id="B1", subtype="bot_message"),
            events.message(at.slack.writes(BOT_USER, GENERAL, MENTION), channel),
            events.event({"type": "reaction_added", "user": ANNA, "item": {}}),
        ]
        assert {ack.status for ack in at.slack.deliver_all(sent)} == {200}
        at.settle()
        assert at.assistant.asked == []


def test_one_user_may_not_fill_the_queue(tmp_path: Path) -> None:
    with desk(Slow(), tmp_path) as at:
        said = [at.slack.says(ANNA, GENERAL, f"{MENTION} ({number})") for number in range(PER_USER + 4)]
        other = at.slack.says(BORA, GENERAL, MENTION)
        at.slack.runs(ANNA, "How much?")
        at.assistant.may.set()
        at.settle()
        answered = [each for each in said if at.slack.answers(each)]
        assert len(answered) >= PER_USER
        assert len(at.slack.answers(other)) == 1
        told = [each.text for each in at.whispers(ANNA, GENERAL) if "already" in each.text]
        assert len(told) == len(said) - len(answered) + 1
        assert at.slack.refused() == []


def test_a_thread_is_hanmis_as_soon_as_it_is_asked_there(tmp_path: Path) -> None:
    with desk(Slow(), tmp_path) as at:
        asked = at.slack.says(ANNA, GENERAL, MENTION)
        at.slack.says(ANNA, GENERAL, "And who signed it?", asked.message.ts)
        at.assistant.may.set()
        at.settle()
        assert [each[0] for each in at.assistant.asked] == ["How much does Washington want?", "And who signed it?"]
        assert len(at.assistant.asked[1][1]) == 2


def test_a_full_queue_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.slack.application.CAPACITY", 0)
    with desk(StubAssistant(), tmp_path) as at:
        asked = at.slack.says(ANNA, GENERAL, MENTION)
        assert at.answers(asked) == []
        assert ["Too many" in each.text for each in at.whispers(ANNA, GENERAL)] == [True]
        direct = at.slack.says_to_hanmi(ANNA, "How much?")
        at.settle()
        assert ["Too many" in each.text for each in at.whispers(ANNA, direct.message.channel)] == [True]
        assert "Too many" in at.slack.runs(ANNA, "How much?").body
        assert at.memory.under_way() == []


def test_a_disk_that_is_full_costs_the_memory_and_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("take", "begun", "done", "showing", "keep"):
        monkeypatch.setattr(Memory, name, _unavailable)
    with desk(StubAssistant(), tmp_path) as at:
        asked = at.slack.says(ANNA, GENERAL, MENTION)
        # In a thread one is answered after the other: when the last one is, so is all before it.
        at.slack.says(ANNA, GENERAL, f"<@{BOT_USER}> And when?", asked.message.ts)
        at.slack.wait_for(lambda: "And when?" in [each[0] for each in at.assistant.asked], "the last answer", 10)
        assert [each[0] for each in at.assistant.asked] == ["How much does Washington want?", "And when?"]
        at.slack.wait_for(lambda: len(at.slack.answers(asked)) == 2, "both answers", 10)
        assert at.slack.spinning() == []


def test_what_could_not_be_taken_is_not_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        with monkeypatch.context() as broken:
            broken.setattr(Memory, "setting", _unavailable)
            asked = at.slack.says(ANNA, GENERAL, MENTION)
            assert [ack.status for ack in asked.acks] == [500, 500]
        assert at.answers(asked) == []
        at.slack.deliver_all([each.again() for each in at.slack.events_of(asked.message)])
        assert len(at.answers(asked)) == 1


def test_a_command_is_answered_to_its_user_alone(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        ack = at.slack.runs(ANNA, "How much does *Washington* want &amp; why?")
        assert "Looking it up: How much does ∗Washington∗ want &amp; why?" in ack.body
        acked, answer = at.whispers(ANNA, GENERAL)
        assert "hanmi_share" in str(answer.blocks)
        assert "hanmi_delete" not in str(answer.blocks)
        assert at.slack.messages(GENERAL) == []
        assert at.assistant.asked[0][0] == "How much does *Washington* want & why?"
        assert acked.text.startswith("Looking")


def test_an_answer_longer_than_slack_takes_for_one_person_says_so(tmp_path: Path) -> None:
    cited = tuple(
        cite(number, FIRST, quote=f"{number} " + "words " * 190, title=f"T{number}") for number in range(1, 80)
    )
    said = answered(citations=cited, claims=(Claim(FIRST, tuple(range(1, 80)), "quoted"),))
    with desk(StubAssistant(said), tmp_path) as at:
        at.slack.runs(ANNA, "How much?")
        told = at.whispers(ANNA, GENERAL)[1:]
        assert len(told) == 5
        assert "only this much" in str(told[-1].blocks)
        assert "hanmi_share" in str(told[-1].blocks)
        assert at.slack.refused() == []


@pytest.mark.parametrize(
    ("said", "told"),
    [("", "only you see"), ("help", "only you see"), ("settings ouns off", "no setting"), ("settings on maybe", "on")],
)
def test_a_command_that_asks_nothing_is_told_what_there_is(tmp_path: Path, said: str, told: str) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        assert told in at.slack.runs(ANNA, said).body
        at.settle()
        assert at.assistant.asked == []


def test_a_command_under_another_name_is_ours_too(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        channel = at.slack.workspace.channels[GENERAL]
        url, trigger = at.slack._answerable(GENERAL, ANNA)
        ack = at.deliver(events.slash_command("How much?", ANNA, channel, url, trigger, "/newsdesk"))
        assert "Looking" in ack.body


def test_where_hanmi_is_off_a_command_says_so_and_a_mention_nothing(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path, slack_channels={"default": {"on": False}}) as at:
        assert at.answers(at.slack.says(ANNA, GENERAL, MENTION)) == []
        at.slack.runs(ANNA, "How much?")
        assert any("off in this channel" in each.text for each in at.whispers(ANNA, GENERAL))
        assert at.assistant.asked == []


def test_whoever_opens_the_app_sees_what_can_be_asked(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        at.slack.opens(ANNA)
        at.slack.opens(BORA, "home")
        at.slack.opens(GUEST)  # who would get no answer
        at.settle()
        (prompts,) = at.slack.workspace.prompts
        assert prompts["prompts"] == [{"title": "How much?", "message": "How much?"}]
        assert "thread_ts" not in prompts


def test_a_shortcut_asks_what_a_message_says(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        said = at.slack.writes(BORA, GENERAL, "Washington wants $350 billion from Seoul")
        at.slack.uses_shortcut(ANNA, "hanmi_ask", said)
        (answer,) = at.whispers(ANNA, GENERAL)
        assert at.assistant.asked[0][0] == "Washington wants $350 billion from Seoul"
        at.slack.presses(ANNA, answer, "hanmi_share")
        at.settle()
        (shared,) = [each for each in at.slack.messages(GENERAL, said.ts) if each.by_app and not each.only_for]
        assert shared.thread_ts == said.ts
        nothing = at.slack.writes(BORA, GENERAL, f"<@{ANNA}>")
        at.slack.uses_shortcut(ANNA, "hanmi_ask", nothing)
        assert any("no words" in each.text for each in at.whispers(ANNA, GENERAL))
        assert at.slack.refused() == []
