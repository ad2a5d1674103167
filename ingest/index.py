"""The index: Chroma holds the chunks and is the truth; tables, lexical index and word-piece counts are made from it.

Readers work on a view, one state of the index that never changes, and take the next one by ``refresh``. The writer puts
new chunks beside the old ones, makes the derived parts, moves the generation, and only then removes what was replaced:
a reader that still has the older view finds its chunks until it refreshes, and no view has two versions of an article.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal, overload

import numpy as np

from ingest.articles import Article
from ingest.chroma import CollectionGone, database_identity
from ingest.chunking import Chunk, IndexSettings
from ingest.derived import PieceIds, count_pieces
from ingest.errors import IndexUnavailable
from ingest.records import ArticleRecord, ChromaServer, Filters, Hit
from ingest.tables import decode, matches, rebuild_article
from ingest.views import View, must_agree, open_view
from ingest.writer import IndexWriter, open_writer

__all__ = ["ArticleRecord", "ChromaServer", "Filters", "Hit", "Index", "IndexWriter", "open_index"]

logger = logging.getLogger(__name__)

NO_EMBEDDING = "none"  # IndexSettings.embedding of an index that BM25 alone searches
WRITER_WAIT_S = 5.0
NARROW = 3  # a filter that passes less than one chunk in three


class Index:
    """An index open for reading. Threads may share it; ``refresh`` may be called while others search."""

    def __init__(self, view: View, piece_ids: PieceIds | None, derived_folder: Path | None) -> None:
        self._view = view
        self._piece_ids = piece_ids
        self._derived_folder = derived_folder
        self._refreshing = threading.Lock()

    @property
    def settings(self) -> IndexSettings:
        """What the index was made with."""
        return self._view.settings

    @property
    def generation(self) -> int:
        """How often the index has changed; 0 before the first ingest has finished."""
        return self._view.pointer.generation

    @property
    def location(self) -> Path | ChromaServer:
        """Where the index lies."""
        return self._view.store.location

    def dense(self, vector: np.ndarray, k: int, filters: Filters | None = None) -> list[Hit]:
        """The k chunks nearest to the unit vector, by cosine similarity, best first.

        [] when the index has no embedding or nothing passes the filters. Raises ValueError for a vector of another
        dimension than the index has.
        """
        view = self._view
        if vector.shape != (view.settings.dimension,):
            raise ValueError(f"a vector of shape {vector.shape} does not fit dimension {view.settings.dimension}")
        known = view.derived.tables.article_of
        if k < 1 or not known or view.settings.embedding == NO_EMBEDDING:
            return []
        allowed = _passing(view, filters)
        if not allowed:
            return []
        try:
            return _nearest(view, vector, min(k, len(allowed)), allowed)
        except CollectionGone:
            if not self._moved_on(view):
                raise
            return self.dense(vector, k, filters)

    def lexical(self, tokens: Sequence[str], k: int, filters: Filters | None = None) -> list[Hit]:
        """The k best chunks for the tokens (as ``lexical.analyse`` gives them) by BM25, best first."""
        return self._view.derived.lexical.search(tokens, k, filters)

    def token_weights(self, tokens: Sequence[str]) -> dict[str, float]:
        """How much each token (as ``lexical.analyse`` gives them) tells in this index, above 0."""
        return self._view.derived.lexical.token_weights(tokens)

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """The chunks of these ids, with text, in the order of ids; one that is no longer current is left out."""
        view = self._view
        known = view.derived.tables.article_of
        wanted = [chunk_id for chunk_id in ids if chunk_id in known]
        if not wanted:
            return {}
        try:
            found = {row.chunk_id: decode(row) for row in view.store.rows(view.pointer.collection, wanted)}
        except CollectionGone:
            if not self._moved_on(view):
                raise
            return self.chunks(ids)
        return {chunk_id: found[chunk_id] for chunk_id in wanted if chunk_id in found}

    def article_of(self, chunk_id: str) -> str:
        """The id of the article that the chunk is of. Raises KeyError for a chunk that is not current."""
        return self._view.derived.tables.article_of[chunk_id]

    def articles(self) -> Mapping[str, ArticleRecord]:
        """All articles by id, without their texts; from memory."""
        return MappingProxyType(self._view.derived.tables.records)

    def article(self, article_id: str) -> Article | None:
        """The article, its text put together from its chunks and checked by its hash; None when there is none."""
        view = self._view
        record = view.derived.tables.records.get(article_id)
        if record is None:
            return None
        article = rebuild_article(record, list(self.chunks(record.chunk_ids).values()))
        if article is None and self._moved_on(view):  # replaced or removed this moment
            return self.article(article_id)
        if article is None:
            logger.error("the chunks of %s do not give the article that was indexed", article_id)
        return article

    def piece_document_frequency(self) -> tuple[np.ndarray, int] | None:
        """In how many chunks each word piece occurs, int32 (30522,), and the number of chunks.

        None when neither the writer nor this reader has a tokenizer.
        """
        view = self._view
        pieces = view.derived.pieces
        if pieces is None and self._piece_ids is not None:
            pieces = count_pieces(_current_texts(view), self._piece_ids)
            with self._refreshing:
                if self._view is view:
                    self._view = replace(view, derived=replace(view.derived, pieces=pieces))
        return None if pieces is None else (pieces, len(view.derived.tables.article_of))

    def refresh(self) -> bool:
        """Take the newest state of the index; True when it is another than before.

        Costs about 0.3 ms when nothing has changed. Raises IndexUnavailable when the index has gone.
        """
        with self._refreshing:
            view = self._view
            location = view.store.location
            database = database_identity(location) if isinstance(location, Path) else 0
            if view.database == database and view.store.pointer() == view.pointer:
                return False
            # A server shows its newest vectors to every connection; a folder's are as they were when it was opened.
            store = view.store if isinstance(location, ChromaServer) else None
            self._view = open_view(location, self._derived_folder, store)
            return self._view.pointer != view.pointer

    def _moved_on(self, view: View) -> bool:
        """Whether there is a newer state than the one that failed; another thread may have taken it already."""
        self.refresh()
        return self._view is not view


@overload
def open_index(
    location: Path | ChromaServer,
    settings: IndexSettings | None = None,
    *,
    write: Literal[False] = False,
    piece_ids: PieceIds | None = None,
    cache_dir: Path | None = None,
) -> Index: ...


@overload
def open_index(
    location: Path | ChromaServer,
    settings: IndexSettings | None = None,
    *,
    write: Literal[True],
    piece_ids: PieceIds | None = None,
    cache_dir: Path | None = None,
    rebuild: bool = False,
    wait_s: float = WRITER_WAIT_S,
) -> IndexWriter: ...


def open_index(
    location: Path | ChromaServer,
    settings: IndexSettings | None = None,
    *,
    write: bool = False,
    piece_ids: PieceIds | None = None,
    cache_dir: Path | None = None,
    rebuild: bool = False,
    wait_s: float = WRITER_WAIT_S,
) -> Index | IndexWriter:
    """The index in a folder or on a Chroma server.

    ``settings``: what the caller will embed and cut with; None takes them from the index. ``piece_ids``: the
    tokenizer, for word-piece counts. ``cache_dir``: where the derived parts of an index on a server lie (in memory
    without it); an index in a folder has them beside it. ``rebuild``: write a new collection, which takes the place
    of the old one by the first ``commit``. ``wait_s``: how long to wait for another writer.

    Raises IndexUnavailable (no index, no server), IndexMismatch (made with other settings), IndexBusy (another writes).
    """
    derived_folder = location / "derived" if isinstance(location, Path) else cache_dir
    if write:
        return open_writer(location, settings, piece_ids, derived_folder, rebuild, wait_s)
    view = open_view(location, derived_folder)
    must_agree(view.settings, settings)
    return Index(view, piece_ids, derived_folder)


def _current_texts(view: View) -> list[str]:
    known = view.derived.tables.article_of
    return [row.text for row in view.store.scan(view.pointer.collection) if row.chunk_id in known]


def _passing(view: View, filters: Filters | None) -> Collection[str]:
    """The current chunks of the articles that pass."""
    known = view.derived.tables.article_of
    if not filters:
        return known
    records = view.derived.tables.records.values()
    return {chunk_id for record in records if matches(record, filters) for chunk_id in record.chunk_ids}


def _nearest(view: View, vector: np.ndarray, k: int, allowed: Collection[str]) -> list[Hit]:
    """The k nearest of the allowed chunks.

    A collection also holds what a writer is putting in and taking out this moment, and few filters leave out most
    chunks: ask for somewhat more than k and pass over the others. Only a narrow filter is worth a list of its ids.
    """
    everything = len(view.derived.tables.article_of)
    if len(allowed) * NARROW < everything:
        # Chroma refuses ids that are not there; a writer may have taken some out since this view was opened.
        with suppress(IndexUnavailable):
            return view.store.query(view.pointer.collection, vector, k, sorted(allowed))
    wanted = k if len(allowed) == everything else math.ceil(k * everything / len(allowed) * 1.3)
    while True:
        hits = view.store.query(view.pointer.collection, vector, wanted)
        current = [hit for hit in hits if hit.chunk_id in allowed]
        if len(current) >= k or len(hits) < wanted:
            return current[:k]
        wanted *= 4
