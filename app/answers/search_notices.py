"""What a reader should know of how the articles were searched, or why they could not be."""

from __future__ import annotations

from collections.abc import Mapping

from app.answers.quoting import filter_words
from app.answers.schema import Notice
from app.question import Understood
from app.texts import notice
from ingest.embedding import MiniLMEmbeddings, NoEmbeddings, TextEmbeddings
from ingest.records import ArticleRecord, Filters


def cannot_search(
    question: Understood, articles: Mapping[str, ArticleRecord], embeddings: TextEmbeddings
) -> Notice | None:
    """Why there is nothing to search with: no articles, or Korean words that reach none of them."""
    if not articles:
        return notice("index_empty", question.language)
    reads_korean = not isinstance(embeddings, MiniLMEmbeddings | NoEmbeddings)
    if question.bridged or reads_korean or any(article.lang == "ko" for article in articles.values()):
        return None
    return notice("korean_not_bridged", question.language, words=", ".join(question.unbridged))


def search_notices(question: Understood, filters: Filters | None, embeddings: TextEmbeddings) -> tuple[Notice, ...]:
    """How the search was done, where that is not the usual way."""
    language = question.language
    notices = []
    if isinstance(embeddings, NoEmbeddings):
        notices.append(notice("bm25_only", language))
    if question.follow_up:
        notices.append(notice("follow_up", language, question=question.standalone))
    if filters:
        notices.append(notice("filtered", language, filters=filter_words(filters)))
    if language == "ko" and question.bridged and question.unbridged:
        notices.append(notice("korean_partly_bridged", language, words=", ".join(question.unbridged)))
    return tuple(notices)
