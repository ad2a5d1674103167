"""What the parts of the HTTP API share."""

from __future__ import annotations

from dataclasses import dataclass

from app.assistant import Assistant
from app.settings import AppSettings
from app.store import Store
from app.suggestions import Suggestions


@dataclass(frozen=True)
class Services:
    """The open parts of a running server."""

    assistant: Assistant
    settings: AppSettings
    store: Store
    suggestions: Suggestions
