"""A model at a fake endpoint, and what it is asked."""

from __future__ import annotations

from typing import Any

import pytest

from app.answers.chat_model import ChatModel, ReplyStream, open_chat_model
from app.answers.model_requests import Limits
from app.errors import ModelFailed
from app.settings import AppSettings, Secret
from tests.fake_openai import FakeOpenAI

ASKED = [{"role": "system", "content": "Cite."}, {"role": "user", "content": "Who pays for the troops?"}]
QUICK = Limits(pause_s=0)
PATH = "/v1/chat/completions"


def model_at(server: FakeOpenAI, limits: Limits = QUICK, **settings: Any) -> ChatModel:
    given = {"model": "writer", "openai_api_key": Secret("ours"), "openai_base_url": server.url, **settings}
    model = open_chat_model(AppSettings(**given), limits)
    assert model is not None
    return model


def failure_of(reply: ReplyStream) -> ModelFailed:
    """How reading it ends."""
    with pytest.raises(ModelFailed) as failed:
        list(reply)
    assert list(reply) == []
    return failed.value
