"""The app as a whole: tokens that are of no use, what a restart takes up, what an end leaves behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.errors import SettingsError
from app.settings import load_settings
from app.slack import application
from app.slack.application import SlackApp, SlackUnavailable
from app.slack.asking import Question
from app.slack.memory import FILE, Kept, Memory
from app.store import Store, StoreUnavailable
from evals.bench.fake_slack.server import FakeSlack
from evals.bench.fake_slack.web_api import BOT_TOKEN, Failure
from evals.bench.fake_slack.workspace import ANNA, BOT_USER, GENERAL, TEAM, Message
from tests.app.samples import SECOND
from tests.app.slack.desk import Desk, desk
from tests.app.stubs import StubAssistant

MENTION = f"<@{BOT_USER}> How much does Washington want?"


@pytest.fixture(scope="module")
def workspace() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


def opened(slack_url: str, home: Path, **settings: Any) -> SlackApp:
    given = {"home": home, "slack_api_url": slack_url, "slack_bot_token": BOT_TOKEN, **settings}
    read = load_settings(given, {})
    return SlackApp(StubAssistant(), read, Store(read.database, 30))  # type: ignore[arg-type]


def test_a_token_of_no_use_is_a_setting_that_is_wrong(workspace: FakeSlack, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"refuses HANMI_SLACK_BOT_TOKEN \(invalid_auth\); `hanmi slack --check`"):
        opened(workspace.api_url, tmp_path, slack_bot_token="xoxb-wrong")
    app = opened(workspace.api_url, tmp_path, slack_app_token="xapp-wrong")
    with pytest.raises(SettingsError, match="Slack refuses HANMI_SLACK_APP_TOKEN"):
        app.start_socket()
    app.close()


def test_a_slack_that_is_not_there_may_be_there_later(
    workspace: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)  # before it is tried again
    with pytest.raises(SlackUnavailable, match=r"cannot be reached at 127\.0\.0\.1"):
        opened("http://127.0.0.1:9/api/", tmp_path)
    workspace.failures["auth.test"] = [Failure(500, "internal_error")] * 3
    with pytest.raises(SlackUnavailable):
        opened(workspace.api_url, tmp_path)


@pytest.mark.parametrize(
    ("settings", "named"),
    [({"slack_channels": {"C0GENERAL": {"unsur": "say"}}}, "unsur"), ({"slack_admins": ["anna"]}, "anna")],
)
def test_settings_of_no_use_are_named(
    workspace: FakeSlack, tmp_path: Path, settings: dict[str, Any], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        opened(workspace.api_url, tmp_path, **settings)


def test_a_file_of_no_use_is_said_at_the_start(workspace: FakeSlack, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("no database, but long enough to be one" * 100)
    with pytest.raises(StoreUnavailable, match=r"slack\.db cannot be used"):
        opened(workspace.api_url, tmp_path)


def test_variables_of_another_slack_app_do_not_get_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.setenv(name, "another-app")
    with desk(StubAssistant(), tmp_path) as at:
        assert len(at.answers(at.slack.says(ANNA, GENERAL, MENTION))) == 1


def left(at_home: Path, message: Message, *, starts: int = 1, age_s: float = 5, shown: tuple[str, ...] = ()) -> None:
    """A question that was under way when the process ended."""
    question = Question(
        key=f"{message.channel}:{message.ts}",
        way="mention",
        team=TEAM,
        channel=message.channel,
        thread_ts=message.ts,
        ts=message.ts,
        user=message.user,
        text="How much does Washington want?",
        at=time.time() - age_s,
    )
    memory = Memory(at_home / FILE, 30)
    memory.take([question.key], question.user, question.as_json())
    for _ in range(starts):
        memory.begun(question.key)
    memory.showing(question.key, shown)
    memory.close()


def test_what_was_under_way_is_answered_after_a_restart(tmp_path: Path) -> None:
    with FakeSlack() as slack:
        asked = slack.writes(ANNA, GENERAL, MENTION)
        left(tmp_path, asked)
        at = Desk(slack, StubAssistant(), tmp_path)
        (answer,) = at.answers(asked)
        assert SECOND in answer.text
        assert at.assistant.asked[0][0] == "How much does Washington want?"
        at.slack.events_of(asked)
        at.deliver(at.slack.events_of(asked)[0].again())
        at.settle()
        assert len(at.assistant.asked) == 1
        at.app.close()


def test_a_part_that_stood_there_is_made_whole(tmp_path: Path) -> None:
    with FakeSlack() as slack:
        asked = slack.writes(ANNA, GENERAL, MENTION)
        part = slack.workspace.write(GENERAL, BOT_USER, "Washington is", thread_ts=asked.ts, stream="streaming")
        part.stream_started = time.monotonic()
        left(tmp_path, asked, shown=(part.ts,))
        at = Desk(slack, StubAssistant(), tmp_path)
        (answer,) = at.answers(asked)
        assert answer.ts == part.ts
        assert SECOND in str(answer.blocks)
        assert slack.spinning() == []
        kept = at.memory.kept("0f3a")
        assert kept
        assert kept.messages == (part.ts,)
        at.app.close()


@pytest.mark.parametrize("how", [{"starts": 2}, {"age_s": 3600}], ids=["begun twice", "long ago"])
def test_what_is_not_worth_another_try_is_said_to_be_interrupted(tmp_path: Path, how: dict[str, Any]) -> None:
    with FakeSlack() as slack:
        asked = slack.writes(ANNA, GENERAL, MENTION)
        left(tmp_path, asked, **how)
        at = Desk(slack, StubAssistant(), tmp_path)
        (told,) = at.answers(asked)
        assert "was stopped while it worked on this" in told.text
        assert at.assistant.asked == []
        assert at.memory.under_way() == []
        at.app.close()


def test_two_processes_do_not_answer_the_same_left_over(tmp_path: Path) -> None:
    with FakeSlack() as slack:
        first = Desk(slack, StubAssistant(), tmp_path)
        asked = slack.writes(ANNA, GENERAL, MENTION)
        left(tmp_path, asked)
        second = SlackApp(first.assistant, first.settings, first.store)
        second.close()
        assert slack.answers(asked) == []
        assert len(first.memory.under_way()) == 1
        first.app.close()


class Endless(StubAssistant):
    """Answers when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.may = threading.Event(), threading.Event()

    def stream(self, *asked: Any, **wanted: Any) -> Iterator[Any]:
        self.begun.set()
        self.may.wait(10)
        yield from super().stream(*asked, **wanted)


