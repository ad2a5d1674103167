"""Answers made by hand over the article of case_files, in the contract's JSON."""

from __future__ import annotations

from typing import Any

from app.answers.schema import Answer, Citation, Claim, PassageSpan
from app.render import answer_json
from ingest.articles import Article
from tests.evals.case_files import HARBOUR

ARTICLE = Article("harbour", "Harbour reopens", HARBOUR, outlet="The Daily", published="2025-05", kind="news")
REOPENED = "The harbour of Ulsan reopened on Monday."
VISITED = "President Lee Jae-myung visited the harbour of Ulsan on May 3, 2025."
INVESTS = "Hyundai Motor will invest $26 billion in the United States."


def cite(quote: str, number: int = 1, **changes: Any) -> Citation:
    """A citation of those words where the article has them."""
    start = HARBOUR.index(quote)
    fields: dict[str, Any] = {
        "number": number,
        "article_id": ARTICLE.id,
        "article_sha256": ARTICLE.sha256,
        "title": ARTICLE.title,
        "outlet": ARTICLE.outlet,
        "author": None,
        "speaker": None,
        "published": ARTICLE.published,
        "url": None,
        "kind": ARTICLE.kind,
        "start": start,
        "end": start + len(quote),
        "quote": quote,
        "passage": PassageSpan(0, len(HARBOUR), HARBOUR),
    }
    return Citation(**{**fields, **changes})


def answered(*citations: Citation, **changes: Any) -> dict[str, Any]:
    """An answer of those citations in one paragraph, each its own claim."""
    text = " ".join(["According to The Daily:", *(f"{one.quote} [{one.number}]" for one in citations)])
    claims = tuple(Claim(one.quote, (one.number,), "quoted") for one in citations)
    return _answer(**{"status": "answered", "text": text, "claims": claims, "citations": citations, **changes})


def refused(*nearest: Citation, **changes: Any) -> dict[str, Any]:
    """That the articles do not say, with what comes nearest."""
    text = "The articles don't say."
    return _answer(**{"status": "not_in_corpus", "text": text, "nearest": nearest, "confidence": 0.2, **changes})


def _answer(**fields: Any) -> dict[str, Any]:
    common: dict[str, Any] = {
        "id": "0",
        "created_at": "2026-11-24T12:00:00+00:00",
        "question": "?",
        "standalone_question": "?",
        "filters": {},
        "matched_names": (),
        "engine": "extractive",
        "model": None,
        "language": "en",
        "confidence": 0.8,
        "timings_ms": {"total": 40.0},
    }
    return answer_json(Answer(**{**common, **fields}))
