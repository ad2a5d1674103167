"""Makes a follow-up question stand alone, by rules."""

from __future__ import annotations

from collections.abc import Sequence

from app.answers.schema import Language, Turn
from app.names import NameTables


def make_standalone(question: str, history: Sequence[Turn], tables: NameTables, language: Language) -> tuple[str, bool]:
    """The question so that it makes sense without the conversation, and whether that took anything from it."""
    return question, False
