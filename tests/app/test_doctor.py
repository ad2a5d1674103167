"""``hanmi doctor`` says of each part whether it works, and ``hanmi chat`` once that a model could write."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import cli
from app.web import running
from tests.fake_openai import Failure, FakeOpenAI

ONE = "---\ntitle: One\noutlet: Daily\n---\n\nSeoul and Washington met. They agreed on 15 percent.\n"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as served:
        served.reply = "one two three"
        yield served


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is set but a home and a corpus, whose words alone are searched."""
    for name in [name for name in os.environ if name.startswith(("HANMI_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    (tmp_path / "corpus" / "articles").mkdir(parents=True)
    (tmp_path / "corpus" / "articles" / "one.md").write_text(ONE, "utf-8")
    monkeypatch.setenv("HANMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HANMI_CORPUS", str(tmp_path / "corpus"))
    monkeypatch.setenv("HANMI_EMBEDDING_MODEL", "none")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def hanmi(*arguments: str, **variables: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), env=variables)


def told(exit_code: int, **variables: str) -> dict[str, tuple[str, str]]:
    """State and text of each part, by its name."""
    result = hanmi("doctor", **variables)
    assert result.exit_code == exit_code, result.output
    return {line.split()[1]: (line.split()[0], line[21:]) for line in result.stdout.splitlines()}


def state(parts: dict[str, tuple[str, str]]) -> dict[str, str]:
    return {name: part[0] for name, part in parts.items()}


def test_a_new_checkout_is_told_what_comes_next() -> None:
    parts = told(1)
    assert parts["index"][0] == "fails"
    assert "hanmi ingest" in parts["index"][1]
    assert list(parts) == ["index", "embeddings", "key", "model", "streaming", "slack"]


def test_what_is_not_set_up_is_off_and_no_failure() -> None:
    hanmi("ingest")
    parts = told(0)
    assert parts["index"] == ("works", "articles: 1, in 1 chunks; `hanmi status` says more")
    assert parts["embeddings"] == ("off", "word matches alone (BM25): HANMI_EMBEDDING_MODEL is none")
    assert (
        parts["model"][1] == "answers are quoted; to have them written, set HANMI_MODEL=gpt-5-mini and OPENAI_API_KEY"
    )
    assert set(state(parts).values()) == {"works", "off"}


def test_an_empty_index_is_a_failure(home: Path) -> None:
    (home.parent / "corpus" / "articles" / "one.md").unlink()
    hanmi("ingest")
    assert "there are no articles in it" in told(1)["index"][1]


def test_a_key_alone_is_not_used(server: FakeOpenAI) -> None:
    hanmi("ingest")
    server.requests.clear()
    parts = told(0, OPENAI_API_KEY="sk-secret", OPENAI_BASE_URL=server.url)
    assert parts["key"] == ("off", "OPENAI_API_KEY is set and not used; without HANMI_MODEL nothing is sent anywhere")
    assert parts["model"][1].endswith("set HANMI_MODEL=gpt-5-mini")
    assert server.requests == []


def test_what_works_is_told(server: FakeOpenAI) -> None:
    hanmi("ingest")
    set_up = {"OPENAI_API_KEY": "sk-secret", "OPENAI_BASE_URL": server.url, "HANMI_MODEL": "writer"}
    tokens = {"HANMI_SLACK_BOT_TOKEN": "xoxb-1", "HANMI_SLACK_APP_TOKEN": "xapp-1"}
    parts = told(0, **set_up, **tokens)
    assert set(state(parts).values()) == {"works", "off"}
    assert parts["key"] == ("works", "accepted")
    assert parts["model"][1].startswith("writer answered in ")
    assert "today" not in parts["model"][1]
    limited = told(0, **set_up, HANMI_DAILY_TOKENS="5000")["model"][1]
    assert limited.endswith("; 13 of 5,000 tokens of today (UTC) are used")
    assert "too few are left" in told(1, **set_up, HANMI_DAILY_TOKENS="20")["model"][1]
    assert parts["streaming"][1].endswith(" in 3 pieces")
    assert parts["slack"] == (
        "works",
        "the tokens for Slack in Socket Mode are there; `hanmi slack --check` tries them",
    )
    assert "sk-secret" not in str(parts)
    assert told(0, HANMI_MODEL="writer", OPENAI_BASE_URL=server.url)["key"][1] == "none is set, and none is asked for"
    as_json = json.loads(hanmi("doctor", "--json", **set_up).stdout)
    assert [part["name"] for part in as_json] == list(parts)
    assert as_json[3]["state"] == "works"


@pytest.mark.parametrize(
    ("failure", "states", "says"),
    [
        (Failure(401), ["fails", "untried", "untried"], "refused the key (401); check OPENAI_API_KEY"),
        (Failure(404), ["untried", "fails", "untried"], "knows no model writer"),
        (Failure(429, code="insufficient_quota"), ["untried", "fails", "untried"], "credit is used up"),
    ],
)
def test_what_fails_is_told_on_its_line(server: FakeOpenAI, failure: Failure, states: list[str], says: str) -> None:
    server.failures = [failure]
    parts = told(1, HANMI_MODEL="writer", OPENAI_BASE_URL=server.url, OPENAI_API_KEY="k")
    assert [parts[name][0] for name in ("key", "model", "streaming")] == states
    assert says in " ".join(parts[name][1] for name in ("key", "model"))


def test_an_endpoint_that_cannot_stream_is_told(server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "words_at_once", 9)
    set_up = {"HANMI_MODEL": "writer", "OPENAI_BASE_URL": server.url}
    assert "in one piece" in told(1, **set_up)["streaming"][1]
    monkeypatch.setattr(server, "words_at_once", 1)
    monkeypatch.setattr(server, "end_after", 1)
    assert told(1, **set_up)["streaming"][0] == "fails"
    monkeypatch.setattr(server, "end_after", None)
    monkeypatch.setattr(server, "finish_reason", "length")
    parts = told(1, **set_up)
    assert parts["model"] == ("fails", "writer broke off its answer; try another model, or ask again")
    monkeypatch.setattr(server, "finish_reason", "stop")
    monkeypatch.setattr(server, "reply", "")
    assert "gave an empty answer" in told(1, **set_up)["model"][1]


def test_settings_that_cannot_work_are_told_on_their_line() -> None:
    parts = told(1, HANMI_MODEL="writer")
    assert parts["key"][0] == "fails"
    assert "set OPENAI_API_KEY" in parts["key"][1]
    parts = told(1, HANMI_MODEL="writer", OPENAI_API_KEY="k", HANMI_MODEL_PRICE="cheap")
    assert parts["model"][0] == "fails"
    assert "HANMI_MODEL_PRICE" in parts["model"][1]


def test_an_embedding_endpoint_is_tried_and_the_index_all_the_same(server: FakeOpenAI) -> None:
    hanmi("ingest")
    set_up = {"HANMI_EMBEDDING_MODEL": "vectors", "HANMI_EMBEDDING_BASE_URL": server.url}
    parts = told(1, **set_up)
    assert parts["embeddings"][0] == "works"
    assert parts["embeddings"][1].startswith("vectors: 8 numbers a vector, in ")
    assert "--rebuild" in parts["index"][1]  # it was made of words alone
    server.failures = [Failure(401)]
    parts = told(1, **set_up)
    assert (parts["embeddings"][0], parts["index"][0]) == ("fails", "works")
    assert "HANMI_EMBEDDING_API_KEY" in parts["embeddings"][1]


@pytest.mark.parametrize(
    ("tokens", "state", "says"),
    [
        ({"BOT_TOKEN": "xoxb-1", "SIGNING_SECRET": "s"}, "works", "over HTTP"),
        ({"BOT_TOKEN": "xoxb-1"}, "fails", "also set HANMI_SLACK_APP_TOKEN"),
        ({"APP_TOKEN": "xapp-1"}, "fails", "also set HANMI_SLACK_BOT_TOKEN"),
        ({"BOT_TOKEN": "xapp-1", "APP_TOKEN": "xoxb-1"}, "fails", "HANMI_SLACK_BOT_TOKEN must begin with xoxb-"),
    ],
)
def test_slacks_tokens_are_looked_for(tokens: dict[str, str], state: str, says: str) -> None:
    hanmi("ingest")
    parts = told(int(state == "fails"), **{f"HANMI_SLACK_{name}": value for name, value in tokens.items()})
    assert parts["slack"][0] == state
    assert says in parts["slack"][1]
    assert not set(tokens.values()) & set(parts["slack"][1].split())


def test_chat_says_once_that_a_key_could_have_answers_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "run_server", lambda settings, listener, open_browser: listener.close())

    def hint(**variables: str) -> bool:
        result = hanmi("chat", "--port", "0", **variables)
        assert result.exit_code == 0, result.output
        return "With HANMI_MODEL=gpt-5-mini a model writes them" in result.stderr

    assert not hint()
    assert not hint(OPENAI_API_KEY="k", HANMI_MODEL="writer")
    assert not hint(OPENAI_API_KEY="k", HANMI_ENGINE="extractive")
    assert [hint(OPENAI_API_KEY="k"), hint(OPENAI_API_KEY="k")] == [True, False]
