"""Indexes that several modules ask; made once in each worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.assistant import Assistant
from ingest.embedding import MiniLMEmbeddings
from ingest.readers import read_article
from tests.app.collection import ARTICLES, CORPUS, assistant_over


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
