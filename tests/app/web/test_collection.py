"""What the page is told of who can answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.settings import load_settings
from app.store import Store
from app.web.collection import add_collection
from app.web.services import Services
from tests.app.stubs import StubAssistant, StubSuggestions

WRITER = {"model": "m", "openai_api_key": "hidden"}


def told(tmp_path: Path, **given: Any) -> dict[str, Any]:
    settings = load_settings({"home": tmp_path, **given}, {})
    app = FastAPI()
    assistant: Any = StubAssistant()
    suggestions: Any = StubSuggestions()
    add_collection(app, Services(assistant, settings, Store(settings.database, 1), suggestions))
    reply = TestClient(app).get("/api/page")
    assert "hidden" not in reply.text
    return {name: reply.json()[name] for name in ("engine", "writer")}


@pytest.mark.parametrize(
    ("given", "engine", "host"),
    [
        (WRITER, "generative", "api.openai.com"),
        ({**WRITER, "engine": "extractive"}, "extractive", "api.openai.com"),
        ({**WRITER, "openai_base_url": "http://me:hidden@localhost:11434/v1"}, "generative", "localhost:11434"),
    ],
)
def test_a_model_that_can_write_is_named_with_its_host(tmp_path, given, engine, host) -> None:
    assert told(tmp_path, **given) == {"engine": engine, "writer": {"model": "m", "host": host}}


def test_without_a_model_there_is_none(tmp_path) -> None:
    nothing = {"engine": "extractive", "writer": None}
    assert told(tmp_path, openai_api_key="hidden", engine="generative") == nothing
