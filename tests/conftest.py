"""Fixtures that several test modules share."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.minilm import MiniLM, load_minilm


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory) -> Path:
    """One folder for the built graphs, shared by all workers of a run (building takes two seconds)."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if base.name.startswith("popen-") else base) / "model"


@pytest.fixture(scope="session")
def minilm(model_cache) -> MiniLM:
    """The embedded model as it ships: int8."""
    return load_minilm(model_cache)
