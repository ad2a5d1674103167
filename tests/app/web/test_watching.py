"""Changes in the corpus are taken into a running server's index, once they have come to rest."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from app.settings import AppSettings, load_settings
from app.web.running import open_or_make
from app.web.watching import Watcher
from ingest.errors import IngestError
from tests.app.stubs import StubSuggestions


class Served:
    """What a server has open, over a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.articles = folder / "corpus" / "articles"
        self.articles.mkdir(parents=True)
        flags = {"home": folder / "home", "corpus": folder / "corpus", "embedding_model": "none"}
        self.settings: AppSettings = replace(load_settings(flags, {}), watch=1)
        self.assistant = open_or_make(self.settings)
        self.watcher = Watcher(self.assistant, self.settings, StubSuggestions())  # type: ignore[arg-type]

    def write(self, name: str, text: str) -> None:
        (self.articles / name).write_text(f"---\ntitle: {name}\n---\n\n{text}\n", "utf-8")

    def known(self) -> set[str]:
        return set(self.assistant.index.articles())


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return Served(tmp_path)


def test_a_server_starts_with_no_article_and_says_how_to_add_some(served, capsys, tmp_path: Path) -> None:
    assert served.known() == set()
    answer = served.assistant.answer("How much does Washington want?")
    assert answer.status == "not_in_corpus"
    assert [notice.code for notice in answer.notices] == ["index_empty"]
    with pytest.raises(IngestError, match="no folder"):
        open_or_make(replace(served.settings, corpus=tmp_path / "none", index=tmp_path / "other"))


def test_a_new_article_is_taken_in_at_the_second_look_that_sees_it(served) -> None:
    served.write("a.md", "The frigate left Ulsan on Monday morning.")
    served.watcher.look()
    assert served.known() == set()
    served.write("a.md", "The frigate left Ulsan on Monday morning, half written no more.")
    served.watcher.look()
    assert served.known() == set()
    served.watcher.look()
    assert served.known() == {"a"}


def test_what_is_changed_or_gone_follows_and_what_is_unchanged_costs_no_sync(served, monkeypatch) -> None:
    served.write("a.md", "The frigate left Ulsan on Monday morning.")
    served.write("b.md", "The embassy in Seoul reopened its window.")
    for _ in range(2):
        served.watcher.look()
    generation = served.assistant.index.generation
    served.write("a.md", "The frigate left Busan on Sunday evening.")
    (served.articles / "b.md").unlink()
    for _ in range(2):
        served.watcher.look()
    assert served.known() == {"a"}
    assert "Busan" in served.assistant.index.article("a").text
    assert served.assistant.index.generation > generation
    monkeypatch.setattr(served.watcher, "sync", lambda: pytest.fail("nothing has changed"))
    served.watcher.look()


def test_a_failure_is_logged_once_and_the_next_change_is_tried_again(served, monkeypatch, caplog) -> None:
    def fail() -> None:
        raise IngestError("the disk is full")

    served.write("a.md", "The frigate left Ulsan on Monday morning.")
    with monkeypatch.context() as patched, caplog.at_level(logging.WARNING):
        patched.setattr(served.watcher, "sync", fail)
        for _ in range(4):
            served.watcher.look()
    assert [record.message for record in caplog.records] == [
        "changes in the corpus could not be taken in: the disk is full"
    ]
    served.write("b.md", "The embassy in Seoul reopened its window.")
    for _ in range(2):
        served.watcher.look()
    assert served.known() == {"a", "b"}


def test_new_tables_of_names_are_read(served) -> None:
    names = served.settings.corpus / "names.toml"
    names.write_text('[[weapons]]\nname = "Hwasong"\nforms = ["Mars rocket"]\n', "utf-8")
    served.watcher.look()
    assert served.assistant.understand("Where is the Mars rocket?").matches[0].name == "Hwasong"
    names.write_text("broken", "utf-8")
    served.watcher.look()
    assert served.assistant.understand("Where is the Mars rocket?").matches[0].name == "Hwasong"


def test_the_thread_ends_when_it_is_told_to(served) -> None:
    served.watcher.start()
    served.watcher.stop()
    served.watcher._thread.join(60)
    assert not served.watcher._thread.is_alive()
