"""For the whole suite: no test is timed or fed by chance; and fixtures that several modules share."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from ingest.minilm import MiniLM, load_minilm

# The same examples in every run, however slow the machine is this moment. To look for new ones:
# make test ARGS="--hypothesis-profile=default"
settings.register_profile("suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


def pytest_collection_finish() -> None:
    """Leave what importing made out of later collections: opening an index collects, 0.2 s each time with all tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory) -> Path:
    """One folder for the built graphs, shared by all workers of a run (building takes two seconds)."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if base.name.startswith("popen-") else base) / "model"


@pytest.fixture(scope="session")
def minilm(model_cache) -> MiniLM:
    """The embedded model as it ships: int8."""
    return load_minilm(model_cache)
