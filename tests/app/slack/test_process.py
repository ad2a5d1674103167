"""``hanmi slack`` as a team starts it: a process over the corpus that ships, from the question to the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from app.render.slack import FEEDBACK
from app.settings import load_settings
from app.slack.memory import FILE, Memory
from app.store import Store
from evals.bench.fake_slack.server import FakeSlack
from evals.bench.fake_slack.web_api import APP_TOKEN, BOT_TOKEN
from evals.bench.fake_slack.workspace import ANNA, BORA, BOT_USER, GENERAL


@pytest.fixture
def slack():
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
def hanmi(slack, tmp_path):
    known = {
        "HANMI_HOME": str(tmp_path),
        "HANMI_SLACK_BOT_TOKEN": BOT_TOKEN,
        "HANMI_SLACK_APP_TOKEN": APP_TOKEN,
        "HANMI_SLACK_API_URL": slack.api_url,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "slack"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | known,
    )
    yield process
    process.kill()
    process.communicate()


@pytest.mark.long
def test_a_process_answers_keeps_and_ends(slack, hanmi, tmp_path):
    memory = Memory(tmp_path / FILE, 30)
    slack.wait_for(lambda: slack.link.sockets or hanmi.poll() is not None, "the connection", seconds=120)
    asked = slack.says(ANNA, GENERAL, f"<@{BOT_USER}> What does Washington demand of Seoul?")
    slack.wait_for(lambda: slack.answers(asked) and not memory.under_way(), "the answer", seconds=120)
    (answer,) = slack.answers(asked)
    assert "Diplomat" in answer.words
    further = slack.says(BORA, GENERAL, "Who balked at it?", asked.message.ts)
    slack.wait_for(lambda: slack.answers(further), "the further answer")
    slack.presses(BORA, slack.answers(further)[0], FEEDBACK)
    store = Store(load_settings({"home": tmp_path}, {}).database, 30)
    slack.wait_for(store.feedback, "the feedback")
    hanmi.send_signal(signal.SIGTERM)
    told, _ = hanmi.communicate(timeout=60)
    assert hanmi.returncode == 0
    assert "Hanmi is in Slack: @hanmi in Fake" in told
    assert "Traceback" not in told
    assert slack.spinning() == []
    assert slack.refused() == []
    memory.close()
