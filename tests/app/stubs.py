"""An assistant that needs no index: what it says is set by the test, what it was asked is kept."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from app.answers.schema import Answer
from app.names import NameTables
from app.render import answer_json
from app.retrieval import Passage, ScoreParts
from ingest.chunking import Chunk
from ingest.records import ArticleRecord
from tests.app.samples import ARTICLE, answered


class StubIndex:
    """An index of one article."""

    generation = 3

    def __init__(self) -> None:
        self.records = {
            ARTICLE.id: ArticleRecord(
                ARTICLE.id, ARTICLE.title, ARTICLE.outlet, None, None, ARTICLE.published, ARTICLE.url, "en",
                ARTICLE.kind, ARTICLE.sha256, ARTICLE.version, 24, ("c1",),
            )
        }  # fmt: skip

    def refresh(self) -> bool:
        return False

    def articles(self) -> dict[str, ArticleRecord]:
        return self.records

    def article(self, article_id: str) -> Any:
        return ARTICLE if article_id == ARTICLE.id else None


class StubAssistant:
    """Answers every question with ``says``: an Answer, or an exception to raise."""

    def __init__(self, says: Answer | Exception | None = None) -> None:
        self.says = says or answered()
        self.asked: list[tuple[str, list[dict[str, str]], Any]] = []
        self.engines: list[str | None] = []  # that stream was asked for
        self.languages: list[str | None] = []  # likewise
        self.fresh: list[bool] = []  # likewise
        self.index = StubIndex()
        self.tables = NameTables()

    def answer(
        self,
        question: str,
        history: Any = (),
        filters: Any = None,
        *,
        engine: str | None = None,
        fresh: bool = False,
    ) -> Answer:
        self.asked.append((question, list(history), filters))
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    def stream(
        self,
        question: str,
        history: Any = (),
        filters: Any = None,
        *,
        language: str | None = None,
        engine: str | None = None,
        fresh: bool = False,
        keep: bool = True,
    ) -> Iterator[Any]:
        self.engines.append(engine)
        self.fresh.append(fresh)
        self.languages.append(language)
        yield SimpleNamespace(name="searching", data={"articles": 1})
        answer = self.answer(question, history, filters)
        yield SimpleNamespace(name="passages", data={"hits": []})
        for index, claim in enumerate(answer_json(answer)["claims"]):
            yield SimpleNamespace(name="claim", data={"index": index, **claim})
        yield SimpleNamespace(name="answer", data=answer_json(answer))

    def search(self, question: str, k: int = 10, filters: Any = None) -> list[Any]:
        self.asked.append((question, [], filters))
        if isinstance(self.says, Exception):
            raise self.says
        chunk = Chunk("c1", ARTICLE.id, ARTICLE.version, 0, 13, ARTICLE.text[:13], (), ())
        parts = ScoreParts(0.5, 1.0, 0.8, 0.31, candidates=0.8, read=0.45, cosine=0.62)
        return [Passage(chunk, self.index.records[ARTICLE.id], 1.25, parts, ())][:k]


class StubSuggestions:
    """Always the same."""

    def questions(self) -> dict[str, list[str]]:
        return {"en": ["How much?"], "ko": ["얼마?"]}

    def follow_ups(self, answer: Answer, asked: Any = ()) -> list[str]:
        return [question for question in ("Why?", "When?", "Who?") if question not in asked]
