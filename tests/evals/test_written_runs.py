"""A run in which a model writes the answers: what it wrote, what is quoted instead of it, and what it took."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evals.commands import evaluate
from evals.compare import compare
from evals.run_folder import read_run
from tests.app.answers.writing import number_of
from tests.evals.case_files import a_case, unanswerable, write_cases, write_corpus
from tests.fake_openai import Failure, FakeOpenAI

QUESTIONS = [
    a_case(question="When did the harbour of Ulsan reopen?"),
    a_case(id="harbour-3", question="On which day did the harbour of Ulsan reopen?"),
    a_case(id="harbour-4", question="Which day did Ulsan's harbour reopen?"),
    unanswerable(question="Which orchestra plays Mahler in Lisbon?"),
]
REOPENED = "The harbour of Ulsan reopened"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    """The model of the settings; it answers the first question, cites nothing for the second and fails at the third."""
    with FakeOpenAI() as running:
        for name, value in {
            "HANMI_HOME": str(tmp_path / "home"),
            "HANMI_EMBEDDING_MODEL": "none",
            "HANMI_MODEL": "writer",
            "HANMI_MODEL_PRICE": "1,10",
            "HANMI_ENGINE": "generative",
            "OPENAI_API_KEY": "ours",
            "OPENAI_BASE_URL": running.url,
        }.items():
            monkeypatch.setenv(name, value)

        def reply(body: dict) -> str:
            if "On which day" in body["messages"][1]["content"]:
                running.failures = [Failure(401)]  # of the next request
                return "It reopened at some time."
            return f"{REOPENED} on Monday [{number_of(body, REOPENED)}]."

        running.reply = reply
        yield running


def evaluated(tmp_path: Path, *arguments: str) -> Result:
    cases = write_cases(tmp_path / "mine.jsonl", QUESTIONS)
    corpus = tmp_path / "corpus"
    if not corpus.exists():
        write_corpus(corpus)
    return CliRunner().invoke(evaluate, ["--set", str(cases), "--corpus", str(corpus), *arguments])


def test_what_a_model_writes_and_what_is_quoted_instead_are_counted_apart(server, tmp_path) -> None:
    done = evaluated(tmp_path, "--engine", "generative", "--out", str(tmp_path / "run"))
    assert done.exit_code == 0, done.output
    summary, rows = read_run(tmp_path / "run")
    assert [row["answer"]["engine"] for row in rows] == ["generative", "extractive", "extractive", "extractive"]
    assert (summary["engine"], summary["model"]) == ("generative", "writer")
    about = summary["sets"]["mine"]
    assert about["writing"] == {
        "written": 1,
        "quoted instead": 2,
        "not asked": 1,
        "why": {"model_uncited": 1, "model_failed": 1},
    }
    figures = {name: group["figures"] for name, group in about["groups"].items()}
    assert (figures["all"]["quoted instead"]["value"], figures["all"]["quoted instead"]["n"]) == (0.6667, 3)
    assert [about["groups"][name]["n"] for name in ("written", "quoted instead")] == [1, 2]
    assert figures["written"]["answer contains"]["value"] == 1
    used = [row["answer"]["usage"] for row in rows]
    assert summary["tokens"] == about["tokens"]
    assert summary["tokens"]["input_tokens"] == sum(one["input_tokens"] for one in used) > 0
    assert summary["tokens"]["cost_usd"] > 0
    assert "Answers written by writer." in done.output
    assert (
        "1 answers are written; 2 are quoted instead (uncited 1, failed 1); for 1 no model was asked to write."
        in done.output
    )
    report = (tmp_path / "run" / "report.html").read_text("utf-8")
    assert "engine generative (writer)" in report
    assert "2 are quoted instead" in report
    assert "· written by writer" in report
    assert "· quoted instead of written" in report
    assert server.url not in (tmp_path / "run" / "summary.json").read_text("utf-8")


def test_a_model_that_is_set_is_not_asked_unless_the_run_says_so(server, tmp_path) -> None:
    done = evaluated(tmp_path, "--json", "--out", str(tmp_path / "quoted"))
    summary = json.loads(done.stdout)
    assert (summary["engine"], summary["model"]) == ("extractive", None)
    assert summary["tokens"] == {"input_tokens": 0, "output_tokens": 0, "cost_usd": 0}
    assert summary["sets"]["mine"]["writing"]["not asked"] == len(QUESTIONS)
    assert "quoted instead" not in summary["sets"]["mine"]["groups"]["all"]["figures"]
    assert server.requests == []
    evaluated(tmp_path, "--engine", "generative", "--limit", "1", "--out", str(tmp_path / "written"))
    both = compare(read_run(tmp_path / "quoted"), read_run(tmp_path / "written"))
    different = {name: (ours, theirs) for name, ours, theirs in both.different}
    assert different["engine"] == ("extractive", "generative")
    assert different["model"] == (None, "writer")


def test_to_write_without_a_model_is_wrong_use_in_one_line(server, tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("HANMI_MODEL")
    done = evaluated(tmp_path, "--engine", "generative")
    assert done.exit_code == 2
    assert "--engine generative needs a model: set HANMI_MODEL" in done.output
    assert not (tmp_path / "home" / "evals").exists()
