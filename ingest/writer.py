"""Writing to the index: new chunks beside the old, then the derived parts, the generation, and the clearing away."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType

import numpy as np

from ingest.articles import Article
from ingest.chroma import BATCH, COLLECTION_PREFIX, ChromaStore, NoIndex, Pointer, Row, collection_number
from ingest.chunking import Chunk, IndexSettings
from ingest.derived import PieceIds, build_derived, count_pieces, forget_old, open_derived
from ingest.lease import WriterLease
from ingest.locks import WriterLock
from ingest.records import ArticleRecord, ChromaServer
from ingest.tables import Scanned, Tables, encode, record_of
from ingest.views import must_agree, open_store, state_name


@dataclass(frozen=True)
class _Found:
    """What a writer finds, and goes on from."""

    collection: str
    settings: IndexSettings
    tables: Tables
    pieces: np.ndarray | None
    revision: int
    leftovers: Mapping[str, str]  # chunks that are not current → their articles
    changed: bool  # the state differs from what readers see, or there is none yet


class IndexWriter:
    """An index open for writing; nobody else can write until it is closed. Use it in one thread, as a context manager.

    What is added becomes visible, all at once, by ``commit``. Killed at any moment it leaves the state before, or
    the new one; the next writer takes away what is left over.
    """

    def __init__(
        self,
        store: ChromaStore,
        pointer: Pointer,
        found: _Found,
        guard: WriterLock | WriterLease,
        piece_ids: PieceIds | None,
        derived_folder: Path | None,
    ) -> None:
        """Use ``ingest.index.open_index``."""
        self._store = store
        self._pointer = pointer
        self._guard = guard
        self._piece_ids = piece_ids
        self._derived_folder = derived_folder
        self._collection = found.collection
        self._revision = found.revision + 1
        self._records = dict(found.tables.records)
        self._pieces = None if found.pieces is None else found.pieces.copy()
        self._leftovers = dict(found.leftovers)  # chunk id → article id
        self._waiting: list[tuple[list[Row], np.ndarray]] = []
        self._settings = found.settings
        self._changed = found.changed

    def __enter__(self) -> IndexWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def generation(self) -> int:
        """How often the index has changed; 0 before the first ``commit``."""
        return self._pointer.generation

    @property
    def settings(self) -> IndexSettings:
        """What the index is being made with: after a rebuild has begun, the new settings."""
        return self._settings

    def articles(self) -> Mapping[str, ArticleRecord]:
        """All articles by id as they will be after ``commit``."""
        return MappingProxyType(self._records)

    def add(self, article: Article, chunks: Sequence[Chunk], vectors: np.ndarray) -> None:
        """Put in an article with its chunks and their unit vectors, (number of chunks, dimension).

        An article of the same id is replaced; the same version again changes nothing. Written in batches: after
        this call it may not be on disk yet.
        Raises ValueError for vectors that do not fit, or are not finite, or for no chunks.
        """
        if vectors.shape != (len(chunks), self._settings.dimension) or not chunks:
            raise ValueError(
                f"{article.id}: vectors of shape {vectors.shape} for {len(chunks)} chunks of dimension "
                f"{self._settings.dimension}"
            )
        if not np.isfinite(vectors).all():
            raise ValueError(f"{article.id}: a vector holds a value that is no number")
        record = record_of(article, chunks)
        before = self._records.get(article.id)
        if before == record:
            return
        if before:
            self._uncount(before)
            self._leftovers |= dict.fromkeys(before.chunk_ids, before.id)
        for chunk_id in record.chunk_ids:
            self._leftovers.pop(chunk_id, None)
        if self._pieces is not None and self._piece_ids is not None:
            self._pieces += count_pieces([chunk.text for chunk in chunks], self._piece_ids)
        self._records[article.id] = record
        self._waiting.append((encode(article, chunks, self._revision), vectors))
        self._changed = True
        if sum(len(rows) for rows, _ in self._waiting) >= BATCH:
            self._flush()

    def remove(self, article_ids: Iterable[str]) -> None:
        """Take articles out; ids that are not there are passed over."""
        for article_id in article_ids:
            record = self._records.pop(article_id, None)
            if record is not None:
                self._uncount(record)
                self._leftovers |= dict.fromkeys(record.chunk_ids, record.id)
                self._changed = True

    def commit(self) -> int:
        """Make everything added and removed visible to all readers; the generation, as it was if nothing changed."""
        if not self._changed:
            return self.generation
        self._flush()
        # The pointer says what is out: chunks of it that a killed writer leaves must not look like articles.
        removed = sorted(set(self._leftovers.values()) - self._records.keys())
        pointer = Pointer(self._collection, self._pointer.generation + 1, self._revision, tuple(removed))
        self._derive(pointer)
        self._guard.check()
        self._store.move_pointer(pointer)
        old, self._pointer = self._pointer, pointer
        self._guard.check()
        self._store.delete(self._collection, sorted(self._leftovers))
        if old.collection != pointer.collection and old.generation:
            self._store.drop(old.collection)
        if self._derived_folder:
            # The state before stays: a reader may be opening it this moment.
            before = [state_name(self._store, old)] if old.collection == pointer.collection else []
            forget_old(self._derived_folder, [state_name(self._store, pointer), *before])
        self._leftovers = {}
        self._revision += 1
        self._changed = False
        return pointer.generation

    def close(self) -> None:
        """Let others write. What was added since the last ``commit`` is taken up or away by the next writer."""
        self._guard.release()

    def _uncount(self, record: ArticleRecord) -> None:
        """Take an article that goes out of the word-piece counts."""
        if any(rows[0].fields["article_id"] == record.id for rows, _ in self._waiting):
            self._flush()
        if self._pieces is not None and self._piece_ids is not None:
            texts = [row.text for row in self._store.rows(self._collection, record.chunk_ids)]
            self._pieces -= count_pieces(texts, self._piece_ids)

    def _derive(self, pointer: Pointer) -> None:
        """Make the derived parts of the state that the pointer will name."""
        rows = {row.chunk_id: row for row in self._store.scan(self._collection)}
        tables = Tables({article_id: self._records[article_id] for article_id in sorted(self._records)})
        in_order = [rows[chunk_id] for chunk_id in tables.article_of]  # decides between equal scores
        if self._pieces is None and self._piece_ids is not None:
            self._pieces = count_pieces([row.text for row in in_order], self._piece_ids)
        folder = self._derived_folder / state_name(self._store, pointer) if self._derived_folder else None
        if folder:  # of a writer that was killed before it moved the generation; no reader knows of it
            shutil.rmtree(folder, ignore_errors=True)
            build_derived(folder, tables, in_order, self._pieces)

    def _flush(self) -> None:
        if self._waiting:
            self._guard.check()
            rows = [row for group, _ in self._waiting for row in group]
            self._store.upsert(self._collection, rows, np.concatenate([vectors for _, vectors in self._waiting]))
            self._waiting = []


def open_writer(
    location: Path | ChromaServer,
    settings: IndexSettings | None,
    piece_ids: PieceIds | None,
    derived_folder: Path | None,
    rebuild: bool,
    wait_s: float,
) -> IndexWriter:
    """The index open for writing; as ``ingest.index.open_index`` says."""
    guard: WriterLock | WriterLease
    if isinstance(location, Path):
        location.mkdir(parents=True, exist_ok=True)
        guard = WriterLock(location)
        guard.acquire(wait_s)
    try:
        store = open_store(location, create=True)
        if not isinstance(location, Path):
            guard = WriterLease(store)
            guard.acquire(wait_s)
        pointer = store.pointer() or Pointer("", 0, 0)
        found = _take_stock(store, pointer, settings, piece_ids, derived_folder, rebuild)
    except BaseException:
        guard.release()
        raise
    return IndexWriter(store, pointer, found, guard, piece_ids, derived_folder)


def _take_stock(
    store: ChromaStore,
    pointer: Pointer,
    settings: IndexSettings | None,
    piece_ids: PieceIds | None,
    derived_folder: Path | None,
    rebuild: bool,
) -> _Found:
    """Look at what is there, clear away what nobody needs, and make a collection where there is none to go on with."""
    collection = pointer.collection if pointer.generation and not rebuild else ""
    if collection:
        must_agree(store.settings(collection), settings)
    elif settings is None:
        raise NoIndex(store.place)
    elif not pointer.generation:  # a first ingest that was killed: take it up, if it was to become the same
        same = [name for name in store.names() if store.settings(name) == settings]
        collection = same[-1] if same else ""
    numbers = [0]
    for name in store.names():
        numbers.append(collection_number(name))
        if name not in (collection, pointer.collection):
            store.drop(name)
    if not collection:
        assert settings is not None
        collection = f"{COLLECTION_PREFIX}{max(numbers) + 1}"
        store.create(collection, settings)
    stored = store.settings(collection)
    # Seconds since 1970: later than what a killed writer left, which the pointer does not know of.
    revision = max(pointer.revision, int(time.time()))
    if collection == pointer.collection and derived_folder:
        derived = open_derived(derived_folder / state_name(store, pointer))
        if derived and set(store.ids(collection)) == derived.tables.article_of.keys():
            return _Found(collection, stored, derived.tables, derived.pieces, revision, {}, changed=False)
    mine = pointer if collection == pointer.collection else Pointer(collection, 0, 0)
    scanned = Scanned(store.scan(collection), mine, committed=False)
    pieces = count_pieces([row.text for row in scanned.rows], piece_ids) if piece_ids else None
    revision = max(revision, scanned.revision)
    changed = bool(scanned.leftovers) or mine is not pointer or scanned.revision > pointer.revision
    return _Found(collection, stored, scanned.tables, pieces, revision, scanned.leftovers, changed)
