"""The command line: what each command prints, where, and how it exits."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

import app.opening
from app.cli import cli
from app.errors import AppError
from ingest.errors import IndexUnavailable
from tests.app.samples import ARTICLE, FIRST, answered, not_in_corpus
from tests.app.stubs import StubAssistant


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("HANMI_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HANMI_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> StubAssistant:
    assistant = StubAssistant()
    monkeypatch.setattr(app.opening, "open_assistant", lambda _settings: assistant)
    return assistant


def hanmi(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli, list(arguments), input=stdin)


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


# ask


def test_ask_prints_the_answer_as_plain_text_where_there_is_no_terminal(stub) -> None:
    result = hanmi("ask", "How much?")
    assert result.exit_code == 0
    assert result.stdout.startswith("● answered · 1 article · September 2025\n")
    assert f"> {FIRST}" in result.stdout
    assert "\x1b" not in result.stdout
    assert stub.asked[0][0] == "How much?"


def test_a_corpus_that_is_not_there_is_said_and_not_answered_for(stub, tmp_path: Path) -> None:
    for command in ("ask", "search"):
        result = hanmi(command, "q", "--corpus", str(tmp_path / "typo"))
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert f"there is no folder {tmp_path / 'typo'}" in result.stderr
    assert not stub.asked


def test_ask_json_is_the_contract(stub) -> None:
    answer = json.loads(hanmi("ask", "How much?", "--json").stdout)
    citation = answer["citations"][0]
    assert citation["quote"] == ARTICLE.text[citation["start"] : citation["end"]]
    assert answer["status"] == "answered"


def test_ask_reads_the_question_from_standard_input(stub) -> None:
    assert hanmi("ask", "-", stdin="From a pipe?").exit_code == 0
    assert hanmi("ask", stdin="From a pipe?").exit_code == 0
    assert [question for question, _, _ in stub.asked] == ["From a pipe?"] * 2


def test_ask_passes_history_and_filters_on(stub, tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    (tmp_path / "history.json").write_text(json.dumps(turns), "utf-8")
    options = [
        "--history",
        "history.json",
        "--outlet",
        "The Diplomat",
        "--kind",
        "news",
        "--from",
        "2025",
        "--to",
        "2025-10",
    ]
    assert hanmi("ask", "And then?", *options).exit_code == 0
    _, history, filters = stub.asked[0]
    assert history == turns
    assert (filters.outlets, filters.kinds) == (("The Diplomat",), ("news",))
    assert (filters.published_from, filters.published_to) == ("2025", "2025-10")


def test_ask_says_who_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened = []
    monkeypatch.setattr(app.opening, "open_assistant", lambda settings: opened.append(settings) or StubAssistant())
    (tmp_path / "batch.jsonl").write_text('{"id": "1", "question": "q"}\n', "utf-8")
    assert hanmi("ask", "q").exit_code == 0
    assert hanmi("ask", "q", "--engine", "generative").exit_code == 0
    assert hanmi("ask", "--batch", "batch.jsonl", "--engine", "extractive").exit_code == 0
    assert [settings.engine for settings in opened] == ["auto", "generative", "extractive"]
    assert hanmi("ask", "q", "--engine", "both").exit_code == 2


@pytest.mark.parametrize(
    "content", ["{}", "[1]", '[{"role": "system", "content": "x"}]', '[{"role": "user"}]', "[", "\udcff"]
)
def test_a_history_that_is_none_is_wrong_use(stub, tmp_path: Path, content: str) -> None:
    (tmp_path / "history.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    result = hanmi("ask", "q", "--history", "history.json")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert not stub.asked


def test_that_the_articles_do_not_say_is_no_failure(stub) -> None:
    stub.says = not_in_corpus()
    result = hanmi("ask", "What is the capital of France?")
    assert result.exit_code == 0
    assert "○ the articles don't say" in result.stdout


def test_an_answer_that_is_an_error_exits_with_1(stub) -> None:
    stub.says = answered(status="error", text="No.", citations=(), claims=())
    assert hanmi("ask", "q").exit_code == 1


def test_a_date_that_is_none_is_wrong_use(stub) -> None:
    result = hanmi("ask", "q", "--from", "last week")
    assert result.exit_code == 2
    assert "is no date" in result.stderr


# batch


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_line_of_a_batch_gets_a_line_and_bad_ones_an_error(stub, tmp_path: Path) -> None:
    rows = [
        '{"id": "a", "question": "q1", "history": [{"role": "user", "content": "x"}]}',
        "",
        "{no",
        '{"id": "c"}',
        '{"question": "q4"}',
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(rows), "utf-8")
    result = hanmi("ask", "--batch", "in.jsonl", "--out", "out.jsonl")
    assert result.exit_code == 1
    assert "2 of 4 lines failed" in result.stderr
    out = lines(tmp_path / "out.jsonl")
    assert [row["id"] for row in out] == ["a", 3, "c", 5]
    assert [sorted(row) for row in out] == [["answer", "id"], ["error", "id"], ["error", "id"], ["answer", "id"]]
    assert out[0]["answer"]["citations"][0]["quote"] == FIRST
    assert stub.asked[0][1] == [{"role": "user", "content": "x"}]


def test_a_batch_without_failures_exits_with_0_and_goes_to_standard_output(stub) -> None:
    result = hanmi("ask", "--batch", "-", stdin='{"id": 7, "question": "한국?"}\n')
    assert result.exit_code == 0
    assert json.loads(result.stdout)["id"] == 7


@pytest.mark.parametrize(
    ("failure", "said"),
    [(IndexUnavailable("there is no index"), "there is no index"), (ValueError("secret detail"), "unexpected error")],
)
def test_a_failing_question_is_a_line_and_the_next_goes_on(stub, tmp_path: Path, failure: Exception, said: str) -> None:
    stub.says = failure
    (tmp_path / "in.jsonl").write_text('{"id": 1, "question": "a"}\n{"id": 2, "question": "b"}\n', "utf-8")
    assert hanmi("ask", "--batch", "in.jsonl", "--out", "out.jsonl").exit_code == 1
    out = lines(tmp_path / "out.jsonl")
    assert [row["id"] for row in out] == [1, 2]
    assert all(said in row["error"] and "secret" not in row["error"] for row in out)


def test_hits_of_a_batch_are_the_contract(stub, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "x", "question": "a"}\n', "utf-8")
    assert hanmi("search", "--batch", "in.jsonl", "--out", "out.jsonl", "--k", "3").exit_code == 0
    hit = {"article_id": ARTICLE.id, "start": 0, "end": 13, "text": ARTICLE.text[:13], "score": 1.25}
    assert lines(tmp_path / "out.jsonl") == [{"id": "x", "hits": [hit]}]


def test_search_shows_where_each_score_came_from(stub) -> None:
    shown = hanmi("search", "a").stdout
    assert "1 1.250  = candidates 0.800 + late 0.450  (cosine 0.62 · BM25 – · lift 0.80 · likeness 0.31)" in shown
    assert f"{ARTICLE.title} · The Diplomat · September 2025 · analysis  {ARTICLE.id} 0–13" in shown
    (hit,) = json.loads(hanmi("search", "a", "--json").stdout)["hits"]
    assert hit["parts"]["late"] == 0.31


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_batch_and_a_question_together_are_wrong_use(stub, command: str) -> None:
    assert hanmi(command, "q", "--batch", "in.jsonl").exit_code == 2


def test_a_batch_that_is_not_there_is_wrong_use(stub) -> None:
    result = hanmi("search", "--batch", "none.jsonl")
    assert (result.exit_code, result.stderr.startswith("Error: none.jsonl cannot be read")) == (2, True)


# errors


@pytest.mark.parametrize("failure", [IndexUnavailable("no index; run `hanmi ingest`"), AppError("that will not do")])
def test_an_error_of_ours_is_one_line_and_exit_1(stub, failure: Exception) -> None:
    stub.says = failure
    result = hanmi("ask", "q")
    assert result.exit_code == 1
    assert result.stderr == f"Error: {failure}\n"
    assert result.stdout == ""


def test_an_unexpected_error_is_one_line_and_hanmi_debug_shows_where(stub, monkeypatch: pytest.MonkeyPatch) -> None:
    stub.says = ZeroDivisionError("oops")
    result = hanmi("ask", "q")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "HANMI_DEBUG=1" in result.stderr
    monkeypatch.setenv("HANMI_DEBUG", "1")
    assert isinstance(hanmi("ask", "q").exception, ZeroDivisionError)


def test_a_wrong_setting_is_wrong_use(stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANMI_PORT", "many")
    result = hanmi("ask", "q")
    assert (result.exit_code, "HANMI_PORT must be a whole number" in result.stderr) == (2, True)


def test_a_folder_on_the_command_line_beats_a_server_in_the_environment(stub, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    monkeypatch.setattr(app.opening, "open_assistant", lambda settings: opened.append(settings) or stub)
    monkeypatch.setenv("HANMI_CHROMA_URL", "http://localhost:1")
    assert hanmi("ask", "q", "--index", "here").exit_code == 0
    assert hanmi("ask", "q").exit_code == 0
    assert app.opening.index_location(opened[0]) == Path.cwd() / "here"
    assert app.opening.index_location(opened[1]).url == "http://localhost:1"


# import


def test_import_writes_articles_and_reports_bad_lines(tmp_path: Path) -> None:
    rows = ['{"title": "One", "body": "Some words here.", "source": "Daily"}', "{"]
    (tmp_path / "a.jsonl").write_text("\n".join(rows), "utf-8")
    result = hanmi("import", "a.jsonl", "--to", "articles")
    assert result.exit_code == 1
    assert result.stdout.startswith("1 written, 0 unchanged, 1 failed in ")
    assert result.stderr.startswith("a.jsonl:2: not JSON")
    assert len(list((tmp_path / "articles").iterdir())) == 1


# the command itself


def test_help_lists_every_command_and_what_other_packages_bring(monkeypatch: pytest.MonkeyPatch) -> None:
    class Brought:
        name, value = "measure", "other:measure"

        def load(self) -> click.Command:
            return click.Command("measure", help="Measure it.")

    monkeypatch.setattr("app.cli.entry_points", lambda group: [Brought()] if group == "hanmi.commands" else [])
    shown = hanmi("--help").stdout
    for name in ("chat", "ask", "search", "ingest", "import", "status", "serve", "measure"):
        assert f"\n  {name} " in shown


def test_a_command_that_cannot_be_loaded_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        name, value = "broken", "nowhere:broken"

        def load(self) -> click.Command:
            raise ImportError("nowhere")

    monkeypatch.setattr("app.cli.entry_points", lambda group: [Broken()])
    assert hanmi("--help").exit_code == 0
    assert hanmi("broken").exit_code == 2


def test_an_unknown_command_is_wrong_use() -> None:
    assert hanmi("aks").exit_code == 2


@pytest.mark.parametrize("command", ["chat", "ask", "search", "ingest", "import", "status", "serve"])
def test_every_command_takes_the_index_and_the_corpus(command: str) -> None:
    shown = hanmi(command, "--help").stdout
    assert "--index DIRECTORY" in shown
    assert "--corpus DIRECTORY" in shown


def test_help_imports_nothing_that_takes_seconds() -> None:
    code = (
        "import sys; from app.cli import cli; cli(['--help'], standalone_mode=False);"
        "print(*sys.modules, file=sys.stderr)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    slow = {"chromadb", "gradio", "onnxruntime", "langchain_core", "numpy", "tantivy", "openai", "uvicorn", "fastapi"}
    assert not slow & set(shown.stderr.split())


def test_python_m_app_is_the_same_command() -> None:
    done = run("--help")
    assert (done.returncode, "Usage: hanmi " in done.stdout) == (0, True)


def test_a_terminal_without_unicode_gets_an_answer_all_the_same() -> None:
    done = run("--help", env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert (done.returncode, done.stderr) == (0, "")


def test_a_closed_pipe_ends_without_a_traceback(tmp_path: Path) -> None:
    code = (
        "import app.opening; from tests.app.stubs import StubAssistant; import app.__main__ as m;"
        "app.opening.open_assistant = lambda s: StubAssistant(); m.main()"
    )
    (tmp_path / "in.jsonl").write_text('{"question": "q"}\n' * 500, "utf-8")
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [sys.executable, "-c", code, "ask", "--batch", "in.jsonl"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    assert process.wait(30) == 1
    assert said == ""


# filters, the log


def test_dates_the_wrong_way_round_are_wrong_use(stub) -> None:
    result = hanmi("ask", "How much?", "--from", "2026", "--to", "2020")
    assert result.exit_code == 2
    assert "2026 is after 2020" in result.stderr
    assert hanmi("ask", "How much?", "--from", "2025-09-30", "--to", "2025").exit_code == 0


def test_what_pypdf_and_trafilatura_mend_is_not_in_the_log(stub, caplog) -> None:
    names = ("pypdf", "trafilatura")
    before = [logging.getLogger(name).level for name in names]
    try:
        hanmi("ask", "How much?")
        for name in names:
            logging.getLogger(f"{name}.core").error("discarding data: None")
        assert not caplog.records
    finally:
        for name, level in zip(names, before, strict=True):
            logging.getLogger(name).setLevel(level)


def test_importing_the_readers_leaves_the_log_of_others_alone() -> None:
    code = "import ingest.pdf_files, logging; print(logging.getLogger('pypdf').level)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "0"
