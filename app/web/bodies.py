"""What may be sent to the HTTP API; fields that are not known are refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.errors import AppError
from app.settings import EngineChoice
from ingest.records import Filters

MAX_HITS = 100
MAX_EXPORTED = 200  # answers of one conversation
MAX_REASON_CHARS = 4000


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FilterBody(_Body):
    """Outlets, kinds and partial dates; empty fields restrict nothing."""

    outlets: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    published_from: str | None = None
    published_to: str | None = None

    def filters(self) -> Filters:
        """As the index takes them. Raises AppError for a date that is none."""
        try:
            return Filters(**self.model_dump())
        except ValueError as error:
            raise AppError(str(error)) from error


class TurnBody(_Body):
    """One turn of the conversation so far."""

    role: Literal["user", "assistant"]
    content: str


class AskBody(_Body):
    """A question; with its history it may be a follow-up. Without an engine the setting says who answers.

    ``fresh``: written anew, though the same was asked before.
    """

    question: str
    history: list[TurnBody] = []
    filters: FilterBody = FilterBody()
    engine: EngineChoice | None = None
    fresh: bool = False


class SearchBody(_Body):
    """A query for passages."""

    question: str
    k: Annotated[int, Field(ge=1, le=MAX_HITS)] = 10
    filters: FilterBody = FilterBody()


class FollowUpsBody(_Body):
    """An answer, by its id or whole, and the questions that were asked already."""

    answer_id: str | None = None
    answer: dict[str, Any] | None = None
    asked: list[str] = []


class FeedbackBody(_Body):
    """What a reader thinks of an answer; no verdict takes an earlier one back. The answer where it was not kept."""

    answer_id: str
    verdict: Literal["up", "down"] | None = None
    reason: Annotated[str, Field(max_length=MAX_REASON_CHARS)] = ""
    answer: dict[str, Any] | None = None


class ExportBody(_Body):
    """The answers of a conversation, and what to make of them."""

    format: Literal["markdown", "html", "json"]
    answers: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MAX_EXPORTED)]
    title: Annotated[str, Field(max_length=300)] = ""
