"""``hanmi ingest`` and ``hanmi status`` over a real index, with word matches alone so that they are quick."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.assistant import Assistant
from app.cli import cli
from app.cli.status import Status, read_status
from app.settings import load_settings
from app.web import running
from ingest.minilm import load_minilm
from tests.fake_openai import FakeOpenAI

ROOT = Path(__file__).parents[2]

ONE = (
    "---\ntitle: One\noutlet: Daily\npublished: 2025-03\n---\n\nSeoul and Washington met. They agreed on 15 percent.\n"
)
TWO = "---\ntitle: Two\noutlet: Weekly\npublished: 2024-01-02\n---\n\nThe talks in Seoul went on for a week.\n"


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("HANMI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HANMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HANMI_EMBEDDING_MODEL", "none")
    folder = tmp_path / "corpus"
    (folder / "articles").mkdir(parents=True)
    (folder / "articles" / "one.md").write_text(ONE, "utf-8")
    (folder / "articles" / "two.md").write_text(TWO, "utf-8")
    monkeypatch.setenv("HANMI_CORPUS", str(folder))
    return folder


def hanmi(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def status() -> Status:
    return read_status(load_settings())


def test_the_closing_table_counts_what_was_done(corpus) -> None:
    done = hanmi("ingest")
    assert done.exit_code == 0
    header, row = [line.split("┃") if "┃" in line else line.split("│") for line in done.stdout.splitlines()[1:4:2]]
    names = [cell.strip() for cell in header[1:-1]]
    assert names == ["added", "replaced", "removed", "unchanged", "failed", "chunks", "seconds"]
    assert [cell.strip() for cell in row[1:-2]] == ["2", "0", "0", "0", "0", "2"]
    assert "Word matches alone" in done.stderr


def test_json_has_the_whole_report_and_nothing_else_on_standard_output(corpus) -> None:
    hanmi("ingest")
    (corpus / "articles" / "one.md").unlink()
    report = json.loads(hanmi("ingest", "--json").stdout)
    assert (report["removed"], report["unchanged"], report["failed"]) == (["one"], 1, [])


def test_a_dry_run_changes_nothing(corpus) -> None:
    hanmi("ingest")
    (corpus / "articles" / "one.md").unlink()
    done = hanmi("ingest", "--dry-run")
    assert "What would be done" in done.stdout
    assert status().articles == 2


def test_a_file_that_cannot_be_read_is_named_and_the_exit_is_1(corpus) -> None:
    (corpus / "articles" / "empty.md").write_text("", "utf-8")
    done = hanmi("ingest")
    assert done.exit_code == 1
    assert "empty.md: " in done.stderr
    found = status()
    assert found.articles == 2
    assert any(problem.startswith("empty.md: ") for problem in found.problems)


def test_a_folder_given_takes_the_place_of_the_corpus(corpus, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "three.txt").write_text("Three words here.", "utf-8")
    assert hanmi("ingest", str(other)).exit_code == 0
    assert status().articles == 1


def test_a_folder_that_is_not_there_is_one_line(corpus) -> None:
    done = hanmi("ingest", "nowhere")
    assert (done.exit_code, done.stderr.count("Error: "), "Traceback" in done.stderr) == (1, 1, False)


def test_status_before_the_first_ingest_says_what_to_do(corpus) -> None:
    done = hanmi("status")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "hanmi ingest" in done.stderr


def test_status_tells_what_is_in_the_index(corpus) -> None:
    hanmi("ingest")
    found = json.loads(hanmi("status", "--json").stdout)
    assert (found["articles"], found["chunks"], found["generation"]) == (2, 2, 1)
    assert found["outlets"] == {"Daily": 1, "Weekly": 1}
    assert (found["oldest"], found["newest"]) == ("2024-01-02", "2025-03")
    assert found["embedding"] == "none"
    assert found["size_bytes"] > 1000
    assert found["last_sync"].startswith("20")
    assert ["HANMI_EMBEDDING_MODEL is none" in problem for problem in found["problems"]] == [True]
    shown = hanmi("status").stdout
    assert "2 in 2 chunks" in shown
    assert "2 January 2024 – March 2025" in shown


def test_status_says_when_another_model_is_set_than_the_index_was_made_with(corpus, monkeypatch) -> None:
    hanmi("ingest")
    monkeypatch.setenv("HANMI_EMBEDDING_MODEL", "some-model")
    monkeypatch.setenv("HANMI_EMBEDDING_BASE_URL", "http://localhost:1/v1")
    (problem,) = status().problems
    assert "made with none" in problem
    assert "some-model" in problem


def test_status_names_the_calibration_in_force_and_one_that_cannot_be_used(corpus, tmp_path, monkeypatch) -> None:
    hanmi("ingest")
    assert status().calibration == "shipped"
    own = tmp_path / "own.toml"
    monkeypatch.setenv("HANMI_CALIBRATION", str(own))
    assert [str(own) in problem for problem in status().problems] == [False, True]
    shipped = resources.files("app.answers").joinpath("calibration.toml").read_text("utf-8")
    own.write_text(shipped, "utf-8")
    assert (status().calibration, len(status().problems)) == (str(own), 1)
    assert "calibration" in hanmi("status").stdout


def test_a_folder_without_articles_empties_the_index_and_says_so(corpus, tmp_path: Path) -> None:
    hanmi("ingest")
    (tmp_path / "other").mkdir()
    looked = hanmi("ingest", str(tmp_path / "other"), "--dry-run")
    assert "the folder holds no articles; 2 would be removed from the index" in looked.stderr
    done = hanmi("ingest", str(tmp_path / "other"))
    assert done.exit_code == 0
    assert "the folder holds no articles; 2 were removed from the index" in done.stderr
    assert "no articles" not in hanmi("ingest", str(tmp_path / "other")).stderr
    assert status().articles == 0


def test_the_help_says_that_another_folder_takes_the_place_of_the_first() -> None:
    assert "is not in DIR is removed" in " ".join(hanmi("ingest", "--help").stdout.split())


def test_the_size_is_told_while_files_come_and_go(corpus, monkeypatch) -> None:
    hanmi("ingest")
    gone = load_settings().index_folder / "gone"
    gone.write_text("a writer replaces it")
    look = Path.stat

    def stat(file: Path, **how: bool) -> os.stat_result:
        """The file is there when it is looked at first, and no longer the next time."""
        found = look(file, **how)
        if file == gone:
            file.unlink()
        return found

    monkeypatch.setattr(Path, "stat", stat)
    assert status().size_bytes > 1000
    gone.symlink_to("nowhere")  # listed, and gone at the first look
    assert status().size_bytes > 1000


# The embedded model comes or goes


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Assistant]:
    """What `hanmi chat` would have served, with no server started."""
    opened: list[Assistant] = []
    monkeypatch.setattr("app.web.running.bind_next", lambda host, port: None)
    monkeypatch.setattr(
        "app.web.running.run_server", lambda settings, *_, **__: opened.append(running.open_or_make(settings))
    )
    return opened


@pytest.fixture
def with_model(model_cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Says whether the embedded model is there; its graph is the one that all tests share."""
    load_minilm(model_cache)
    shutil.copytree(model_cache, tmp_path / "home" / "model")

    def choose(there: bool) -> None:
        monkeypatch.setenv("HANMI_EMBEDDING_MODEL", "" if there else "none")

    return choose


