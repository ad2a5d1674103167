"""The burst in Slack: what each question got, and what none got."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from evals.bench import slack_burst
from evals.bench.fake_slack.workspace import BOT_USER, GENERAL
from evals.bench.slack_burst import MOMENTS, Burst, Bursts, as_json, measure_burst, print_bursts
from evals.commands import bench
from tests.app.slack.newsroom import Newsroom, saying
from tests.app.stubs import StubAssistant


@pytest.fixture
def room(tmp_path):
    with Newsroom("socket", StubAssistant(), tmp_path) as room:
        room.assistant.says = saying()
        yield room


def test_every_question_of_a_burst_is_timed(room):
    burst = measure_burst(room.slack, ["How much?", "Who balked?"])
    assert (burst.mode, burst.streamed, burst.unanswered) == ("socket", 30, 0)
    assert [len(burst.seconds[moment]) for moment in MOMENTS] == [30, 30, 30]
    for acknowledged, first, answered in zip(*(burst.seconds[moment] for moment in MOMENTS), strict=True):
        assert acknowledged > 0
        assert 0 < first <= answered
    assert len({call.args["recipient_user_id"] for call in room.slack.calls("chat.startStream")}) == 30
    asked = [message for message in room.slack.messages(GENERAL) if not message.by_app]
    assert {message.text for message in asked} == {f"<@{BOT_USER}> How much?", f"<@{BOT_USER}> Who balked?"}


def test_what_is_not_answered_is_counted(room, monkeypatch):
    monkeypatch.setattr(slack_burst, "ANSWERED_S", 0.3)
    room.assistant.go.clear()
    burst = measure_burst(room.slack, ["How much?"])
    assert burst.unanswered == 30
    assert burst.quantile("answered", 0.5) is None
    assert burst.quantile("acknowledged", 1.0) > 0
    room.assistant.go.set()
    room.settle()


def test_a_burst_is_a_table_and_json(capsys):
    seconds = {"acknowledged": (0.1, 0.3), "first words": (1.0,), "answered": ()}
    result = Bursts(7, (Burst("http", seconds, 1, 2),))
    print_bursts(result)
    told = capsys.readouterr().out
    assert "articles: 7" in told
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in told.splitlines() if line.startswith("|")]
    assert rows[2:] == [
        ["HTTP", "acknowledged", "0.200", "0.290", "0.300", "", ""],
        ["", "first words", "1.000", "1.000", "1.000", "", ""],
        ["", "answered", "–", "–", "–", "1", "2"],
    ]
    assert json.loads(json.dumps(as_json(result)))["bursts"][0]["seconds"]["acknowledged"] == [0.1, 0.3]


@pytest.mark.long
def test_the_command_starts_hanmi_and_asks_over_both_transports(tmp_path):
    result = CliRunner().invoke(bench, ["slack", "--json", "-"], env={"HANMI_HOME": str(tmp_path)})
    assert result.exit_code == 0, result.output
    bursts = json.loads(result.stdout)["bursts"]
    assert [(burst["mode"], burst["unanswered"]) for burst in bursts] == [("http", 0), ("socket", 0)]
