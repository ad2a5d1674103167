"""Questions that the articles really answer: on the start screen, and after an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.answers.schema import Answer, Language

if TYPE_CHECKING:
    from app.assistant import Assistant


class Suggestions:
    """The suggested questions of a collection."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def questions(self) -> dict[Language, list[str]]:
        """Up to four in each language; none until they have been found."""
        return {"en": [], "ko": []}

    def follow_ups(self, answer: Answer, asked: Sequence[str] = ()) -> list[str]:
        """Two or three to ask after this answer, in its language; [] where there are none."""
        return []