@pytest.mark.parametrize("there_first", [True, False])
def test_chat_makes_the_index_anew_when_the_model_came_or_went(corpus, served, with_model, there_first) -> None:
    with_model(there_first)
    assert hanmi("ingest").exit_code == 0
    with_model(not there_first)
    done = hanmi("chat")
    assert done.exit_code == 0, done.stderr
    assert done.stderr.count("making the index anew") == 1
    assert (status().embedding == "none") == there_first
    assert served[0].search("How long did the talks go on?")[0].article.id == "two"


def test_chat_does_not_throw_away_the_vectors_of_an_endpoint(corpus, served, with_model, monkeypatch) -> None:
    with FakeOpenAI() as endpoint:
        monkeypatch.setenv("HANMI_EMBEDDING_BASE_URL", endpoint.url)
        monkeypatch.setenv("HANMI_EMBEDDING_MODEL", "fake-embedding")
        assert hanmi("ingest").exit_code == 0
    with_model(True)
    done = hanmi("chat")
    assert done.exit_code == 1
    assert "hanmi ingest --rebuild" in done.stderr
    assert not served


def test_an_index_with_vectors_answers_from_words_where_the_model_is_gone(corpus, with_model) -> None:
    with_model(True)
    assert hanmi("ingest").exit_code == 0
    with_model(False)
    done = hanmi("ask", "How long did the talks in Seoul go on?", "--json")
    assert done.exit_code == 0, done.stderr
    answer = json.loads(done.stdout)
    assert "bm25_only" in [notice["code"] for notice in answer["notices"]]
    assert {citation["article_id"] for citation in answer["citations"] + answer["nearest"]} >= {"two"}


def test_an_index_of_words_alone_says_what_to_do_where_there_is_a_model(corpus, with_model) -> None:
    with_model(False)
    hanmi("ingest")
    with_model(True)
    done = hanmi("ask", "How long did the talks go on?")
    assert done.exit_code == 1
    assert "hanmi ingest --rebuild" in done.stderr


def test_make_model_says_how_the_index_gets_its_vectors(tmp_path: Path) -> None:
    make = ["make", "-n", "model", f"VENV={tmp_path}"]
    said = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False).stdout
    assert "hanmi ingest --rebuild" in said
