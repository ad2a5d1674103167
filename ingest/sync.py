"""Makes the index match a folder of articles: what is new goes in, what changed is replaced, what is gone goes out.

Three things happen side by side: files are read and cut into chunks, chunks are embedded, vectors are written. The
embedding takes nearly all the time; the other two hide behind it.

A file is not read again when its size, its time of modification and its time of change are those of the last sync, the
last of them lay more than two seconds before that reading, and the code that reads articles is the same.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ingest.articles import Article
from ingest.chroma import NoIndex
from ingest.chunking import Chunk, CountPieces, IndexSettings, SentenceChunker
from ingest.corpus_files import CorpusReader, Found, articles_folder, list_files
from ingest.derived import PieceIds
from ingest.embedding import TextEmbeddings
from ingest.index import WRITER_WAIT_S, Index, IndexWriter, open_index
from ingest.index_settings import settings_for, tokenizer_of
from ingest.records import ArticleRecord, ChromaServer
from ingest.sync_report import KnownFile, SyncReport, SyncState, code_digest, load_state, now_utc, save_state

BATCH_CHUNKS = 256  # embedded at a time: two seconds' work, so that progress moves and a killed run loses little
TELL_EVERY_S = 0.2
BATCHES_AHEAD = 32  # read and cut before they are embedded; about 8,000 chunks, 30 MB


class Progress(NamedTuple):
    """How far a sync has come; enough for a rate and the time left."""

    files_read: int
    files: int
    chunks_embedded: int
    chunks_found: int  # so far; final when files_read == files


def sync(
    corpus: Path,
    location: Path | ChromaServer,
    embeddings: TextEmbeddings,
    *,
    cache_dir: Path | None = None,
    tokenizer: tuple[CountPieces, PieceIds | None] | None = None,
    progress: Callable[[Progress], None] | None = None,
    dry_run: bool = False,
    rebuild: bool = False,
    wait_s: float = WRITER_WAIT_S,
) -> SyncReport:
    """Make the index at ``location`` match the articles in ``corpus``, and say what was done.

    A file that cannot be read is in the report's ``failed``; the others go in, and what the index holds of it stays.
    ``cache_dir``: where an index on a server keeps its derived parts and the state of the last sync.
    ``rebuild``: make everything anew beside the old index, which answers until the new one takes its place.
    ``dry_run``: only say what would be done. ``progress`` is called a few times a second, in this thread.

    Raises IngestError: no such folder, IndexBusy, IndexMismatch, IndexUnavailable, EmbeddingFailed. What was written
    by then is taken up by the next sync; readers keep the state they have.
    """
    started = time.perf_counter()
    root = articles_folder(corpus)
    state_folder = location if isinstance(location, Path) else cache_dir
    tokenizer = tokenizer or tokenizer_of(embeddings)
    # The index first: who waits for another writer must not go by a state that is about to change.
    if dry_run:
        index = _reader(location, None if rebuild else settings_for(embeddings), cache_dir)
        run = _Run(root, _known_files(state_folder, corpus), embeddings, tokenizer, progress)
        report = run.look(index, rebuild)
    else:
        with open_index(
            location,
            settings_for(embeddings),
            write=True,
            piece_ids=tokenizer[1],
            cache_dir=cache_dir,
            rebuild=rebuild,
            wait_s=wait_s,
        ) as writer:
            run = _Run(root, _known_files(state_folder, corpus), embeddings, tokenizer, progress)
            report = run.write(writer, _reader(location, None, cache_dir) if rebuild else None)
            report = replace(report, seconds=time.perf_counter() - started)
            if state_folder:
                resolved = str(corpus.resolve())
                state = SyncState(resolved, code_digest(), now_utc(), report.as_dict(), run.reader.files)
                save_state(state_folder, state)
    return replace(report, dry_run=dry_run, seconds=time.perf_counter() - started)


class _Batch(NamedTuple):
    """Articles with their chunks, about BATCH_CHUNKS of them."""

    articles: list[tuple[Article, list[Chunk]]]

    def texts(self) -> list[str]:
        """All chunks' texts."""
        return [chunk.text for _, chunks in self.articles for chunk in chunks]


