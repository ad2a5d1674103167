"""An answer that a model writes, in Slack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.bench.fake_slack.workspace import ANNA, BOT_USER, GENERAL
from tests.app.answers.writing import scripted, written_by
from tests.app.slack.desk import desk
from tests.fake_openai import Failure, FakeOpenAI

MENTION = f"<@{BOT_USER}> How much money does Washington demand from Seoul?"
CARRIED = "The Diplomat reports that Washington is reportedly demanding the $350 billion in cash"
TALKS = "The outlet says the two countries were still negotiating over the investment"
LOOSE = "Seoul paid $999 billion"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as started:
        yield started


def test_a_written_answer_is_streamed_as_it_is_written(
    server: FakeOpenAI, owner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.slack.streaming.SEND_S", 0.0)
    server.reply = scripted(f"{CARRIED} [{{hand over the $350 billion}}]. {TALKS} [{{still negotiating}}].")
    with desk(written_by(server, owner), tmp_path) as at:
        (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert CARRIED in answer.text
        assert at.methods() == [
            *("assistant.threads.setStatus", "chat.startStream", "chat.appendStream", "chat.stopStream")
        ]
        assert at.slack.spinning() == []


def test_a_written_sentence_that_is_not_carried_is_marked(server: FakeOpenAI, owner, tmp_path: Path) -> None:
    cited = "{hand over the $350 billion}"
    server.reply = scripted(f"{CARRIED} [{cited}]. {LOOSE} [{cited}].", "1: I cannot.")
    with desk(written_by(server, owner), tmp_path) as at:
        (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        shown = answer.text + str(answer.blocks)
        assert CARRIED in shown
        assert LOOSE in shown
        assert "not supported" in shown
        assert at.slack.refused() == []


def test_where_the_model_fails_the_articles_answer(server: FakeOpenAI, owner, tmp_path: Path) -> None:
    server.failures = [Failure(500)] * 9
    with desk(written_by(server, owner), tmp_path) as at:
        (answer,) = at.answers(at.slack.says(ANNA, GENERAL, MENTION))
        assert "$350 billion" in answer.text
        assert "did not answer" in str(answer.blocks)
        assert at.slack.spinning() == []
    server.failures = []
