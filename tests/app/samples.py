"""Answers made by hand, for the tests of what shows them."""

from __future__ import annotations

from dataclasses import replace

from app.answers.schema import Answer, Basis, Citation, Claim, Notice, PassageSpan
from ingest.articles import Article

ARTICLE = Article(
    id="self-reliance",
    title="US Pushes South Korea Toward Self-Reliance",
    text=(
        "Talks go on. Washington is reportedly demanding that Seoul hand over the $350 billion “in cash.”"
        " South Korean leaders balked at the demand."
    ),
    outlet="The Diplomat",
    published="2025-09",
    url="https://example.org/a?b=1&c=2",
    kind="analysis",
)


def cite(number: int, words: str, **changes: object) -> Citation:
    """A citation of words in ARTICLE, its passage the whole text."""
    start = ARTICLE.text.index(words)
    citation = Citation(
        number=number,
        article_id=ARTICLE.id,
        article_sha256=ARTICLE.sha256,
        title=ARTICLE.title,
        outlet=ARTICLE.outlet,
        author=None,
        speaker=None,
        published=ARTICLE.published,
        url=ARTICLE.url,
        kind=ARTICLE.kind,
        start=start,
        end=start + len(words),
        quote=words,
        passage=PassageSpan(0, len(ARTICLE.text), ARTICLE.text),
    )
    return replace(citation, **changes)  # type: ignore[arg-type]


FIRST = "Washington is reportedly demanding that Seoul hand over the $350 billion “in cash.”"
SECOND = "South Korean leaders balked at the demand."


def answered(**changes: object) -> Answer:
    """Two sentences of one article, cited."""
    answer = Answer(
        id="0f3a",
        created_at="2026-01-02T03:04:05Z",
        question="How much does Washington want?",
        standalone_question="How much does Washington want?",
        filters={},
        matched_names=(),
        status="answered",
        engine="extractive",
        model=None,
        language="en",
        text=f"According to The Diplomat (September 2025): {FIRST} [1] {SECOND} [2]",
        claims=(Claim(FIRST, (1,), "quoted"), Claim(SECOND, (2,), "quoted")),
        citations=(cite(1, FIRST), cite(2, SECOND)),
        notices=(Notice("no_model", "Answered without a language model."),),
        basis=Basis(1, 1, "2025-09", "2025-09"),
        confidence=0.9,
        index_generation=3,
    )
    return replace(answer, **changes)  # type: ignore[arg-type]


def not_in_corpus() -> Answer:
    """No claim, and the passage that comes nearest."""
    return answered(
        status="not_in_corpus",
        text="The articles don't say.",
        claims=(),
        citations=(),
        basis=Basis(),
        nearest=(cite(1, SECOND),),
        confidence=0.02,
    )
