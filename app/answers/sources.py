"""The articles of an index with their sentences, those last used at hand."""

from __future__ import annotations

from functools import lru_cache

from app.answers.units import Source
from ingest.index import Index

SOURCES_KEPT = 64  # articles whose sentences are kept at hand


class Sources:
    """Opens articles by their ids; threads may share it."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._source = lru_cache(maxsize=SOURCES_KEPT)(self._read)

    def open(self, article_id: str) -> Source | None:
        """The article as it is now; None where it is not, or was replaced this moment."""
        record = self._index.articles().get(article_id)
        try:
            return self._source(article_id, record.version) if record else None
        except _Replaced:
            return None

    def _read(self, article_id: str, version: str) -> Source:
        article = self._index.article(article_id)
        if article is None or article.version != version:
            raise _Replaced  # not None, which would be kept at hand
        return Source(article)


class _Replaced(Exception):
    """The article was replaced or removed this moment."""