class _Run:
    """One sync: what it works with, and how far it has come."""

    def __init__(
        self,
        root: Path,
        known: Mapping[str, KnownFile] | None,
        embeddings: TextEmbeddings,
        tokenizer: tuple[CountPieces, PieceIds | None],
        progress: Callable[[Progress], None] | None,
    ) -> None:
        """``known``: files of the last sync; None when there was none of this folder."""
        self.listing = list_files(root)
        self.root = root
        self.known = known
        self.embeddings = embeddings
        self.tokenizer = tokenizer
        self.progress = progress
        self.settings = settings_for(embeddings)
        self.present: set[str] = set()  # articles of the corpus
        self.changed: set[str] = set()  # those that the index does not have as they are
        self.reader = CorpusReader(root, {}, {})
        self._chunks_found = self._chunks_embedded = 0
        self._told_at = 0.0

    def look(self, index: Index | None, rebuild: bool) -> SyncReport:
        """What would be done to the index."""
        before = index.articles() if index else {}
        for item in self._found(before, again=rebuild):
            self._note(item)
        chunks = sum(len(record.chunk_ids) for record in before.values())
        return self._report(before, self._gone(before), chunks)

    def write(self, writer: IndexWriter, old: Index | None) -> SyncReport:
        """Do it; ``old`` is the index that is being rebuilt."""
        before = dict(old.articles() if old else writer.articles())
        with ThreadPoolExecutor(1, "hanmi-write") as pool:
            writing: deque[Future[None]] = deque()
            for batch in _ahead(self._batches(before, old), BATCHES_AHEAD):
                vectors = self.embeddings.embed(batch.texts(), self._embedded)
                writing.append(pool.submit(_write, writer, batch, vectors))
                while len(writing) > 1:  # one batch is written while the next is embedded
                    writing.popleft().result()
            while writing:
                writing.popleft().result()
        self._tell()
        gone = self._gone(before)
        writer.remove(gone)
        writer.commit()
        chunks = sum(len(record.chunk_ids) for record in writer.articles().values())
        return self._report(before, gone, chunks)

    def _found(self, before: Mapping[str, ArticleRecord], *, again: bool) -> Iterator[Found]:
        self.reader = CorpusReader(self.root, self.known or {}, before, again=again)
        return self.reader.articles(self.listing)

    def _batches(self, before: Mapping[str, ArticleRecord], old: Index | None) -> Iterator[_Batch]:
        chunker = SentenceChunker.for_settings(self.settings, self.tokenizer[0])
        batch = _Batch([])
        waiting = 0
        for item in self._found(before, again=old is not None):
            self._note(item)
            # An unreadable file's article goes over from the old index to the new one.
            article = item.article or (old.article(item.article_id) if old else None)
            if article is None:
                continue
            chunks = chunker.split(article)
            batch.articles.append((article, chunks))
            waiting += len(chunks)
            self._chunks_found += len(chunks)
            if waiting >= BATCH_CHUNKS:
                yield batch
                batch, waiting = _Batch([]), 0
        if waiting:
            yield batch

    def _note(self, item: Found) -> None:
        self.present.add(item.article_id)
        if item.article is not None:
            self.changed.add(item.article_id)

    def _gone(self, before: Mapping[str, ArticleRecord]) -> list[str]:
        if self.known is None and self.reader.failed:
            # Nobody knows which articles the unreadable files held: none is taken out until they can be read.
            self.reader.kept += sorted(set(before) - self.present - set(self.reader.kept))
            return []
        return sorted(set(before) - self.present)

    def _report(self, before: Mapping[str, ArticleRecord], gone: list[str], chunks: int) -> SyncReport:
        return SyncReport(
            added=sorted(self.changed - set(before)),
            replaced=sorted(self.changed & set(before)),
            removed=gone,
            unchanged=len((self.present & set(before)) - self.changed),
            duplicates=self.reader.duplicates,
            failed=self.reader.failed,
            ignored=self.listing.ignored,
            kept=sorted(self.reader.kept),
            chunks=chunks,
            embedded=self._chunks_embedded,
        )

    def _embedded(self, chunks: int) -> None:
        self._chunks_embedded += chunks
        if time.monotonic() - self._told_at > TELL_EVERY_S:
            self._tell()

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        if self.progress:
            files = len(self.listing.articles)
            self.progress(Progress(self.reader.files_read, files, self._chunks_embedded, self._chunks_found))


def _write(writer: IndexWriter, batch: _Batch, vectors: np.ndarray) -> None:
    start = 0
    for article, chunks in batch.articles:
        writer.add(article, chunks, vectors[start : start + len(chunks)])
        start += len(chunks)


def _reader(location: Path | ChromaServer, settings: IndexSettings | None, cache_dir: Path | None) -> Index | None:
    try:
        return open_index(location, settings, cache_dir=cache_dir)
    except NoIndex:
        return None


def _known_files(state_folder: Path | None, corpus: Path) -> Mapping[str, KnownFile] | None:
    """The files of the last sync of this folder, to be read again when the code that reads them has changed."""
    state = load_state(state_folder) if state_folder else None
    if state is None or state.corpus != str(corpus.resolve()):
        return None
    if state.code == code_digest():
        return state.files
    return {name: known._replace(settled=False) for name, known in state.files.items()}


def _ahead(items: Iterator[_Batch], size: int) -> Iterator[_Batch]:
    """The items, made in a thread of their own, at most ``size`` ahead; what is raised there is raised here."""
    ready: queue.Queue[_Batch | BaseException | None] = queue.Queue(size)
    stop = threading.Event()

    def offer(item: _Batch | BaseException | None) -> None:
        while not stop.is_set():
            with suppress(queue.Full):
                ready.put(item, timeout=0.1)
                return

    def work() -> None:
        try:
            for item in items:
                offer(item)
                if stop.is_set():
                    return
            offer(None)
        except BaseException as error:  # it belongs to the caller's thread
            offer(error)

    thread = threading.Thread(target=work, name="hanmi-read", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()
