"""Indexes that several modules ask; made once in each worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.assistant import Assistant
from ingest.embedding import MiniLMEmbeddings
from ingest.readers import read_article
from tests.app.collection import ARTICLES, CORPUS, assistant_over
from tests.fake_openai import FakeOpenAI


@pytest.fixture(scope="session")
def embeddings(minilm) -> MiniLMEmbeddings:
    return MiniLMEmbeddings(minilm)


@pytest.fixture(scope="session")
def collection_folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("collection")


@pytest.fixture(scope="session")
def collection(collection_folder, embeddings) -> Assistant:
    """Over ``tests.app.collection.ARTICLES``; answers whatever it finds. Nobody writes to its index."""
    return assistant_over(collection_folder, ARTICLES, embeddings)


@pytest.fixture(scope="session")
def owner(tmp_path_factory, embeddings) -> Assistant:
    """Over the article of this repository alone, with the shipped calibration."""
    article, _ = read_article(next((CORPUS / "articles").glob("us-pushes*.md")), CORPUS)
    return assistant_over(tmp_path_factory.mktemp("owner"), [article], embeddings, calibration=None)


@pytest.fixture(scope="module")
def running() -> Iterator[FakeOpenAI]:
    """A model on loopback, started once a module; whoever uses it resets it."""
    with FakeOpenAI() as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a corpus of the test's own, searched by words alone, for the command line."""
    for name, value in (("HOME", "home"), ("CORPUS", "corpus")):
        monkeypatch.setenv(f"HANMI_{name}", str(tmp_path / value))
    monkeypatch.setenv("HANMI_EMBEDDING_MODEL", "none")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"
