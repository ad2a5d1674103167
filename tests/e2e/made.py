"""An assistant that says what a test has written for a question, at the pace the test wants."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from app.answers.schema import Answer, Basis, Citation, Claim, PassageSpan
from app.assistant import Event
from app.render import answer_json
from ingest.articles import Article
from ingest.records import ArticleRecord
from tests.app.samples import ARTICLE, answered


def record_of(article: Article) -> ArticleRecord:
    known = {
        name: getattr(article, name) for name in ("id", "title", "outlet", "section", "author", "published", "url")
    }
    return ArticleRecord(
        **known, lang=article.lang, kind=article.kind, sha256=article.sha256, version=article.version,
        words=len(article.text.split()), chunk_ids=("c1",),
    )  # fmt: skip


def cite_from(article: Article, words: str, number: int = 1, **changes: Any) -> Citation:
    """A citation of the words in that article, its passage the whole text."""
    start = article.text.index(words)
    known = {name: getattr(article, name) for name in ("title", "outlet", "author", "published", "url", "kind")}
    citation = Citation(
        number=number, article_id=article.id, article_sha256=article.sha256, speaker=None, **known,
        start=start, end=start + len(words), quote=words, passage=PassageSpan(0, len(article.text), article.text),
    )  # fmt: skip
    return replace(citation, **changes)


def answer_from(article: Article, *sentences: str, **changes: Any) -> Answer:
    """An answer that quotes the sentences of one article."""
    citations = tuple(cite_from(article, words, number) for number, words in enumerate(sentences, 1))
    claims = tuple(Claim(words, (number,), "quoted") for number, words in enumerate(sentences, 1))
    text = " ".join(f"{words} [{number}]" for number, words in enumerate(sentences, 1))
    made = answered(
        text=text, claims=claims, citations=citations, basis=Basis(1, 1, article.published, article.published)
    )
    return replace(made, **changes)


class MadeIndex:
    """The articles that a test has put in."""

    generation = 3

    def __init__(self) -> None:
        self.held: dict[str, Article] = {ARTICLE.id: ARTICLE}

    def refresh(self) -> bool:
        return False

    def articles(self) -> dict[str, ArticleRecord]:
        return {id_: record_of(article) for id_, article in self.held.items()}

    def article(self, article_id: str) -> Article | None:
        return self.held.get(article_id)


class MadeAssistant:
    """``says``: by question, an Answer or an exception; any other question gets the sample answer."""

    def __init__(self) -> None:
        self.index = MadeIndex()
        self.says: dict[str, Answer | Exception] = {}
        self.asked: list[tuple[str, list[dict[str, str]], Any]] = []
        self.engines: list[str | None] = []  # that each was asked of
        self.go_on = threading.Event()  # a stream waits for it after its first sentence
        self.go_on.set()

    def stream(
        self, question: str, history: Any = (), filters: Any = None, *, engine: str | None = None, fresh: bool = False
    ) -> Iterator[Event]:
        self.asked.append((question, list(history), filters))
        self.engines.append(engine)
        answer = self.says.get(question) or answered()
        yield Event("searching", {"articles": len(self.index.held)})
        if isinstance(answer, Exception):
            raise answer
        yield Event("passages", {"hits": [{}, {}]})
        for index, claim in enumerate(answer.claims):
            yield Event("claim", {"index": index, **asdict(claim)})
            self.go_on.wait(120)
        yield Event("answer", answer_json(replace(answer, id=f"{len(self.asked):032x}", question=question)))

    def answer(self, question: str, history: Any = (), filters: Any = None) -> Answer:
        found = self.says.get(question) or answered()
        if isinstance(found, Exception):
            raise found
        return found
