"""A model that answers as a test has scripted, and an assistant that it writes for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from app.answers.chat_model import open_chat_model
from app.answers.generative import Writer
from app.answers.model_requests import Limits
from app.answers.verification import Verifier
from app.assistant import Assistant
from app.settings import AppSettings, EngineChoice, Secret
from ingest.embedding import MiniLMEmbeddings
from tests.fake_openai import FakeOpenAI

QUICK = Limits(connect_s=5, first_s=20, between_s=20, whole_s=40, pause_s=0)
_LINE = re.compile(r"(\d+\.\d+) (.*)")


def written_by(
    server: FakeOpenAI,
    quoting: Assistant,
    limits: Limits = QUICK,
    engine: EngineChoice = "auto",
    **settings: Any,
) -> Assistant:
    """The assistant over the same index, with the model at the server."""
    given = {"model": "writer", "openai_api_key": Secret("ours"), "openai_base_url": server.url, **settings}
    own = AppSettings(**given)
    chat = open_chat_model(own, limits)
    assert chat is not None
    embeddings = quoting.embeddings
    model = embeddings.model if isinstance(embeddings, MiniLMEmbeddings) else None
    writer = Writer(chat, Verifier(quoting.tables, model), quoting.tables, own.model_input_tokens)
    written = Assistant(
        quoting.index, embeddings, model, quoting.tables, quoting.calibration, engine=engine, writer=lambda: writer
    )
    written._finder = quoting._finder  # with what it has read already
    return written


def number_of(body: dict[str, Any], words: str) -> str:
    """The number that the prompt gives the sentence with these words."""
    for line in body["messages"][1]["content"].splitlines():
        match = _LINE.match(line)
        if match and words in match[2]:
            return match[1]
    raise AssertionError(f"no sentence with {words!r} was sent")


def scripted(answer: str, mended: str = "") -> Callable[[dict[str, Any]], str]:
    """Says ``answer``, its "{words}" the numbers of the sentences that hold these words; asked to mend, ``mended``."""

    def reply(body: dict[str, Any]) -> str:
        told = mended if len(body["messages"]) > 2 else answer
        return re.sub(r"\{([^{}]+)\}", lambda match: number_of(body, match[1]), told)

    return reply
