"""``hanmi slack``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.slack.memory import FILE, Kept, Memory
from app.store import Store
from evals.bench.fake_slack.server import FakeSlack
from evals.bench.fake_slack.web_api import APP_TOKEN, BOT_TOKEN
from evals.bench.fake_slack.workspace import ANNA, BOT_USER, GENERAL
from tests.app.command_line import hanmi

pytestmark = pytest.mark.usefixtures("home")

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("tokens", "missing"),
    [({}, "HANMI_SLACK_BOT_TOKEN"), ({"HANMI_SLACK_BOT_TOKEN": BOT_TOKEN}, "HANMI_SLACK_APP_TOKEN")],
)
def test_a_missing_token_is_named(monkeypatch: pytest.MonkeyPatch, tokens: dict[str, str], missing: str) -> None:
    for name, token in tokens.items():
        monkeypatch.setenv(name, token)
    result = hanmi("slack")
    assert result.exit_code == 2
    assert f"{missing} is not set" in result.output


def test_the_manifest_is_printed_with_and_without_an_address() -> None:
    assert "socket_mode_enabled: true" in hanmi("slack", "--manifest").output
    assert "https://hanmi.example/slack/events" in hanmi("slack", "--manifest", "https://hanmi.example").output


def test_check_says_what_is_missing_and_fails() -> None:
    result = hanmi("slack", "--check")
    assert result.exit_code == 1
    assert "HANMI_SLACK_BOT_TOKEN" in result.output


def test_a_user_is_forgotten_with_answers_and_feedback(home: Path) -> None:
    store = Store(home / "hanmi.db", 30)
    memory = Memory(home / FILE, 30)
    for answer_id, user in (("mine", ANNA), ("theirs", "U0BORA001")):
        store.keep({"id": answer_id})
        memory.keep(Kept(answer_id, "T1", "C0GENERAL", "1.1", user, "How much?", {"id": answer_id, "text": "So much."}))
    result = hanmi("slack", "--forget", ANNA)
    assert result.exit_code == 0
    assert result.output.startswith(f"{ANNA}: 1 answer forgotten")
    assert store.answer("mine") is None
    assert store.answer("theirs")
    assert memory.kept("mine") is None
    assert memory.kept("theirs")


def test_nobody_is_forgotten_by_a_name(home: Path) -> None:
    result = hanmi("slack", "--forget", "anna")
    assert result.exit_code == 2
    assert "is no user's id" in result.output
    assert hanmi("slack", "--forget", ANNA).output.startswith(f"{ANNA}: 0 answers forgotten")
    assert not (home / FILE).exists()


@pytest.mark.long
def test_hanmi_slack_answers_until_it_is_told_to_stop(tmp_path: Path) -> None:
    article = tmp_path / "corpus" / "articles" / "talks.md"
    article.parent.mkdir(parents=True)
    article.write_text(
        "---\ntitle: Talks\noutlet: Yonhap\n---\n\nTalks went on in Seoul all day. Seoul will invest $350 billion in"
        " American shipyards by 2030.\n",
        "utf-8",
    )
    with FakeSlack() as slack:
        tokens = {"HANMI_SLACK_BOT_TOKEN": BOT_TOKEN, "HANMI_SLACK_APP_TOKEN": APP_TOKEN}
        environment = {**os.environ, **tokens, "HANMI_SLACK_API_URL": slack.api_url, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "app", "slack"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
            try:
                asked = slack.says(ANNA, GENERAL, f"<@{BOT_USER}> How much will Seoul invest in American shipyards?")
                slack.wait_for(lambda: slack.answers(asked), "an answer")
                assert "$350 billion" in slack.answers(asked)[0].text + str(slack.answers(asked)[0].blocks)
            finally:
                process.send_signal(signal.SIGTERM)
            printed, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert printed == "Hanmi is in Slack: @hanmi in Fake (Ctrl-C ends it)\n"
