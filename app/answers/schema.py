"""The answer contract: one shape from the command line, HTTP, the page and the evals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["answered", "partial", "not_in_corpus", "conversation", "error"]
Support = Literal["quoted", "supported", "unsupported"]
Engine = Literal["extractive", "generative"]
Language = Literal["en", "ko"]
Turn = dict[str, str]  # {"role": "user" | "assistant", "content": "…"}


@dataclass(frozen=True)
class PassageSpan:
    """The stretch of the article around a quotation: ``text`` is ``article.text[start:end]``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Citation:
    """A numbered span in an article; ``quote`` is exactly ``article.text[start:end]``."""

    number: int  # from 1, in the order of first mention
    article_id: str
    article_sha256: str
    title: str
    outlet: str | None
    author: str | None
    speaker: str | None  # who speaks or is quoted here, as the article names them
    published: str | None
    url: str | None
    kind: str | None
    start: int
    end: int
    quote: str
    passage: PassageSpan
    matched_via: tuple[str, ...] = ()  # "OPCON = 전작권": how a name in the question met this passage
    flags: tuple[str, ...] = ()  # "instruction": the words read like an order to a machine


@dataclass(frozen=True)
class Claim:
    """One sentence of an answer, the numbers of its citations, and how they carry it."""

    text: str
    citations: tuple[int, ...]
    support: Support


@dataclass(frozen=True)
class Notice:
    """Something the reader should know about how the answer was made."""

    code: str
    text: str


@dataclass(frozen=True)
class Basis:
    """What the citations rest on; dates are partial ISO dates, None where no article has one."""

    articles: int = 0
    outlets: int = 0
    oldest: str | None = None
    newest: str | None = None


@dataclass(frozen=True)
class Usage:
    """What a language model was paid for; zeros without one."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        """Both together; the cost to a millionth of a dollar."""
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            round(self.cost_usd + other.cost_usd, 6),
        )


@dataclass(frozen=True)
class Answer:
    """An answer and everything needed to check it."""

    id: str
    created_at: str  # ISO 8601, UTC
    question: str
    standalone_question: str
    filters: dict[str, Any]
    matched_names: tuple[str, ...]
    status: Status
    engine: Engine
    model: str | None
    language: Language
    text: str  # Markdown with [1] markers
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    notices: tuple[Notice, ...] = ()
    basis: Basis = field(default_factory=Basis)
    nearest: tuple[Citation, ...] = ()  # where nothing answers: the passages that come closest
    confidence: float = 0.0  # calibrated probability that the answer is in the articles
    usage: Usage = field(default_factory=Usage)
    index_generation: int = 0
    timings_ms: dict[str, float] = field(default_factory=dict)