def test_an_end_waits_for_an_answer_under_way(tmp_path: Path) -> None:
    with FakeSlack() as slack:
        at = Desk(slack, Endless(), tmp_path)
        asked = slack.says(ANNA, GENERAL, MENTION)
        at.assistant.begun.wait(10)
        threading.Timer(0.1, at.assistant.may.set).start()
        at.app.close()
        assert len(slack.answers(asked)) == 1
        assert Memory(tmp_path / FILE, 30).under_way() == []


@pytest.mark.parametrize("days", [30, 0])
def test_what_an_end_cannot_wait_for_is_kept_for_the_next_start_or_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    monkeypatch.setattr(application, "CLOSING_S", 0.05)
    monkeypatch.setattr(application, "WORKERS", 1)
    with FakeSlack() as slack:
        at = Desk(slack, Endless(), tmp_path, slack_days=days)
        running = slack.says(ANNA, GENERAL, MENTION)
        at.assistant.begun.wait(10)
        waiting = slack.says(ANNA, GENERAL, MENTION)
        at.app.close()
        told = [each.text for said in (running, waiting) for each in slack.answers(said)]
        if days:
            assert told == []
            assert len(Memory(tmp_path / FILE, days).under_way()) == 2
        else:
            assert ["was stopped" in each for each in told] == [True, True]
        at.assistant.may.set()


def test_what_has_had_its_time_goes_at_the_start_with_its_answer_and_feedback(tmp_path: Path) -> None:
    store = Store(tmp_path / "hanmi.db", 30)
    store.keep({"id": "old", "text": "So much."})
    memory = Memory(tmp_path / FILE, 30)
    memory.keep(Kept("old", TEAM, GENERAL, "1.1", ANNA, "How much?", {"id": "old", "text": "So much."}))
    with memory._database() as database:
        database.execute("UPDATE slack_turns SET kept_at = kept_at - 31 * 86400")
    memory.close()
    with desk(StubAssistant(), tmp_path) as at:
        assert at.memory.forget(ANNA) == []
        assert at.store.answer("old") is None


def test_with_no_days_what_was_kept_before_goes_but_not_what_was_set(tmp_path: Path) -> None:
    store = Store(tmp_path / "hanmi.db", 30)
    store.keep({"id": "old", "text": "So much."})
    memory = Memory(tmp_path / FILE, 30)
    memory.keep(Kept("old", TEAM, GENERAL, "1.1", ANNA, "How much?", {"id": "old", "text": "So much."}))
    memory.take(["C1:1.1"], ANNA, {"text": "Why?"})
    memory.set_setting(GENERAL, "on", "false")
    memory.close()
    with desk(StubAssistant(), tmp_path, slack_days=0) as at:
        assert at.store.answer("old") is None
        assert len(at.answers(at.slack.says(ANNA, GENERAL, MENTION))) == 1
    assert memory.kept("old") is None
    assert memory.under_way() == []
    assert memory.take(["C1:1.1"], ANNA, {})
    assert memory.setting(GENERAL) == {"on": "false"}


def test_an_ended_app_takes_no_more(tmp_path: Path) -> None:
    with desk(StubAssistant(), tmp_path) as at:
        at.app.close()
        asked = at.slack.writes(ANNA, GENERAL, MENTION)
        for event in at.slack.events_of(asked):
            at.deliver(event)
        assert at.slack.answers(asked) == []
        assert len(Memory(tmp_path / FILE, 30).under_way()) == 1
