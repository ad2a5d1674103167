"""Passages of one article with the scores that a test sets, and no index behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.answers.units import Source, Unit, choose_units, rank_sentences
from app.retrieval import Passage, ScoreParts
from ingest.articles import Article
from ingest.chunking import SentenceChunker
from ingest.records import ArticleRecord

Scores = Callable[[str], float]


def record_of(article: Article, chunk_ids: Sequence[str] = ()) -> ArticleRecord:
    fields = ("id", "title", "outlet", "section", "author", "published", "url", "lang", "kind", "sha256", "version")
    return ArticleRecord(*(getattr(article, name) for name in fields), len(article.text.split()), tuple(chunk_ids))


def passages_of(
    article: Article, scores: Scores, chunk_words: int = 1000, lift: float = 0.0, overlap: int = 1
) -> list[Passage]:
    """All passages of the article; ``scores`` gives the late interaction of each sentence by its words."""
    chunker = SentenceChunker(lambda texts: [len(text.split()) for text in texts], chunk_words, overlap)
    passages = []
    for chunk in chunker.split(article):
        late = tuple(scores(article.text[start:end]) for start, end in chunk.sentences)
        best = max(late, default=0.0)
        passages.append(Passage(chunk, record_of(article), best, ScoreParts(0, 0, lift, best), late))
    return passages


def opener(*articles: Article) -> Callable[[str], Source | None]:
    """``open_source`` over these articles; the same Source each time."""
    sources = {article.id: Source(article) for article in articles}
    return sources.get


def for_words(*found: str) -> Scores:
    """1 for a sentence that holds one of the words, 0 for the others."""
    return lambda sentence: float(any(word in sentence for word in found))


def units_of(article: Article, *found: str, question: str = "Tell me") -> list[Unit]:
    """The units chosen when the sentences that hold one of the words are found."""
    return choose_units(rank_sentences(question, passages_of(article, for_words(*found))), opener(article))


def quotes_of(article: Article, *found: str) -> list[str]:
    return [unit.quote for unit in units_of(article, *found)]
