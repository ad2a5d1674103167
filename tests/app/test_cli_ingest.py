"""``hanmi ingest`` and ``hanmi status`` over a real index, with word matches alone so that they are quick."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import cli
from app.cli.status import Status, read_status
from app.settings import load_settings

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
